// What each rule must take, and what it must leave alone.
#include "extraction_testing.hpp"

using namespace commonbook;
using namespace commonbook::agents;
using namespace commonbook::testing;

namespace {

struct Case {
  std::string text;
  Found expected;
};

const Found none;

/// The texts of which something else is found than expected, with what is.
Found wrong(FactKind kind, const std::vector<Case>& cases) {
  Found texts;
  for (const Case& each : cases) {
    const Found rows = found(kind, each.text);
    if (rows == each.expected) continue;
    texts.push_back(each.text);
    for (const std::string& row : rows) texts.back() += " -> " + row;
  }
  return texts;
}

}  // namespace

TEST_CASE("days, times and periods are read from the day of the letter on") {
  CHECK(wrong(FactKind::date,
              {{"The fair is on 3 July.", {"mentions date 2026-07-03"}},
               {"The fair was on 3 July 2019.", {"mentions date 2019-07-03"}},
               {"See you on Monday, 15 June, at 14:30.", {"mentions date 2026-06-15T14:30:00"}},
               {"See you on June 15th, 2pm.", {"mentions date 2026-06-15T14:00:00"}},
               {"We open on 15 June from 9:00 to 12:00 UTC.",
                {"mentions date 2026-06-15T09:00:00Z/2026-06-15T12:00:00Z"}},
               {"Call me on 15 June, 16:00 Tokyo time.", {"mentions date 2026-06-15T16:00:00+09:00[Asia/Tokyo]"}},
               {"At 15:00 on 15 June we leave.", {"mentions date 2026-06-15T15:00:00"}},
               {"We are closed from 22 to 26 June.", {"mentions date 2026-06-22/2026-06-26"}},
               {"The 17th is fine with me.", {"mentions date 2026-06-17"}},
               {"Let us meet on Friday the 19th at ten.", {"mentions date 2026-06-19T10:00:00"}},
               {"I come back tomorrow.", {"mentions date 2026-06-11"}},
               {"It broke on Monday.", {"mentions date 2026-06-08"}},
               {"It will be there by Monday.", {"mentions date 2026-06-15"}},
               {"The bill is due on 1 July.", {"due on 2026-07-01", "mentions date 2026-07-01"}}}) == none);
}

TEST_CASE("what only looks like a day is none") {
  for (const std::string text : {"Every Tuesday we sing.", "The Tuesday call was long.", "This is the 4th time.",
                                 "Version 3.11 is from the 19th century.", "We may march on.",
                                 "On Tuesday, 16 June 2026 nothing fits, but Monday, 16 June 2026 does not exist."}) {
    INFO(text);
    const Found days = found(FactKind::date, text);
    CHECK(days == (text.starts_with("On Tuesday") ? Found{"mentions date 2026-06-16"} : Found{}));
  }
}

TEST_CASE("sums of money have one form however they are written") {
  CHECK(wrong(FactKind::amount, {{"It costs 1,250 EUR.", {"mentions amount 1250 EUR"}},
                                 {"It costs 1.250,50 EUR.", {"mentions amount 1250.50 EUR"}},
                                 {"It costs EUR 1250.", {"mentions amount 1250 EUR"}},
                                 {"It costs 89 euros each.", {"mentions amount 89 EUR"}},
                                 {"It costs \xE2\x82\xAC"
                                  "20.",
                                  {"mentions amount 20 EUR"}},
                                 {"It costs $1,999.99 now.", {"mentions amount 1999.99 USD"}},
                                 {"It costs 1.2 million CHF.", {"mentions amount 1200000 CHF"}},
                                 {"It costs \xC2\xA3"
                                  "1.75m.",
                                  {"mentions amount 1750000 GBP"}}}) == none);
  CHECK(wrong(FactKind::amount,
              {{"Use $1 and $2 in the pattern.", {}}, {"I wait 20 minutes.", {}}, {"See 1.2.3 EUR.", {}}}) == none);
}

TEST_CASE("quantities have a number and a unit, or what is counted") {
  CHECK(wrong(FactKind::quantity, {{"It weighs 6 kg.", {"mentions quantity 6 kg"}},
                                   {"Below 1.5 %RH it is dry.", {"mentions quantity 1.5 %RH"}},
                                   {"The price rises by 4 %.", {"mentions quantity 4 %"}},
                                   {"Wait for 72 hours.", {"mentions quantity 72 h"}},
                                   {"A 5V supply is enough.", {"mentions quantity 5 V"}},
                                   {"Bake it at 180 \xC2\xB0"
                                    "C.",
                                    {"mentions quantity 180 \xC2\xB0"
                                     "C"}},
                                   {"We need twelve green apples.", {"mentions quantity 12 green apples"}},
                                   {"Delivery takes 3 to 5 days.", {"mentions quantity 3 to 5 days"}},
                                   {"It takes six working days.", {"mentions quantity 6 working days"}}}) == none);
  CHECK(wrong(FactKind::quantity, {{"See page 7 volts.", {}},
                                   {"Apollo 11 engines were loud.", {}},
                                   {"In 2009 students came.", {}},
                                   {"The 1950s were slow.", {}},
                                   {"2. Apples are ripe.", {}},
                                   {"There are two ways.", {}}}) == none);
}

