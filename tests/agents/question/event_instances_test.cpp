// Instances of a series as they really take place: rule, exclusions, moved and cancelled ones.
#include "answer_builder.hpp"
#include "event_instances.hpp"
#include "commonbook/model/civil_time.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::agents;
using commonbook::testing::AnswerBuilder;

namespace {

TimeWindow days(const CivilDate& first, const CivilDate& last) {
  return {as_utc({first, 0, 0, 0}), as_utc({last, 23, 59, 59})};
}

std::vector<std::string> starts_of(const Answer& answer, const TimeWindow& window) {
  const FactIndex facts{answer};
  const std::vector<Event> events = events_of(facts);
  std::vector<std::string> starts;
  for (const Event& event : events)
    for (const EventInstance& instance : instances_of(event, window))
      starts.push_back(to_literal(instance.start).text + (instance.cancelled ? " cancelled" : ""));
  return starts;
}

AnswerBuilder choir() {
  AnswerBuilder builder;
  builder
      .event("choir@school", "Choir", "2031-05-05T17:00:00+02:00[Europe/Paris]",
             "2031-05-05T18:00:00+02:00[Europe/Paris]")
      .text(predicate::recurs_by, "FREQ=WEEKLY;BYDAY=MO;COUNT=5");
  return builder;
}

}  // namespace

TEST_CASE("an excluded instance is known as cancelled") {
  AnswerBuilder builder = choir();
  builder.time(predicate::excludes, "2031-05-12T17:00:00+02:00[Europe/Paris]");
  CHECK(starts_of(builder.answer(), days({2031, 5, 1}, {2031, 5, 20})) ==
        std::vector<std::string>{"2031-05-05T17:00:00+02:00[Europe/Paris]",
                                 "2031-05-12T17:00:00+02:00[Europe/Paris] cancelled",
                                 "2031-05-19T17:00:00+02:00[Europe/Paris]"});
}

TEST_CASE("a moved instance takes place at its new time and not at its old one") {
  AnswerBuilder builder = choir();
  const EntityView series = builder.current();
  builder.override_of(series, "2031-05-19T17:00:00+02:00[Europe/Paris]", "2031-05-21T15:30:00+02:00[Europe/Paris]");
  CHECK(starts_of(builder.answer(), days({2031, 5, 18}, {2031, 5, 25})) ==
        std::vector<std::string>{"2031-05-19T17:00:00+02:00[Europe/Paris] cancelled",
                                 "2031-05-21T15:30:00+02:00[Europe/Paris]"});
  SECTION("also when it moved out of the window") {
    CHECK(starts_of(builder.answer(), days({2031, 5, 19}, {2031, 5, 20})) ==
          std::vector<std::string>{"2031-05-19T17:00:00+02:00[Europe/Paris] cancelled"});
  }
  SECTION("also when it moved into the window") {
    CHECK(starts_of(builder.answer(), days({2031, 5, 21}, {2031, 5, 22})) ==
          std::vector<std::string>{"2031-05-21T15:30:00+02:00[Europe/Paris]"});
  }
}

TEST_CASE("a cancelled override takes its instance away") {
  AnswerBuilder builder = choir();
  const EntityView series = builder.current();
  builder.override_of(series, "2031-05-26T17:00:00+02:00[Europe/Paris]", "2031-05-26T17:00:00+02:00[Europe/Paris]")
      .text(predicate::status, "cancelled");
  CHECK(starts_of(builder.answer(), days({2031, 5, 26}, {2031, 5, 26})) ==
        std::vector<std::string>{"2031-05-26T17:00:00+02:00[Europe/Paris] cancelled"});
}

TEST_CASE("a long event is found on every day that it covers, and no longer") {
  AnswerBuilder builder;
  builder.event("camp@school", "Summer camp", "2031-07-01", "2031-07-04");
  CHECK(starts_of(builder.answer(), days({2031, 7, 3}, {2031, 7, 3})).size() == 1);
  CHECK(starts_of(builder.answer(), days({2031, 7, 4}, {2031, 7, 4})).empty());
}

TEST_CASE("values that a later revision superseded do not count") {
  AnswerBuilder builder;
  builder.event("trip@school", "Trip", "2031-06-10").time(predicate::starts, "2031-06-03").superseded();
  CHECK(starts_of(builder.answer(), days({2031, 6, 1}, {2031, 6, 30})) == std::vector<std::string>{"2031-06-10"});
}

TEST_CASE("a rule that can't be read leaves the event's own start") {
  AnswerBuilder builder;
  builder.event("odd@school", "Odd", "2031-06-10T10:00:00Z").text(predicate::recurs_by, "FREQ=SOMETIMES");
  CHECK(starts_of(builder.answer(), days({2031, 6, 1}, {2031, 6, 30})) ==
        std::vector<std::string>{"2031-06-10T10:00:00Z"});
}
