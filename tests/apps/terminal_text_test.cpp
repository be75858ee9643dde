// What strangers wrote, on a terminal.
#include "console.hpp"
#include "terminal_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace commonbook::apps;

namespace {

struct Harmful {
  std::string what;
  std::string bytes;
};

const std::vector<Harmful>& harmful() {
  static const std::vector<Harmful> all{
      {"escape", "\x1b"},           {"bell", "\x07"},           {"carriage return", "\r"},
      {"backspace", "\b"},          {"zero", std::string(1, '\0')}, {"delete", "\x7f"},
      {"C1 control sequence", "\xc2\x9b"}, {"C1 operating system command", "\xc2\x9d"},
      {"right-to-left override", "\xe2\x80\xae"}, {"isolate", "\xe2\x81\xa6"}, {"mark", "\xe2\x80\x8f"},
      {"Arabic mark", "\xd8\x9c"},  {"line separator", "\xe2\x80\xa8"}, {"lone byte", "\x9b"},
      {"overlong escape", "\xc0\x9b"}, {"overlong in three bytes", "\xe0\x80\x9b"}, {"surrogate", "\xed\xa0\x80"}};
  return all;
}

bool has_harm(const std::string& text) { return terminal_text(text) != text; }

}  // namespace

TEST_CASE("nothing that moves a cursor or turns text round reaches a terminal") {
  for (const Harmful& each : harmful()) {
    INFO(each.what);
    const std::string text = "Gr\xc3\xbc\xc3\x9f" "e " + each.bytes + "[2J \xe6\x97\xa5";
    const std::string clean = terminal_text(text);
    CHECK(clean != text);
    CHECK_FALSE(has_harm(clean));
    CHECK(clean.starts_with("Gr\xc3\xbc\xc3\x9f" "e "));
    CHECK(clean.ends_with("[2J \xe6\x97\xa5"));
    CHECK_FALSE(has_harm(one_line(text, 100)));
  }
  CHECK(terminal_text("a\nb\tc \xf0\x9f\x99\x82") == "a\nb\tc \xf0\x9f\x99\x82");
}

TEST_CASE("JSON for a terminal is the same JSON") {
  for (const Harmful& each : harmful()) {
    INFO(each.what);
    const nlohmann::json value = {{"text" + each.bytes, "x" + each.bytes + "\n\"y\" \xc3\xa4"}};
    const std::string dumped = value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    const std::string clean = terminal_json(dumped);
    CHECK_FALSE(has_harm(clean));
    CHECK(nlohmann::json::parse(clean) == nlohmann::json::parse(dumped));
  }
}

TEST_CASE("a guarded stream is clean however it is written to, and other streams are left alone") {
  for (const Harmful& each : harmful()) {
    INFO(each.what);
    const std::string text = "a" + each.bytes + "\xc3\xa4";
    std::ostringstream whole;
    std::ostringstream bytewise;
    std::ostringstream file;
    {
      const TerminalGuard guard{whole, true};
      const TerminalGuard other{bytewise, true};
      const TerminalGuard none{file, false};
      whole << text;
      for (const char byte : text) bytewise << byte;
      file << text;
    }
    CHECK(whole.str() == terminal_text(text));
    CHECK(bytewise.str() == terminal_text(text));
    CHECK(file.str() == text);
  }
  std::ostringstream cut;
  {
    const TerminalGuard guard{cut, true};
    cut << "a\xe2\x80";
  }
  CHECK(cut.str() == "a\xEF\xBF\xBD");
}
