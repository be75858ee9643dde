// Names that are alike but not equal become suggestions, the same ones in every order of arrival.
#include "read_support.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

// Suggested pairs by name, the lesser name first, with score and reason.
std::vector<std::string> suggested(const std::filesystem::path& path) {
  auto pairs = RawRows{path}.rows(
      "SELECT min(l.value, r.value), max(l.value, r.value), score, reason, status FROM suggestion "
      "JOIN alias l ON l.entity = left_entity JOIN alias r ON r.entity = right_entity",
      5);
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

void store_names(Writer& writer, const std::vector<std::string>& names) {
  for (const std::string& name : names) REQUIRE(writer.find_or_create(named(name), soon()));
}

std::vector<std::string> many_names(std::uint64_t seed) {
  Dice dice{seed};
  const char* first[] = {"Jonas", "Johnas", "Maria", "Marie", "Ursula", "Ursulla", "Katharina", "Catharina"};
  const char* last[] = {"Brandweil", "Brandweill", "Petersen", "Pedersen", "Waldstein"};
  std::vector<std::string> names;
  for (const char* one : first)
    for (const char* two : last) names.push_back(std::string{one} + " " + two);
  for (int room = 1; room <= 300; ++room) names.push_back("meeting room " + std::to_string(room));
  for (std::size_t left = names.size(); left > 1; --left) std::swap(names[left - 1], names[dice.below(left)]);
  return names;
}

}  // namespace

TEST_CASE("suggestions are the same for every order of arrival, and for any number of passes", "[P11]") {
  std::vector<std::string> first;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    INFO("order " << seed);
    TestBook test;
    const auto names = many_names(seed);
    const auto half = names.begin() + static_cast<std::ptrdiff_t>(names.size() / 2);
    store_names(test.writer, {names.begin(), half});
    if (seed != 1) suggest_all(test.book);
    store_names(test.writer, {half, names.end()});
    suggest_all(test.book);
    const auto now = suggested(test.path);
    if (first.empty()) first = now;
    CHECK(now == first);
    REQUIRE(now.size() >= 5);
    require_verified(test.book);

    suggest_all(test.book);  // nothing is left to do
    CHECK(suggested(test.path) == now);
  }
}

TEST_CASE("a misspelled name is suggested; names that differ by a number are not") {
  TestBook test;
  store_names(test.writer,
              {"Katharina Waldstein", "Katharina Waldstien", "meeting room 12", "meeting room 13", "Jonas Petersen"});
  suggest_all(test.book);
  const auto pairs = suggested(test.path);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].starts_with("katharina waldstein|katharina waldstien|0.9"));
  CHECK(pairs[0].find("similar names") != std::string::npos);
}

namespace {

// What one message says of its sender.
Observation claims(std::uint64_t number, const std::string& address, const std::string& name) {
  Observation observation = observed(1, {has_text("message " + std::to_string(number), "is", "read")});
  observation.session = "session " + std::to_string(number);  // so that any order is a legal one
  observation.claims = {{strong(address), name}};
  return observation;
}

}  // namespace

TEST_CASE("addresses that claim one name are suggested with the reason; one address, or another name, is not") {
  TestBook test;
  std::uint64_t number = 0;
  for (const auto& [address, name] : std::vector<std::pair<std::string, std::string>>{{"jonas@work.example", "Jonas Brandweil"},
                                                                                      {"jonas@home.example", "JONAS  Brandweil"},
                                                                                      {"jonas@home.example", "Jonas Brandweil"},
                                                                                      {"maria@work.example", "Maria Petersen"},
                                                                                      {"maria@work.example", "Mia"}})
    static_cast<void>(store(test.writer, claims(++number, address, name)));
  suggest_all(test.book);
  CHECK(suggested(test.path) ==
        std::vector<std::string>{"jonas@home.example|jonas@work.example|1.0|both claim the name \"jonas brandweil\"|0"});
  CHECK(test.book.counters().suggestions_written == 1);
  require_verified(test.book);

  // A pass that has swept once sees what comes later.
  auto pass = SuggestionPass::open(test.book, soon());
  REQUIRE(pass);
  while (*pass->step(soon()) > 0) {
  }
  static_cast<void>(store(test.writer, claims(++number, "mia@home.example", "Maria Petersen")));
  while (*pass->step(soon()) > 0) {
  }
  CHECK(suggested(test.path).size() == 2);
  require_verified(test.book);
}

