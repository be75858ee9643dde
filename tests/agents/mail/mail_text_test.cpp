// New text, quotations and signatures told apart.
#include "mail_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using commonbook::agents::separate_layers;

TEST_CASE("a reply's own words are told apart from what it quotes") {
  const auto layers =
      separate_layers("Fine with me.\n\nIdris\n\nOn 5 January 2026, Mira Tessaly wrote:\n> Is it?\n>\n> Mira\n");
  CHECK(layers.new_text == "Fine with me.\n\nIdris");
  CHECK(layers.quoted_text == "On 5 January 2026, Mira Tessaly wrote:\n> Is it?\n>\n> Mira");
  CHECK(layers.signature.empty());
}

TEST_CASE("answers between quotations are all kept") {
  const auto layers = separate_layers("> one?\nyes\n> two?\nno\n");
  CHECK(layers.new_text == "yes\nno");
  CHECK(layers.quoted_text == "> one?\n> two?");
}

TEST_CASE("an introduction folded over two lines goes with its quotation") {
  const auto layers = separate_layers(
      "Thanks.\n\nOn Wed, 18 Nov 2009 00:23:42 +0100, Ingmar Vanhassel\n<ingmar@exherbo.example> wrote:\n> hello\n");
  CHECK(layers.new_text == "Thanks.");
}

TEST_CASE("a sentence that ends with a colon is not an introduction") {
  const auto layers = separate_layers("We agreed on this:\n> the price stays\nand on the date.\n");
  CHECK(layers.new_text == "We agreed on this:\nand on the date.");
  CHECK(separate_layers("On Monday 3 people wrote to us: all agree.\nGood.").new_text ==
        "On Monday 3 people wrote to us: all agree.\nGood.");
}

TEST_CASE("what Outlook leaves below the answer is quoted") {
  for (const std::string mark :
       {"-----Original Message-----\nFrom: Mira\nSent: Monday\nTo: Idris\n",
        "________________________________\nFrom: Mira\nSent: Monday\nTo: Idris\nSubject: x\n",
        "Von: Mira\nGesendet: Montag\nAn: Idris\nBetreff: x\n", "On Mon, 5 Jan 2026 at 15:10, Mira wrote:\n"}) {
    INFO(mark);
    const auto layers = separate_layers("Yes.\n\n" + mark + "\nIs the price 48,000?\n");
    CHECK(layers.new_text == "Yes.");
    CHECK(layers.quoted_text.find("48,000") != std::string::npos);
  }
}

TEST_CASE("a forwarded text is kept: nobody else may have it") {
  const auto gmail = separate_layers(
      "See below.\n\n---------- Forwarded message ---------\nFrom: A\nDate: B\nSubject: C\n\nThe code is 7741.\n");
  CHECK(gmail.new_text.find("7741") != std::string::npos);
  const auto bare = separate_layers("\n-----Original Message-----\nFrom: A\nSent: B\nTo: C\n\nThe code is 7741.\n");
  CHECK(bare.new_text.find("7741") != std::string::npos);
}

TEST_CASE("signatures and list footers are no text") {
  CHECK(separate_layers("Hello\n-- \nMira\nLarkfield\n").signature == "-- \nMira\nLarkfield");
  CHECK(separate_layers("Hello\n--\nteam list of Larkfield\n").new_text == "Hello");
  const auto list =
      separate_layers("Hello\n_______________________________________________\nlist mailing list\nlist@x.example\n");
  CHECK(list.new_text == "Hello");
  CHECK(list.signature.find("mailing list") != std::string::npos);
  const auto above = separate_layers("Hello\n-- \nMira\n\nOn 5 May 2026, A wrote:\n> text\n");
  CHECK(above.new_text == "Hello");
  CHECK(above.signature == "-- \nMira");
}

TEST_CASE("a rule in the middle of a long text is no signature") {
  std::string text = "Heading\n--\n";
  for (int i = 0; i < 40; ++i) text += "line " + std::to_string(i) + "\n";
  CHECK(separate_layers(text).new_text.find("line 39") != std::string::npos);
}

TEST_CASE("every line stands in exactly one layer") {
  const std::string text = "a\n> b\n\n> c\nd\n-- \ne\n> f\ng\n";
  const auto layers = separate_layers(text);
  const std::string all = layers.new_text + layers.quoted_text + layers.signature;
  for (const char c : std::string("abcdefg")) CHECK(std::count(all.begin(), all.end(), c) == 1);
}
