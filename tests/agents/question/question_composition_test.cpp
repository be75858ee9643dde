// Answers over a school's calendar and mail: the value first, in ISO form, with the documents that carry it.
#include "answer_builder.hpp"
#include "commonbook/agents/question.hpp"
#include "commonbook/model/civil_time.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::agents;
using commonbook::testing::AnswerBuilder;

namespace {

Answer school() {
  AnswerBuilder builder;
  builder
      .event("choir@school", "Choir rehearsal", "2031-05-05T17:00:00+02:00[Europe/Paris]",
             "2031-05-05T18:00:00+02:00[Europe/Paris]")
      .text(predicate::recurs_by, "FREQ=WEEKLY;BYDAY=MO;COUNT=8")
      .time(predicate::excludes, "2031-05-12T17:00:00+02:00[Europe/Paris]")
      .place("Music room")
      .person(predicate::organised_by, "anna.lind@school.example");
  const EntityView choir = builder.current();
  builder.override_of(choir, "2031-05-19T17:00:00+02:00[Europe/Paris]", "2031-05-20T16:15:00+02:00[Europe/Paris]")
      .text(predicate::title, "Choir rehearsal")
      .text(predicate::described_as, "Whit Monday concert the day before.")
      .place("Gym");
  builder
      .event("evening@school", "Parents' evening", "2031-06-03T19:00:00+02:00[Europe/Paris]",
             "2031-06-03T21:00:00+02:00[Europe/Paris]")
      .place("Main hall")
      .person(predicate::attended_by, "bo.berg@school.example")
      .person(predicate::attended_by, "cleo.marsh@school.example")
      .person(predicate::accepted_by, "bo.berg@school.example");
  builder.event("camp@school", "Summer camp", "2031-07-01", "2031-07-05");
  builder.event("server@school", "Server update", "2031-05-22T20:00:00Z", "2031-05-22T22:30:00Z");
  builder.event("fair@school", "Book fair", "2031-06-12T10:00:00+02:00[Europe/Paris]")
      .text(predicate::status, "cancelled");
  builder.subject(Scheme::mid, "trip-1@school", "<trip-1@school>")
      .person(predicate::from, "bo.berg@school.example")
      .passage("Museum trip", "The trip costs 14 EUR for each child. Please pay until Friday.",
               as_utc({{2031, 5, 2}, 8, 0, 0}));
  builder.subject(Scheme::mid, "trip-2@school", "<trip-2@school>")
      .person(predicate::from, "anna.lind@school.example")
      .passage("Re: Museum trip", "Who brings the children to the museum?", as_utc({{2031, 5, 3}, 8, 0, 0}));
  return builder.answer();
}

Answer ask(const std::string& text, Answer found = school()) {
  return compose(understand({text, as_utc({{2031, 5, 14}, 9, 0, 0}), "Europe/Paris"}), std::move(found));
}

}  // namespace

