// Names that are read ahead: what a process shows is what one shows that asks the observations, and costs a row; and the
// most common spelling of all, where very many observations name an entity.
#include "read_support.hpp"

#include "book/book_shared.hpp"
#include "book/name_counts.hpp"
#include "commonbook/storage/identity.hpp"
#include "commonbook/storage/name_scan.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <span>
#include <string>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

constexpr int steps_max = 10'000;
constexpr std::uint64_t scanned_names = 24;

NameScan open_scan(const Book& book) {
  auto scan = NameScan::open(book, soon());
  REQUIRE(scan);
  return std::move(*scan);
}

/// Steps until nothing is due.
void scan_all(NameScan& scan) {
  for (int count = 0; count < steps_max; ++count) {
    const auto stepped = scan.step(soon());
    REQUIRE(stepped);
    if (*stepped == NameScanStep::idle) return;
  }
  FAIL("the scan does not end");
}

/// How many of these entities have a name that was read ahead.
std::size_t named_ahead(const Book& book, const std::set<std::int64_t>& entities) {
  return static_cast<std::size_t>(std::count_if(entities.begin(), entities.end(), [&](std::int64_t entity) {
    const auto known = book.shared().known_names.peek(entity).name;
    return known != nullptr && known->rests_on_all;
  }));
}

void be_asked(Reader& reader) { static_cast<void>(ask(reader, plan_about("nobody"))); }

void tell(Writer& writer, std::uint64_t& sequence, int times, const std::string& name) {
  for (int count = 0; count < times; ++count) static_cast<void>(store(writer, observed(++sequence, {says(name, "met", "somebody")})));
}

struct ScannedBook : TestBook {
  Reader reader = open_reader(book);
  NameScan scan = open_scan(book);
  std::uint64_t sequence = 0;
  void say(int times, const std::string& name) { tell(writer, sequence, times, name); }
  void read_ahead() { scan_all(scan); }
};

void fill(Writer& writer, std::uint64_t& sequence, int thousands) {
  for (int count = 0; count < thousands; ++count) {
    Observation filler = observed(++sequence, {});
    for (int at = 0; at < 1'000; ++at)
      filler.triples.push_back(says("filler", "holds", std::to_string(at % 100) + " of " + std::to_string(sequence + at / 100)));
    filler.ack_class = AckClass::applied;
    static_cast<void>(store(writer, filler));
  }
}

}  // namespace

TEST_CASE("what is shown by names that were read ahead is what one shows that asks all observations", "[P8]") {
  const auto seed = GENERATE(from_range(seeds_to_run(3)));
  INFO("replay: COMMONBOOK_SEED=" << seed);
  Dice dice{seed};
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  TickingClock clock;  // a step of the scan ends after a few observations
  const Book near = open_small_book(path, clock);
  const Book far = open_small_book(path, clock);
  Writer writers[] = {open_writer(near), open_writer(far)};
  Compactor compactor = open_compactor(dice.below(2) == 0 ? near : far);
  Reader reader = open_reader(near);
  NameScan scan = open_scan(near);
  std::set<std::int64_t> entities;
  std::size_t found_ahead = 0;
  for (std::uint64_t sequence = 1; sequence <= 80; ++sequence) {
    Observation observation = observed(sequence, random_meetings(dice, scanned_names));
    observation.trust = dice.below(3) == 0 ? Trust::confirmed : Trust::own;
    if (dice.below(15) == 0)
      observation.triples.push_back(has_text(spelled(dice.below(scanned_names), 0), "shown as", "given " + std::to_string(sequence)));
    if (dice.below(10) == 0) {  // spelled outside of its triples
      observation.document = document("letter " + std::to_string(sequence), "A letter.");
      observation.document->subject = named(spelled(dice.below(scanned_names), dice.below(4)));
    }
    const std::uint64_t side = dice.below(2);
    for (const ReceiptEntity& entity : store(writers[side], observation).entities) entities.insert(entity.id);
    if (dice.below(5) == 0) static_cast<void>(compact_all(compactor));
    if (dice.below(12) == 0) {
      const std::int64_t id = observation_id(path, 1 + dice.below(sequence));
      REQUIRE(writers[side].retract(std::span{&id, 1}, soon()));
      if (dice.below(3) > 0) static_cast<void>(compact_all(compactor));  // and purged before the scan looks
    }
    const auto any = [&] { return *std::next(entities.begin(), static_cast<std::ptrdiff_t>(dice.below(entities.size()))); };
    if (dice.below(25) == 0)
      static_cast<void>(merge_entities(side == 0 ? near : far, {.kept = any(), .merged = any()}, soon()));
    be_asked(reader);
    for (std::uint64_t steps = dice.below(4); steps > 0; --steps) REQUIRE(scan.step(soon()));
    if (dice.below(4) == 0) {
      for (int times = 0; times < 2; ++times) {  // what was counted before a change is forgotten first
        scan_all(scan);
        clock.advance(std::chrono::seconds{7});
      }
      scan_all(scan);
      found_ahead += named_ahead(near, entities);
    }
    if (dice.below(3) == 0) continue;
    const Book fresh = open_small_book(path, clock);
    Reader first_time = open_reader(fresh);
    INFO("after observation " << sequence);
    REQUIRE(ask(reader, plan_about_spelled(scanned_names)) == ask(first_time, plan_about_spelled(scanned_names)));
  }
  CHECK(found_ahead > 0);
}

