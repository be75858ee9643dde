// What a question asks for, in which zone, and the plan made of it.
#include "commonbook/agents/question.hpp"
#include "commonbook/agents/vocabulary.hpp"
#include "commonbook/model/civil_time.hpp"
#include "question_details.hpp"
#include "question_words.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

UnderstoodQuestion ask(const std::string& text) {
  return understand({text, as_utc({{2031, 5, 14}, 9, 0, 0}), "Europe/Paris"});
}

}  // namespace

TEST_CASE("the kind of answer is told by the question's words") {
  const auto [text, asked] = GENERATE(table<std::string, Asked>({
      {"When is the parents' evening?", Asked::when},
      {"What time does the lesson begin?", Asked::what_time},
      {"At what time is the rehearsal?", Asked::what_time},
      {"On which day is the exam?", Asked::which_day},
      {"What is the date of the exam?", Asked::which_day},
      {"Where do we meet?", Asked::where},
      {"In which room is the lesson?", Asked::where},
      {"Who teaches chemistry?", Asked::who},
      {"How many desks are there?", Asked::how_many},
      {"How much is the trip?", Asked::how_much},
      {"Is there a lesson on 3 June?", Asked::yes_no},
      {"Did the bus arrive?", Asked::yes_no},
      {"Why was the trip moved?", Asked::why},
      {"Which book do we need?", Asked::what},
      {"", Asked::what},
  }));
  INFO(text);
  CHECK(ask(text).asked == asked);
}

TEST_CASE("the zone that a question names is the one of the answer") {
  const auto [text, zone] = GENERATE(table<std::string, std::string>({
      {"When is the call, in Lisbon time?", "Europe/Lisbon"},
      {"What time in Tokyo is the call?", "Asia/Tokyo"},
      {"At what time does the call start in New York?", "America/New_York"},
      {"When is the call, in UTC?", "UTC"},
      {"When is the trip to Lisbon?", ""},
      {"Who travels in Lisbon?", ""},
  }));
  INFO(text);
  CHECK(ask(text).answer_zone.value_or("") == zone);
}

TEST_CASE("names are runs of capitals; question words, months and weekdays are none") {
  CHECK(ask("When does Anna Lind meet Project Lark 2 on Monday, 3 March?").mentions ==
        std::vector<std::string>{"Anna Lind", "Project Lark 2"});
  CHECK(ask("Where is it?").mentions.empty());
}

TEST_CASE("the plan seeds the asked day in every year that may be meant") {
  const UnderstoodQuestion question = ask("Is there a choir rehearsal on 3 June?");
  CHECK(question.window_is_one_day);
  REQUIRE(question.window);
  CHECK(format_utc(question.window->from) == "2031-06-02T22:00:00Z");  // midnight in Paris
  CHECK(format_utc(question.window->to) == "2031-06-03T22:00:00Z");
  CHECK(std::count(question.plan.terms.begin(), question.plan.terms.end(), "choir") == 1);
  for (const std::string day : {"2030-06-03", "2031-06-03", "2032-06-03"})
    CHECK(std::any_of(question.plan.ranges.begin(), question.plan.ranges.end(), [&](const LiteralRange& range) {
      return range.predicate == predicate::starts && range.from.text <= day && day <= range.to.text;
    }));
  CHECK(std::any_of(question.plan.ranges.begin(), question.plan.ranges.end(),
                    [](const LiteralRange& range) { return range.predicate == predicate::replaces; }));
  for (const LiteralRange& range : question.plan.ranges) {
    CHECK(is_well_formed(range.from));
    CHECK(is_well_formed(range.to));
  }
}

TEST_CASE("an odd question is a plain word search and never fails") {
  CHECK(ask("").plan.terms.empty());
  CHECK(ask("?!? ... \xff\xfe \x80").plan.names.empty());
  CHECK(ask(std::string(100'000, 'x')).question.text.size() == question_bytes_max);
  std::string many;
  for (int i = 0; i < 500; ++i) many += "word" + std::to_string(i) + " ";
  CHECK(ask(many).plan.terms.size() <= 40);
}

TEST_CASE("both sides of a match are folded alike") {
  CHECK(fold("Zo\xC3\xAB") == fold("Zoe\xCC\x88"));  // composed and decomposed
  CHECK(fold("\xEF\xBC\xA8\xEF\xBD\x89") == "hi");   // full width
  CHECK(fold("Stra\xC3\x9F"
             "e") == "strasse");
  CHECK(stem("visits") == stem("visited"));
  CHECK(stem("planning") == stem("planned"));
  CHECK(stem("move") == stem("moving"));
  CHECK(stem("glass") == "glass");
}

TEST_CASE("text falls into sentences and list items") {
  CHECK(sentences_of("We met. Room 2.4 is closed\nuntil May!\n- chairs\n- desks\n") ==
        std::vector<std::string>{"We met.", "Room 2.4 is closed until May!", "- chairs", "- desks"});
  CHECK(sentences_of("").empty());
}