TEST_CASE("what is suggested for claimed names is the same for every order of arrival, and for any number of passes",
          "[P11]") {
  std::vector<Observation> observations;
  std::uint64_t number = 0;
  for (int place = 0; place < 4; ++place)  // two names for each pair: the lesser one is the reason
    for (const char* name : {"Ursula Waldstein", "Frau Waldstein"})
      observations.push_back(claims(++number, "ursula@" + std::to_string(place) + ".example", name));
  for (int house = 0; house < 20; ++house)  // too many claim it to be anybody's
    observations.push_back(claims(++number, "desk@" + std::to_string(house) + ".example", "Reception"));
  for (int room = 0; room < 700; ++room)  // more names than one slice takes
    observations.push_back(claims(++number, "room" + std::to_string(room) + "@rooms.example", "Room " + std::to_string(room)));
  std::vector<std::string> first;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    INFO("order " << seed);
    Dice dice{seed};
    for (std::size_t left = observations.size(); left > 1; --left)
      std::swap(observations[left - 1], observations[dice.below(left)]);
    TestBook test;
    const std::span<const Observation> all{observations};
    for (std::size_t at = 0; at < all.size(); at += 122) {
      for (const auto& answer : test.writer.store(all.subspan(at, std::min<std::size_t>(122, all.size() - at)), soon()))
        REQUIRE(answer);
      if (seed != 1) suggest_all(test.book);
    }
    suggest_all(test.book);
    const auto now = suggested(test.path);
    if (first.empty()) first = now;
    CHECK(now == first);
    CHECK(now.size() == 6);
    CHECK(now[0].find("frau waldstein") != std::string::npos);
    require_verified(test.book);
  }
}

TEST_CASE("a claim that was retracted suggests nothing, and what a person decided is left alone") {
  TestBook test;
  static_cast<void>(store(test.writer, claims(1, "a@example.org", "Alex")));
  Observation second = claims(2, "b@example.org", "Alex");
  second.sequence = 17;
  static_cast<void>(store(test.writer, second));
  const std::int64_t id = observation_id(test.path, 17);
  REQUIRE(test.writer.retract(std::span{&id, 1}, soon()));
  suggest_all(test.book);
  CHECK(suggested(test.path).empty());

  static_cast<void>(store(test.writer, claims(3, "b@example.org", "Sasha")));
  static_cast<void>(store(test.writer, claims(4, "a@example.org", "Sasha")));
  suggest_all(test.book);
  REQUIRE(suggested(test.path).size() == 1);
  RawRows{test.path}.execute("UPDATE suggestion SET status = 2");
  static_cast<void>(store(test.writer, claims(5, "b@example.org", "Al")));
  static_cast<void>(store(test.writer, claims(6, "a@example.org", "Al")));
  suggest_all(test.book);
  const auto decided = suggested(test.path);
  REQUIRE(decided.size() == 1);
  CHECK(decided[0].ends_with("both claim the name \"sasha\"|2"));
}

TEST_CASE("two processes that suggest at one time write each pair once, and both come to an end") {
  TestBook test;
  store_names(test.writer, many_names(1));
  const Book other = open_book(test.path);
  auto one = SuggestionPass::open(test.book, soon());
  auto two = SuggestionPass::open(other, soon());
  REQUIRE(one);
  REQUIRE(two);
  // In the middle of the first one's step, before its transaction, the second one is faster.
  bool overtaken = false;
  const auto watch = Steps::instance().on("suggest.before_write", [&] {
    if (std::exchange(overtaken, true)) return;
    REQUIRE(two->step(soon()));
  });
  for (int steps = 0; steps < 100; ++steps) {
    REQUIRE(one->step(soon()));
    REQUIRE(two->step(soon()));
  }
  CHECK(overtaken);
  const auto pairs = suggested(test.path);
  CHECK(std::adjacent_find(pairs.begin(), pairs.end()) == pairs.end());
  TestBook alone;
  store_names(alone.writer, many_names(2));
  suggest_all(alone.book);
  CHECK(pairs == suggested(alone.path));
  require_verified(test.book);
}