TEST_CASE("a name that was read ahead costs a row, and what follows changes it as it would any other") {
  ScannedBook test;
  test.say(10, "ada BYRON");
  test.say(40, "Grace HOPPER");
  test.read_ahead();
  CHECK(named_ahead(test.book, {1, 2, 3}) == 0);  // nobody has asked
  be_asked(test.reader);
  test.read_ahead();
  CHECK(named_ahead(test.book, {1, 2, 3}) == 3);
  QueryPlan plan = plan_about("grace hopper");
  plan.facts_max = 1;
  const Book other = open_book(test.path);
  Reader first_time = open_reader(other);
  CHECK(ask(test.reader, plan) == ask(first_time, plan));
  CHECK(test.reader.last_rows_read() + 40 <= first_time.last_rows_read());  // half of 32 for her, and for somebody
  CHECK(shown(test.reader, "ada byron") == "ada BYRON");
  test.say(11, "Ada Byron");
  CHECK(shown(test.reader, "ada byron") == "Ada Byron");
  Observation given = observed(++test.sequence, {has_text("Grace Hopper", "shown as", "Admiral Hopper")});
  given.trust = Trust::confirmed;
  static_cast<void>(store(test.writer, given));
  CHECK(shown(test.reader, "grace hopper") == "Admiral Hopper");
}

TEST_CASE("who was forgotten has no say in a name that was read ahead before") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  ManualClock clock;
  const Book book = open_small_book(path, clock);
  Writer writer = open_writer(book);
  Reader reader = open_reader(book);
  NameScan scan = open_scan(book);
  std::uint64_t sequence = 0;
  tell(writer, sequence, 12, "ADA BYRON");
  tell(writer, sequence, 5, "Ada Byron");
  be_asked(reader);
  scan_all(scan);
  std::vector<std::int64_t> forgotten;
  for (std::uint64_t number = 1; number <= 8; ++number) forgotten.push_back(observation_id(path, number));
  REQUIRE(writer.retract(forgotten, soon()));
  Compactor compactor = open_compactor(book);
  static_cast<void>(compact_all(compactor));
  for (int count = 0; count < 3; ++count) {
    clock.advance(std::chrono::seconds{30});
    be_asked(reader);
    scan_all(scan);
  }
  CHECK(shown(reader, "ada byron") == "Ada Byron");
}

TEST_CASE("of all observations that name an entity the most common spelling is shown, anew where the book has grown") {
  ScannedBook test;
  test.say(32, "ADA BYRON");
  test.say(50, "Ada Byron");
  CHECK(shown(test.reader, "ada byron") == "ADA BYRON");  // as 32 of them say
  test.read_ahead();
  CHECK(shown(test.reader, "ada byron") == "Ada Byron");
  test.say(60, "ada byron");
  CHECK(shown(test.reader, "ada byron") == "Ada Byron");
  fill(test.writer, test.sequence, 20);
  test.read_ahead();
  CHECK(shown(test.reader, "ada byron") == "ada byron");
}

TEST_CASE("whoever is named often after a scan is named ahead when the book has grown by as much again") {
  ScannedBook test;
  const auto is_ahead = [&](const std::string& name) {
    return named_ahead(test.book, {ask(test.reader, plan_about(name)).starts.front().id}) == 1;
  };
  test.say(10, "Ada Byron");
  be_asked(test.reader);
  test.read_ahead();
  CHECK(is_ahead("ada byron"));
  test.say(40, "Grace Hopper");
  fill(test.writer, test.sequence, 20);
  test.read_ahead();
  CHECK_FALSE(is_ahead("grace hopper"));
  fill(test.writer, test.sequence, 15);
  test.read_ahead();
  CHECK(is_ahead("grace hopper"));
}

TEST_CASE("an entity with more spellings than there is room for is asked about as ever") {
  NameCounts counts{2, 1'000};
  for (std::int64_t observation = 1; observation <= 30; ++observation) {
    counts.add(1, "spelling " + std::to_string(observation), observation);
    counts.add(2, {}, observation);
    counts.add(2, "Two", observation);
    counts.add(3, {}, observation);
  }
  REQUIRE(counts.find(1) != nullptr);
  CHECK_FALSE(counts.find(1)->is_complete);
  REQUIRE(counts.find(2) != nullptr);
  CHECK(counts.find(2)->is_complete);
  CHECK(counts.find(2)->observations == 30);
  CHECK(counts.find(2)->own == 30);
  CHECK(counts.find(2)->others == std::vector<std::pair<std::string, std::int64_t>>{{"Two", 30}});
  CHECK(counts.find(3) == nullptr);
  CHECK(counts.entities() == std::vector<std::int64_t>{1, 2});
  counts.keep_most_named(2);
  CHECK(counts.entities() == std::vector<std::int64_t>{1, 2});
  counts.add(3, {}, 31);
  counts.add(1, {}, 31);
  CHECK(counts.find(3) == nullptr);  // nobody new
  counts.keep_most_named(1);
  CHECK(counts.entities() == std::vector<std::int64_t>{1});
  NameCounts few{10, 400};
  few.add(1, std::string(300, 'a'), 1);
  few.add(2, std::string(200, 'b'), 1);
  few.add(3, std::string(200, 'c'), 1);
  CHECK_FALSE(few.find(1)->is_complete);
  CHECK(few.find(2)->is_complete);
  CHECK_FALSE(few.find(3)->is_complete);
}
