#include "engine_support.hpp"

#include "engine/log_pin.hpp"
#include "engine/scratch_folder.hpp"
#include "engine/sqlite_facts.hpp"
#include "engine/wal_reset_probe.hpp"

#include <sqlite3.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

TEST_CASE("guarded and pinned checkpoints keep every acknowledged row in the forced WAL-reset race", "[P1]") {
  TemporaryFolder folder;
  const auto probe = probe_wal_reset(folder.path());
  REQUIRE(probe);
  CHECK(probe->guard_holds);
  CHECK(probe->pin_holds);
  CHECK(probe->is_pinned);
  // The control: without it this test would also pass where the race was never forced.
  CHECK(probe->window_reached);
  if (probe->bug) CHECK_FALSE(sqlite_facts().fixed_by_version);
  if (!probe->bug)
    WARN("this SQLite (" << sqlite_facts().version << ") does not have the bug, so nothing could break here");
}

TEST_CASE("the versions with the fix of the WAL-reset bug are known, backports included") {
  CHECK_FALSE(is_wal_reset_fixed(3'040'001));
  CHECK_FALSE(is_wal_reset_fixed(3'044'005));
  CHECK(is_wal_reset_fixed(3'044'006));
  CHECK_FALSE(is_wal_reset_fixed(3'045'000));
  CHECK(is_wal_reset_fixed(3'050'007));
  CHECK_FALSE(is_wal_reset_fixed(3'051'000));
  CHECK_FALSE(is_wal_reset_fixed(3'051'002));
  CHECK(is_wal_reset_fixed(3'051'003));
  CHECK(is_wal_reset_fixed(3'053'000));
}

TEST_CASE("a pin keeps the log from being restarted, and is not given where nothing is left to copy", "[P1]") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const auto file = make_file(path);
  auto writing = connect(path);
  auto reading = connect(path);
  run(writing, "CREATE TABLE t(x)");
  const auto commits = [&](int count) {
    for (int number = 0; number < count; ++number) run(writing, "INSERT INTO t VALUES (randomblob(5000))");
  };
  const auto copy = [&] {
    int frames = 0;
    int copied = 0;
    REQUIRE(sqlite3_wal_checkpoint_v2(writing.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &copied) == SQLITE_OK);
    return frames == copied;
  };
  commits(10);
  const int before = writing.wal_pages();
  {
    auto pin = LogPin::take(reading);
    REQUIRE(pin);
    REQUIRE(pin->has_value());
    REQUIRE(copy());
    commits(1);
    CHECK(writing.wal_pages() > before);  // behind the others: the log was not restarted
  }
  REQUIRE(copy());
  {
    const auto none = LogPin::take(reading);
    REQUIRE(none);
    CHECK_FALSE(none->has_value());
  }
  commits(1);
  CHECK(writing.wal_pages() < before);  // the control: without a pin it is
}

TEST_CASE("a scratch folder is private and gone after its scope") {
  TemporaryFolder folder;
  std::filesystem::path path;
  {
    const auto scratch = ScratchFolder::make(folder.path());
    REQUIRE(scratch);
    path = (*scratch)->path();
    std::ofstream{path / "file"} << "x";
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::mask) ==
          std::filesystem::perms::owner_all);
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_FALSE(ScratchFolder::make(folder.path() / "missing"));
}
