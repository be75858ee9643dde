// The disk model by itself: what is synced stays, the rest in any part, torn at 512 bytes.
#include "disk_log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace commonbook;
using namespace commonbook::sim::crash;

namespace {

void write(DiskLog& log, std::uint32_t file, const std::string& text, std::int64_t at) {
  log.write(file, text.data(), text.size(), at);
}

std::string text_of(const Content& content) {
  std::string text;
  for (const std::byte byte : content) text += static_cast<char>(byte);
  return text;
}

/// All that one name held in 400 images of the log's end.
std::set<std::string> contents(const DiskLog& log, DiskName name, bool ignore_syncs = false) {
  DiskReplay replay{log, ignore_syncs};
  replay.advance(log.size());
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    actors::SeededRandom random{seed};
    const DiskImage image = replay.image(random);
    const auto& content = image[static_cast<std::size_t>(name)];
    seen.insert(content ? text_of(*content) : "no file");
  }
  return seen;
}

}  // namespace

TEST_CASE("what was synced under a synced name is there, and nothing else is") {
  DiskLog log;
  const auto file = log.open(DiskName::database);
  write(log, file, "old", 0);
  write(log, file, "new", 0);
  log.sync(file);
  log.sync_directory();
  CHECK(contents(log, DiskName::database) == std::set<std::string>{"new"});
  CHECK(contents(log, DiskName::log) == std::set<std::string>{"no file"});
}

TEST_CASE("a write without a sync is there or not, and is torn at sectors only") {
  DiskLog log;
  const auto file = log.open(DiskName::database);
  write(log, file, std::string(1024, '.'), 0);
  log.sync(file);
  log.sync_directory();
  write(log, file, std::string(600, 'x'), 100);  // 412 bytes of the first sector, 188 of the second
  const std::string none(1024, '.');
  std::string first = none;
  std::string second = none;
  std::fill_n(first.begin() + 100, 412, 'x');
  std::fill_n(second.begin() + 512, 188, 'x');
  std::string both = first;
  std::fill_n(both.begin() + 512, 188, 'x');
  CHECK(contents(log, DiskName::database) == std::set<std::string>{none, first, second, both});
}

TEST_CASE("of two writes to one place either may be the one that the disk has") {
  DiskLog log;
  const auto file = log.open(DiskName::log);
  log.sync_directory();
  write(log, file, "aa", 0);
  write(log, file, "bb", 0);
  CHECK(contents(log, DiskName::log) == std::set<std::string>{"", "aa", "bb"});
}

TEST_CASE("names are kept in their order, and are certain once the directory was synced") {
  DiskLog log;
  const auto first = log.open(DiskName::log);
  write(log, first, "first", 0);
  log.sync(first);
  CHECK(contents(log, DiskName::log) == std::set<std::string>{"no file", "first"});
  log.sync_directory();
  log.remove(DiskName::log);
  const auto second = log.open(DiskName::log);
  write(log, second, "second", 0);
  log.sync(second);
  CHECK(contents(log, DiskName::log) == std::set<std::string>{"first", "no file", "second"});
  log.sync_directory();
  CHECK(contents(log, DiskName::log) == std::set<std::string>{"second"});
  CHECK(contents(log, DiskName::log, true).count("no file") == 1);  // where no sync was one
}

TEST_CASE("a file that was cut and not synced may still have its old length") {
  DiskLog log;
  const auto file = log.open(DiskName::log);
  write(log, file, "abcdef", 0);
  log.sync(file);
  log.sync_directory();
  log.truncate(file, 2);
  CHECK(contents(log, DiskName::log) == std::set<std::string>{"abcdef", "ab"});
}
