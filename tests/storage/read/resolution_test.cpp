// Resolving names against a book: what is found, what is merged silently, and what it costs as the book grows.
#include "read_support.hpp"

#include "book/book_shared.hpp"
#include "book/name_resolution.hpp"
#include "commonbook/storage/identity.hpp"
#include "commonbook/storage/normalise.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

Resolution resolved(const Book& book, const std::string& name) {
  auto found = resolve(book, {Scheme::name, name, {}}, {}, soon());
  if (!found) FAIL(to_string(found.error()));
  return std::move(*found);
}

std::uint64_t content_digest(const Book& book) {
  const auto digest = open_reader(book).content_digest(soon());
  if (!digest) FAIL(to_string(digest.error()));
  return *digest;
}

std::size_t count(const Book& book, Decision decision) {
  const auto list = list_suggestions(book, decision, 1'000, soon());
  if (!list) FAIL(to_string(list.error()));
  return list->suggestions.size();
}

}  // namespace

TEST_CASE("a name is resolved to the entity of its key, to one that it is, or to those that it may be, with reasons") {
  TestBook test;
  static_cast<void>(store(test.writer, observed(1, {says("Orchard Corp", "employs", "Ada Lovelace"), says("Crane 1", "made by", "Orchard Corp")})));
  suggest_all(test.book);
  CHECK(resolved(test.book, "ADA  lovelace").outcome == Outcome::same);
  const Resolution form = resolved(test.book, "Orchard Corporation");
  CHECK(form.outcome == Outcome::same);
  REQUIRE(form.names.size() == 1);
  CHECK(form.names[0].key.value == "orchard corp");
  CHECK_FALSE(form.names[0].reasons.empty());
  CHECK(resolved(test.book, "A. Lovelace").outcome == Outcome::suggestion);
  CHECK(resolved(test.book, "Crane 2").names.empty());
  CHECK(resolved(test.book, "Grace Hopper").outcome == Outcome::different);
}

TEST_CASE("silent merges: only what differs in writing, the same in every order, undone by unmerge and not made again") {
  const std::vector<std::string> names = {"Orchard Corp",  "ORCHARD Corporation", "Orchard Logistics",   "Ada Lovelace",
                                          "Lovelace, Ada", "A. Lovelace",         "Katharina Waldstein", "Katharina Waldstien",
                                          "Crane 1",       "Crane-1",             "Crane 2"};
  std::optional<std::uint64_t> expected;
  for (const std::uint64_t seed : seeds_to_run(4)) {
    INFO("COMMONBOOK_SEED=" << seed);
    Dice dice{seed};
    auto order = names;
    for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[dice.below(left)]);
    BookOptions options;
    options.similarity = SimilarityMode::merge;
    TestBook test{options};
    std::uint64_t sequence = 0;
    for (const std::string& name : order) {
      Observation observation = observed(1, {has_text(name, "is", "named")});
      observation.session = "session of " + name;  // so that any order is a legal one
      static_cast<void>(store(test.writer, observation));
      if (++sequence % 3 == 0 && seed % 2 == 0) suggest_all(test.book);
    }
    suggest_all(test.book);
    CHECK(count(test.book, Decision::merged_silently) == 3);
    CHECK(count(test.book, Decision::open) >= 2);  // the initial, the slip
    CHECK(kept_digest(test.path) == recomputed_digest(test.path));
    require_verified(test.book);
    if (!expected) expected = content_digest(test.book);
    CHECK(content_digest(test.book) == *expected);

    const auto one = find_entities(test.book, "Ada Lovelace", soon());
    const auto other = find_entities(test.book, "Lovelace, Ada", soon());
    REQUIRE(one);
    REQUIRE(other);
    REQUIRE(unmerge_entities(test.book, {.one = one->front().id, .other = other->front().id}, soon()));
    CHECK(count(test.book, Decision::rejected) == 1);
    RawRows{test.path}.execute("UPDATE meta SET suggestion_watermark = 0");  // as after a migration
    suggest_all(test.book);
    CHECK(count(test.book, Decision::merged_silently) == 2);
    CHECK(find_entities(test.book, "Ada Lovelace", soon())->front().set_size == 1);
  }
}

TEST_CASE("what only strangers said is not merged by itself, and a name of another space never") {
  BookOptions options;
  options.similarity = SimilarityMode::merge;
  TestBook test{options};
  Observation rumour = observed(1, {has_text("Orchard Corporation", "owes", "money")});
  rumour.trust = Trust::untrusted;
  static_cast<void>(store(test.writer, rumour));
  static_cast<void>(store(test.writer, observed(2, {has_text("Orchard Corp", "is", "solvent")})));
  REQUIRE(test.writer.find_or_create({{Scheme::name, "orchard corp.", "places"}, {}}, soon()));
  suggest_all(test.book);
  CHECK(count(test.book, Decision::merged_silently) == 0);
  CHECK(count(test.book, Decision::open) == 1);
}

