// Names that are alike but not equal become suggestions, the same ones in every order of arrival.
#include "read_support.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

void suggest_all(const Book& book) {
  auto pass = SuggestionPass::open(book, soon());
  REQUIRE(pass);
  for (int steps = 0; steps < 1'000; ++steps) {
    const auto left = pass->step(soon());
    if (!left) FAIL(to_string(left.error()));
    if (*left == 0) return;
  }
  FAIL("the pass does not end");
}

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