TEST_CASE("order and invoice numbers are found by their shape or by what names them") {
  CHECK(wrong(FactKind::reference, {{"Invoice RX-20391 is here.", {"refers to number RX-20391"}},
                                    {"It is about QB-2026-007.", {"refers to number QB-2026-007"}},
                                    {"Your order no. 4711 is on its way.", {"refers to number 4711"}},
                                    {"The tracking number is 00340434.", {"refers to number 00340434"}}}) == none);
  CHECK(wrong(FactKind::reference, {{"It is UTF-8 and ISO-8859 text.", {}},
                                    {"SHA-256 is long.", {}},
                                    {"We order 4000 pieces.", {}},
                                    {"The order of 4711 EUR is big.", {}},
                                    {"The F-16 is loud.", {}}}) == none);
}

TEST_CASE("X is Y is said of names and of who writes, not of pronouns, not in questions or suppositions") {
  CHECK(
      wrong(FactKind::statement, {{"Hall B is closed until Friday.", {"Hall B is closed until Friday"}},
                                  {"I am away this week.", {"ada@example.org is away this week"}},
                                  {"Carl Gauss, the head of the institute, is our guest.", {"Carl Gauss is our guest"}},
                                  {"Emmy and Carl are in town.", {"Emmy is in town", "Carl is in town"}},
                                  {"Hall B is being painted.", {"Hall B is being painted"}}}) == none);
  CHECK(wrong(FactKind::statement, {{"It is closed.", {}},
                                    {"This is a test.", {}},
                                    {"Everything is fine.", {}},
                                    {"Is Hall B closed?", {}},
                                    {"If Hall B is closed, we wait.", {}},
                                    {"I am sorry about that.", {}},
                                    {"Emmy is singing.", {}},
                                    {"Monday is a holiday.", {}}}) == none);
}

TEST_CASE("decisions are what somebody decided, agreed or accepted") {
  CHECK(wrong(FactKind::decision, {{"Agreed, we take the red one.", {"decides we take the red one"}},
                                   {"We have decided to sell the boat.", {"decides sell the boat"}},
                                   {"It was agreed that Emmy speaks first.", {"decides Emmy speaks first"}},
                                   {"I accept your offer.", {"decides I accept your offer"}}}) == none);
  CHECK(wrong(FactKind::decision, {{"Have we decided to sell the boat?", {}},
                                   {"If we agreed to sell, she would leave.", {}},
                                   {"I agree.", {}},
                                   {"They have not decided yet.", {}}}) == none);
}

TEST_CASE("a move names what moves, and the days that are given") {
  CHECK(wrong(FactKind::move,
              {{"The review moves to Thursday, 18 June.", {"moves review", "moved to 2026-06-18"}},
               {"The budget review has been moved from 16 June to 18 June.",
                {"moves budget review", "moved from 2026-06-16", "moved to 2026-06-18"}},
               {"I have postponed our status meeting.", {"moves status meeting"}},
               {"Was planned for 16 June.", {"moved from 2026-06-16"}},
               {"They arrive on 18 June, not on 16 June.", {"moved to 2026-06-18", "moved from 2026-06-16"}},
               {"One day later: 17 June.", {"moved to 2026-06-17"}}}) == none);
  CHECK(wrong(FactKind::move, {{"Could we move the review to 18 June?", {}},
                               {"The file is moved to the archive.", {}},
                               {"The piano was moved on 18 June.", {}},
                               {"If the review moves to 18 June, I can come.", {}}}) == none);
}

TEST_CASE("a cancellation names what does not take place") {
  CHECK(wrong(FactKind::cancellation, {{"There is no rehearsal on 17 June.", {"cancels rehearsal"}},
                                       {"No choir rehearsal on 17 June.", {"cancels choir rehearsal"}},
                                       {"The Friday call is off.", {"cancels Friday call"}},
                                       {"The site visit has been cancelled.", {"cancels site visit"}},
                                       {"We cancel the training.", {"cancels training"}}}) == none);
  CHECK(wrong(FactKind::cancellation, {{"Is the call off?", {}},
                                       {"There is no reason to call.", {}},
                                       {"The light is off.", {}},
                                       {"If the visit is cancelled, tell me.", {}}}) == none);
}