namespace {

// Names as people and companies have them, out of syllables, so that they share beginnings and words as names do.
class Names {
 public:
  explicit Names(std::uint64_t seed) : dice_(seed) {}
  std::string next() {
    if (dice_.below(4) == 0) return word(2) + ' ' + word(2) + (dice_.below(2) == 0 ? " Ltd" : " GmbH");
    return first() + ' ' + word(2 + dice_.below(2));
  }

 private:
  std::string word(std::uint64_t syllables) {
    static const char* const parts[] = {"bra", "del", "fen", "gor", "hal", "jin", "kel", "lor", "mer", "nor",
                                        "pel", "qui", "ros", "sten", "tar", "ul",  "var", "wen", "yor", "zam"};
    std::string text;
    for (std::uint64_t at = 0; at < syllables; ++at) text += parts[dice_.below(20)];
    return text;
  }
  std::string first() {
    static const char* const firsts[] = {"Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ida", "Jon",
                                         "Kai", "Lea", "Max", "Nia", "Otto", "Pia", "Rui", "Sven", "Tess", "Uma"};
    return firsts[dice_.below(20)];
  }
  Dice dice_;
};

// Two letters of the second word exchanged.
std::string slip(std::string name) {
  const std::size_t at = name.find(' ') + 2;
  std::swap(name[at], name[at + 1]);
  return name;
}

}  // namespace

// Not part of a test run: the million takes minutes. COMMONBOOK_GROWTH_TRIPLES bounds it.
TEST_CASE("resolving one new name costs the same in a large book", "[.growth]") {
  const char* bound = std::getenv("COMMONBOOK_GROWTH_TRIPLES");
  const std::int64_t most = bound != nullptr ? std::atoll(bound) : 1'000'000;
  std::printf("%10s %10s %12s %12s %12s %10s\n", "triples", "entities", "rows (mean)", "rows (max)", "us (mean)", "us (p99)");
  for (std::int64_t triples = 1'000; triples <= most; triples *= 10) {
    TestBook test;
    Names names{7};
    std::vector<std::string> known;
    std::uint64_t sequence = 0;
    for (std::int64_t stored = 0; stored < triples;) {
      std::vector<Observation> batch;
      for (int each = 0; each < 8 && stored < triples; ++each, stored += 50) {
        Observation observation = observed(++sequence, {});
        for (int at = 0; at < 50; ++at) {
          if (at % 5 == 0) known.push_back(names.next());  // one new name to five triples
          observation.triples.push_back(has_text(known.back(), "note " + std::to_string(at % 5), std::to_string(stored + at)));
        }
        observation.ack_class = AckClass::applied;
        batch.push_back(std::move(observation));
      }
      for (const auto& answer : test.writer.store(batch, soon())) REQUIRE(answer);
    }
    suggest_all(test.book);
    auto connection = test.book.shared().connect(Role::reader, soon());
    REQUIRE(connection);
    std::vector<double> times;
    double rows = 0;
    std::int64_t rows_max = 0;
    int found = 0;
    constexpr int asked = 400;
    Names fresh{8};
    for (int question = 0; question < asked; ++question) {
      const bool is_slip = question % 2 == 0;
      const std::string& old = known[static_cast<std::size_t>(question) * 7919 % known.size()];
      const auto key = normalise_key({Scheme::name, is_slip ? slip(old) : fresh.next() + " and sons", {}});
      REQUIRE(key);
      const auto start = std::chrono::steady_clock::now();
      const auto resolution = resolve_key(*connection, *key, {});
      times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
      REQUIRE(resolution);
      rows += static_cast<double>(resolution->rows_read) / asked;
      rows_max = std::max(rows_max, resolution->rows_read);
      found += is_slip && resolution->outcome != Outcome::different ? 1 : 0;
    }
    std::sort(times.begin(), times.end());
    double mean = 0;
    for (const double time : times) mean += time / asked;
    std::printf("%10lld %10lld %12.1f %12lld %12.0f %10.0f   slips found %d of %d\n", static_cast<long long>(triples),
                static_cast<long long>(RawRows{test.path}.integer("SELECT count(*) FROM entity")), rows,
                static_cast<long long>(rows_max), mean, times[asked * 99 / 100], found, asked / 2);
    std::fflush(stdout);
    // Rows, since time depends on the machine: a constant a decade.
    CHECK(rows <= 16 + 64 * std::log10(static_cast<double>(triples) / 1'000));
  }
}
