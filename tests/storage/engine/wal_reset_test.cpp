#include "engine_support.hpp"

#include "engine/scratch_folder.hpp"
#include "engine/sqlite_facts.hpp"
#include "engine/wal_reset_probe.hpp"

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

TEST_CASE("a guarded checkpoint keeps every acknowledged row in the forced WAL-reset race", "[P1]") {
  TemporaryFolder folder;
  const auto probe = probe_wal_reset(folder.path());
  REQUIRE(probe);
  CHECK(probe->guard_holds);
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
