// HTML mail: the words that a reader would see, and nothing that a program would run or fetch.
#include "html_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using commonbook::agents::html_to_text;

TEST_CASE("an HTML mail gives the words that its reader sees") {
  CHECK(html_to_text("<p>Hello <b>Ada</b>,</p><p>see <a href=\"http://x.example/?a=1&b=2\">the plan</a>.</p>") ==
        "Hello Ada,\n\nsee the plan.");
  CHECK(html_to_text("one<br>two<br/>three") == "one\ntwo\nthree");
  CHECK(html_to_text("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>") == "a b\n\nc");
  CHECK(html_to_text("a   lot\n of   space") == "a lot of space");
  CHECK(html_to_text("<pre>  kept\n  so</pre>") == "  kept\n  so");
}

TEST_CASE("entities become the characters that they name") {
  CHECK(html_to_text("K&ouml;ln &amp; Co &#8364; &#x20AC; &euro; &lt;b&gt; 5&nbsp;km") ==
        "K\u00F6ln & Co \u20AC \u20AC \u20AC <b> 5 km");
  CHECK(html_to_text("AT&T &unknown; &#xFFFFFFF; &#0; &") == "AT&T &unknown; \uFFFD \uFFFD &");
}

TEST_CASE("scripts, styles, comments and attributes are no text") {
  CHECK(html_to_text("<style>p{color:red}</style><script>if (a<b) alert('</p>')</script>seen<!-- hidden -->") ==
        "seen");
  CHECK(html_to_text("<input value=\"a>hidden\">seen") == "seen");
  CHECK(html_to_text("<SCRIPT>x</ScRiPt>seen").find('x') == std::string::npos);
  CHECK(html_to_text("<head><title>t</title><body>seen") == "seen");
}

TEST_CASE("broken HTML loses no words and never fails") {
  CHECK(html_to_text("a < b and <b>c") == "a < b and c");
  CHECK(html_to_text("<a href=\"never closed>word</a> more").find("more") != std::string::npos);
  CHECK(html_to_text("").empty());
  CHECK(html_to_text("<").size() == 1);
  CHECK(html_to_text("<p").empty());
  CHECK(html_to_text("text <!-- never closed") == "text");
}

TEST_CASE("hostile HTML is passed over in one go") {
  // Each repetition used to be a chance to search to the end of the text again.
  constexpr int count = 200'000;
  for (const std::string piece : {"<a b=\"", "<!--", "<script>", "</", "&", "&#", "<p><b>", "<style></styl"}) {
    std::string html;
    for (int i = 0; i < count; ++i) html += piece;
    INFO(piece);
    CHECK(html_to_text(html).size() <= html.size());
  }
}