TEST_CASE("an undertaking says who will do what, and by when") {
  CHECK(wrong(FactKind::undertaking,
              {{"I will send the drawings.", {"ada@example.org will send the drawings"}},
               {"I will send the drawings by Friday.", {"ada@example.org will send the drawings (2026-06-12)"}},
               {"I'll bring the cake.", {"ada@example.org will bring the cake"}},
               {"Carl will bring the cake on 20 June.", {"Carl will bring the cake (2026-06-20)"}},
               {"Carl brings the cake.", {"Carl will bring the cake"}},
               {"I fly on Sunday, 14 June, 10:40.", {"ada@example.org will fly (2026-06-14T10:40:00)"}},
               {"Pelikan delivers the ink on Monday.", {"Pelikan will deliver the ink (2026-06-15)"}}}) == none);
  CHECK(wrong(FactKind::undertaking, {{"I would send it.", {}},
                                      {"I will probably come.", {}},
                                      {"It will rain on Friday.", {}},
                                      {"I hope to see you on Friday.", {}},
                                      {"Will Carl bring the cake?", {}},
                                      {"If it rains, I will stay.", {}},
                                      {"I sent it on Monday.", {}},
                                      {"Pelikan delivers ink.", {}}}) == none);
}

TEST_CASE("patches, code and what an unknown sender says of himself give nothing") {
  CHECK(found(FactKind::quantity, "diff --git a/x b/x\nindex 1..2\n+ wait 5 minutes\n").empty());
  CHECK(found(FactKind::quantity, "> wait 5 minutes\n").empty());
  CHECK(found(FactKind::quantity, "if (x == y) { return 5 minutes; }\n").empty());
  ReadableText anonymous = letter("I am away. I will send the drawings.");
  anonymous.author.reset();
  const auto facts = make_rule_extractor()->extract(anonymous);
  REQUIRE(facts);
  CHECK(facts->empty());
}

TEST_CASE("no rule gives a control character, whatever stands between the words of a document") {
  const std::vector<std::string> texts{"I will send\x1Fthe drawings by Friday.",
                                       "Hall\x7F B is the\x0E largest room.",
                                       "I am away\x7Funtil Friday.",
                                       "We have decided to order\x01 the blue one.",
                                       "Agreed, we work\x1B[31m to it.",
                                       "The site\x7F visit is moved to 9 July.",
                                       "There is no site\x02 visit on 9 July.",
                                       "We need 200 green\x7F apples for order no.\x7F 4711, at EUR\x03 20.",
                                       "Carl brings the\x7F\x7F cake on 20\x7F June."};
  for (const std::string& text : texts) {
    ReadableText both = letter(text);
    both.title = text;
    const auto facts = make_rule_extractor()->extract(both);
    REQUIRE(facts);
    for (const ExtractedFact& fact : *facts) {
      const std::string object = std::get<Literal>(fact.triple.object).text;
      for (const std::string& given : {object, fact.triple.subject.key.value, fact.triple.subject.spelling}) {
        INFO(text << " -> " << given);
        CHECK(std::none_of(given.begin(), given.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
      }
    }
  }
  // They part words, as a space does.
  CHECK(found(FactKind::undertaking,
              "I will send the\x7F\nred\x1F"
              "drawings.") == Found{"ada@example.org will send the red drawings"});
}

TEST_CASE("a text without a date of its own gives only days that name their year") {
  ReadableText undated = letter("See you tomorrow, on Monday, on 3 July, or on 4 July 2027.");
  undated.time.reset();
  const auto facts = make_rule_extractor()->extract(undated);
  REQUIRE(facts);
  REQUIRE(facts->size() == 1);
  CHECK(std::get<Literal>(facts->front().triple.object).text == "2027-07-04");
}

TEST_CASE("a very long text is read in time that grows with its length, and gives at most 200 facts") {
  std::string text;
  while (text.size() < 1'000'000) text += "On 3 July we pay " + std::to_string(text.size()) + " EUR for 12 apples. ";
  const auto facts = make_rule_extractor()->extract(letter(text));
  REQUIRE(facts);
  CHECK(facts->size() == extracted_facts_max);
  const auto hostile = make_rule_extractor()->extract(letter(std::string(1'000'000, 'A') + std::string(500'000, '5')));
  CHECK(hostile.has_value());
}