TEST_CASE("calendar facts answer with the value first") {
  const auto [question, value] = GENERATE(table<std::string, std::string>({
      {"When is the parents' evening?", "2031-06-03 19:00"},
      {"When is the parents' evening, and where?", "2031-06-03 19:00, Main hall"},
      {"Where is the parents' evening?", "Main hall"},
      {"At what time does the parents' evening begin?", "19:00"},
      {"When does the parents' evening end?", "2031-06-03 21:00"},
      {"How long is the parents' evening?", "2 h"},
      {"When is the parents' evening, in Tokyo time?", "2031-06-04 02:00"},
      {"What time in London is the parents' evening?", "18:00"},
      {"What time is the parents' evening in UTC?", "2031-06-03T17:00:00Z"},
      {"When is the server down for the update, in UTC?", "2031-05-22T20:00:00Z to 2031-05-22T22:30:00Z"},
      {"When is the server update?", "2031-05-22 22:00"},
      {"When is the summer camp?", "2031-07-01 to 2031-07-04"},
      {"When is the next choir rehearsal?", "2031-05-20 16:15"},
      {"On which day is the choir rehearsal in the week of 19 May?", "2031-05-20"},
      {"In which room is the choir rehearsal on 20 May?", "Gym"},
      {"In which room is the choir rehearsal on 26 May?", "Music room"},
      {"Who organises the choir rehearsal?", "Anna Lind"},
      {"Is there a choir rehearsal on 26 May?", "yes"},
      {"Is there a choir rehearsal on 12 May?", "no"},
      {"Is there a choir rehearsal on 19 May?",
       "no: Choir rehearsal was moved away from 2031-05-19 to 2031-05-20 16:15"},
      {"Is there a choir rehearsal on 27 May?", "no"},
      {"Is the choir rehearsal on 12 May cancelled?", "yes"},
      {"Is the book fair cancelled?", "yes"},
      {"Does the book fair take place?", "no"},
      {"Was there a choir rehearsal on 5 May?", "yes"},
      {"How many choir rehearsals are there in May?", "3: Choir rehearsal on 2031-05-05, 2031-05-20, 2031-05-26"},
      {"When was the choir rehearsal on 20 May originally planned?", "2031-05-19 17:00"},
      {"Has Bo Berg accepted the parents' evening?", "yes"},
      {"Has Cleo accepted the parents' evening?", "no"},
      {"Is Cleo invited to the parents' evening?", "yes"},
      {"How many people attend the parents' evening?", "2: Bo Berg, Cleo Marsh"},
      {"What do we have on 3 June?", "2031-06-03 19:00 Parents' evening"},
      {"What is on 3 June?", "2031-06-03 19:00 Parents' evening"},
  }));
  const Answer answer = ask(question);
  INFO(question << " -> " << answer.line);
  CHECK(answer.line.substr(0, value.size()) == value);
  REQUIRE_FALSE(answer.citations.empty());
}

TEST_CASE("the event that answers is cited first, and no document twice") {
  const Answer answer = ask("In which room is the choir rehearsal on 20 May?");
  REQUIRE_FALSE(answer.citations.empty());
  CHECK(answer.citations.front().document_id == "choir@school");
  CHECK(std::count_if(answer.citations.begin(), answer.citations.end(),
                      [](const Citation& citation) { return citation.document_id == "choir@school"; }) == 1);
}

TEST_CASE("a year left out is the one in which the material has the day") {
  const UnderstoodQuestion later =
      understand({"Is there a choir rehearsal on 26 May?", as_utc({{2032, 4, 1}, 9, 0, 0}), "Europe/Paris"});
  CHECK(compose(later, school()).line.substr(0, 14) == "yes: 2031-05-2");
}

TEST_CASE("a question about an amount is answered by the message that names one") {
  const Answer answer = ask("How much does the museum trip cost?");
  REQUIRE_FALSE(answer.citations.empty());
  CHECK(answer.citations.front().document_id == "<trip-1@school>");
  CHECK(answer.line == "14 EUR: The trip costs 14 EUR for each child. (Bo Berg, 2031-05-02)");
}

TEST_CASE("what nothing speaks of gets no answer") {
  CHECK(ask("When is the dentist?").line.empty());
  CHECK(ask("Where did the astronauts land?").line.empty());
  const Answer nothing = ask("When is the parents' evening?", {});
  CHECK(nothing.line.empty());
  CHECK(nothing.citations.empty());
}

TEST_CASE("passages and facts of the answer are kept") {
  const Answer found = school();
  const Answer answer = ask("When is the parents' evening?", found);
  CHECK(answer.passages == found.passages);
  CHECK(answer.facts == found.facts);
}

TEST_CASE("what is in force is what was said last") {
  AnswerBuilder builder;
  builder.subject(Scheme::mid, "root@w", "<root@w>");
  const EntityView thread = builder.current();
  const auto message = [&](const std::string& id, const std::string& text, int day) {
    builder.subject(Scheme::mid, id, "<" + id + ">")
        .passage("Load limit of the crane", text, as_utc({{2031, 4, day}, 8, 0, 0}));
    builder.link(predicate::part_of_thread, thread);
  };
  message("first@w", "The load limit of the crane is 900 kg.", 1);
  message("second@w", "From now on the load limit of the crane is 750 kg.", 20);
  const Answer answer = ask("Which load limit is in force for the crane?", builder.answer());
  REQUIRE(answer.citations.size() == 2);
  CHECK(answer.citations.front().document_id == "<second@w>");
}
