// Texts cut into passages, words weighed, rankings fused: the parts that excerpts are found with.
#include "passage_cut.hpp"
#include "reciprocal_rank.hpp"
#include "word_index.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace commonbook::agents;

namespace {

std::vector<std::string> cut(const std::string& text) {
  std::vector<std::string> passages;
  for (const CutPassage& passage : cut_passages(text, text.size())) passages.emplace_back(passage.text);
  return passages;
}

}  // namespace

TEST_CASE("a dialogue is cut into its turns, and each turn knows who speaks") {
  const std::string text = "Ann Lee: Did they arrive?\nBo: Yes, at 10:15.\nAll four boxes.\nAnn Lee: Good.\n";
  const auto passages = cut_passages(text, text.size());
  REQUIRE(passages.size() == 3);
  CHECK(passages[0].speaker == "Ann Lee");
  CHECK(passages[1].text == "Bo: Yes, at 10:15.\nAll four boxes.");
  CHECK(passages[1].speaker == "Bo");
  for (const CutPassage& passage : passages)
    CHECK(text.substr(passage.begin, passage.end - passage.begin) == passage.text);
}

TEST_CASE("prose with a few colons, addresses and headings is no dialogue") {
  const auto text = GENERATE(as<std::string>{}, "Note: the room is taken.\nWe meet in the hall.\nBring a chair.\n",
                             "see https://example.org/a\nhttp://example.org: the same\nnothing else\n",
                             "the price: 20 EUR\nthe day: Friday\n");
  for (const CutPassage& passage : cut_passages(text, text.size())) CHECK(passage.speaker.empty());
}

TEST_CASE("paragraphs are cut at empty lines, long ones at sentences, and nothing but blanks is lost") {
  std::string text;
  for (int paragraph = 0; paragraph < 6; ++paragraph) {
    for (int sentence = 0; sentence < 12; ++sentence)
      text += "Sentence " + std::to_string(sentence) + " of paragraph " + std::to_string(paragraph) +
              " tells what was measured on that day. ";
    text += "\n\n";
  }
  const auto passages = cut_passages(text, text.size());
  CHECK(passages.size() >= 6);
  std::string joined;
  std::size_t end = 0;
  for (const CutPassage& passage : passages) {
    CHECK(passage.text.size() <= passage_bytes + passage_bytes / 2);
    CHECK(passage.begin >= end);
    end = passage.end;
    joined += std::string{passage.text} + ' ';
  }
  std::string words = text;
  const auto without_blanks = [](std::string all) {
    std::erase_if(all, [](char c) { return c == ' ' || c == '\n'; });
    return all;
  };
  CHECK(without_blanks(joined) == without_blanks(words));
  CHECK(cut("One short line.\n\nAnother.").size() == 1);
}

TEST_CASE("a text without any break is cut between characters, and a limit ends the cutting there") {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "\xC3\xA9";
  for (const CutPassage& passage : cut_passages(text, text.size())) CHECK(passage.text.size() % 2 == 0);
  const auto head = cut_passages(text, 101);
  REQUIRE(head.size() == 1);
  CHECK(head.front().end == 100);
  CHECK(cut_passages(" \n\n ", 4).empty());
}

TEST_CASE("a rare word tells more than a common one, and a text that says it twice more than one that says it once") {
  WordIndex index;
  index.add(tokenise("the meeting in the hall"));
  index.add(tokenise("the meeting about the otter"));
  index.add(tokenise("the meeting, and otters: the otter"));
  index.add(tokenise("a meeting of all"));
  const auto values = index.score({{stem("meeting"), 1.0}, {stem("otter"), 1.0}});
  CHECK(values[2] > values[1]);
  CHECK(values[1] > values[0]);
  CHECK(values[0] > 0);
  CHECK(index.score({{"zebra", 1.0}}) == std::vector<double>(4, 0.0));
}

TEST_CASE("words that go with the best texts find what the question's own words don't") {
  WordIndex index;
  index.add(tokenise("our otter swims in the river"));
  index.add(tokenise("the otter catches fish in the river"));
  index.add(tokenise("the river was cold today"));
  index.add(tokenise("taxes are due"));
  const WeightedWords query{{stem("otter"), 1.0}};
  const WeightedWords words = index.expansion(query, index.score(query), 2, 3);
  CHECK(words.count(stem("river")) == 1);
  CHECK(words.count(stem("otter")) == 0);
  CHECK(index.score(words)[2] > 0);
  CHECK(index.score(words)[3] == 0);
}

TEST_CASE("what two rankings agree on comes first, equal values share a rank, and zero gets nothing") {
  ReciprocalRank fused{4, 10};
  fused.add(1.0, {5, 9, 9, 0});
  CHECK(fused.scores()[1] == fused.scores()[2]);
  CHECK(fused.scores()[0] == Approx(1.0 / 12));
  CHECK(fused.scores()[3] == 0);
  fused.add(1.0, {1, 0, 3, 0});
  CHECK(fused.order() == std::vector<std::size_t>{2, 0, 1, 3});
}
