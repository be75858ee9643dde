// What the overlay tells of the rows that it takes in, and how long it keeps them for who reads in an older snapshot.
#include "book/known_rows.hpp"
#include "book/overlay.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace commonbook;
using namespace commonbook::storage;

namespace {

constexpr std::int64_t epoch = 1;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

TailRow row(std::int64_t seq, std::int64_t subject) { return {seq, subject, 2, std::int64_t{subject + 1'000}, 9}; }

std::vector<TailRow> rows(std::int64_t first, std::int64_t last, std::int64_t subject) {
  std::vector<TailRow> made;
  for (std::int64_t seq = first; seq <= last; ++seq) made.push_back(row(seq, subject));
  return made;
}

struct Watched {
  explicit Watched(std::size_t bytes_max = 1u << 20)
      : overlay(bytes_max, [this](const TailRow& each) { told.push_back(each.seq); }) {}
  std::vector<std::int64_t> told;
  Overlay overlay;
};

}  // namespace

TEST_CASE("each row is told once, in order, however it comes") {
  Watched watched;
  Overlay& overlay = watched.overlay;
  overlay.append(epoch, 4, rows(5, 7, 1));
  overlay.queue(epoch, 4, rows(8, 9, 1));
  overlay.append(epoch, 6, rows(7, 11, 1));  // some of them again, as a reader gives them
  overlay.drop_until(11);
  overlay.append(epoch, 11, rows(12, 12, 1));
  CHECK(watched.told == std::vector<std::int64_t>{5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(overlay.watched_from(epoch, 12) == 4);
  CHECK(overlay.watched_from(epoch, 13) == never);
  CHECK(overlay.watched_from(epoch + 1, 12) == never);
}

TEST_CASE("rows that there is no room for are told as well") {
  Watched watched{2'000};
  Overlay& overlay = watched.overlay;
  overlay.append(epoch, 0, rows(1, 10, 1));
  overlay.append(epoch, 10, rows(11, 60, 1));
  REQUIRE(overlay.is_full());
  CHECK(watched.told.size() == 60);
  CHECK(overlay.watched_from(epoch, 60) == 0);
  CHECK_FALSE(overlay.is_untouched(5, 10));  // they can't be looked for any more
  CHECK(overlay.is_untouched(5, 60));
  overlay.append(epoch, 60, rows(61, 61, 5));  // told, but not held either
  CHECK(watched.told.back() == 61);
  CHECK_FALSE(overlay.is_untouched(5, 60));
  CHECK_FALSE(overlay.lacks_predicates(5, 60, [](std::int64_t predicate) { return predicate == 2; }));
}

TEST_CASE("what follows another process's pass is taken in, though older rows are held for a snapshot") {
  Watched watched;
  Overlay& overlay = watched.overlay;
  overlay.append(epoch, 50, rows(51, 100, 1));
  const Overlay::Pin older = overlay.pin(50);
  overlay.drop_until(200);
  overlay.append(epoch, 200, rows(201, 203, 1));
  CHECK(overlay.first(epoch) == 201);
  CHECK(overlay.last(epoch) == 203);
  CHECK(overlay.watched_from(epoch, 203) == 200);
}

TEST_CASE("a row that is told twice is noted once") {
  KnownNames names;
  KnownName name;
  name.spellings = {{"Ada", 1}};
  name.newest_predicate = 2;
  names.publish(7, std::make_shared<const KnownName>(name));
  for (int times = 0; times < 2; ++times)
    for (const std::int64_t seq : {11, 12}) names.look_at({seq, 7, 2, std::int64_t{8}, seq + 100});
  const NameSlot slot = names.find(7);
  REQUIRE(slot.later.size() == 2);
  CHECK(slot.later[0].observation == 111);
  CHECK(slot.later[1].observation == 112);
}

TEST_CASE("a name whose counts are not kept does not outlive those who name the entity later") {
  KnownNames names;
  KnownName name;
  name.spellings = {{"Ada", 1}};
  name.newest_predicate = 2;
  const auto held = std::make_shared<const KnownName>(name);
  names.publish(7, held);
  for (const std::int64_t seq : {11, 12}) names.look_at({seq, 7, 2, std::int64_t{8}, seq + 100});
  name.spellings.clear();  // too long
  name.last_seq = 11;      // read in a snapshot that did not see the second
  names.replace(7, held, std::make_shared<const KnownName>(name));
  CHECK(names.find(7).name == nullptr);
}

TEST_CASE("behind rows that were never seen, watching begins anew") {
  Watched watched;
  Overlay& overlay = watched.overlay;
  overlay.append(epoch, 0, rows(1, 3, 1));
  overlay.drop_until(6);  // 4 to 6 are another process's
  overlay.append(epoch, 6, rows(7, 8, 1));
  CHECK(overlay.watched_from(epoch, 8) == 6);
  CHECK_FALSE(overlay.is_untouched(5, 3));
  CHECK(overlay.is_untouched(5, 6));
}

TEST_CASE("an entity is untouched where no row above has it as subject or object") {
  Watched watched;
  Overlay& overlay = watched.overlay;
  overlay.append(epoch, 0, {row(1, 10), row(2, 20), row(3, 10)});
  CHECK_FALSE(overlay.is_untouched(10, 2));
  CHECK(overlay.is_untouched(10, 3));
  CHECK_FALSE(overlay.is_untouched(1'020, 1));
  CHECK(overlay.is_untouched(20, 2));
  CHECK(overlay.is_untouched(30, 0));
}

TEST_CASE("compacted rows stay for a snapshot that is older, and leave with it") {
  Watched watched;
  Overlay& overlay = watched.overlay;
  overlay.append(epoch, 0, rows(1, 100, 1));
  {
    const Overlay::Pin older = overlay.pin(20);
    const Overlay::Pin oldest = overlay.pin(10);
    overlay.drop_until(100);
    CHECK(overlay.first(epoch) == 11);
  }
  CHECK(overlay.first(epoch) == 0);
  CHECK(overlay.bytes() == 0);
}

TEST_CASE("compacted rows that take half of the room leave, whoever reads") {
  Watched watched{40'000};
  Overlay& overlay = watched.overlay;
  const Overlay::Pin older = overlay.pin(0);
  overlay.append(epoch, 0, rows(1, 200, 1));
  REQUIRE(overlay.bytes() > 20'000);
  overlay.drop_until(150);
  CHECK(overlay.first(epoch) == 151);
}
