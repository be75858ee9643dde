// Appending to a history: a few stores into mapped memory an operation, no system call but the clock.
#include "history_file.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <time.h>
#include <unistd.h>

namespace commonbook::sim {
namespace {

class MappedLog final : public HistoryLog {
 public:
  MappedLog(HistoryMapping mapping, std::uint32_t process, std::uint32_t thread) noexcept
      : mapping_(std::move(mapping)), process_(process), thread_(thread) {}

  HistoryRecord* invoked(HistoryKind kind, std::uint64_t key) override {
    HistoryHeader& header = mapping_.header();
    if (used_ == header.capacity) {
      publish(header.dropped, header.dropped + 1);
      return nullptr;
    }
    HistoryRecord& record = mapping_.records()[used_];
    ++used_;
    record.process = process_;
    record.thread = thread_;
    record.kind = kind;
    record.key = key;
    record.invoked_ns = history_now_ns();
    publish(record.number, used_);
    return &record;
  }

  void answered(HistoryRecord* record, HistoryStatus status, std::int64_t id, bool created) override {
    if (record == nullptr) return;
    record->id = id;
    record->created = created ? 1 : 0;
    record->answered_ns = history_now_ns();
    publish(record->status, status);
  }

  [[nodiscard]] std::uint64_t dropped() const override { return mapping_.header().dropped; }

 private:
  HistoryMapping mapping_;
  std::uint32_t process_;
  std::uint32_t thread_;
  std::uint64_t used_ = 0;
};

}  // namespace

std::uint64_t history_hash(std::string_view text) noexcept {
  // FNV-1a, then the finaliser of splitmix64: short names that differ in one bit fall far apart.
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ull;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ull;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebull;
  return hash ^ (hash >> 31);
}

std::int64_t history_now_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

Result<std::unique_ptr<HistoryLog>> HistoryLog::create(const std::filesystem::path& folder, std::uint32_t process,
                                                       std::uint32_t thread, std::size_t capacity) {
  if (capacity == 0) return Error{ErrorCode::invalid_argument, "a history needs room for at least one record", 0, {}};
  // Under another name until the header stands, so that a maker that is killed leaves nothing to be misread.
  const auto file = folder / (std::to_string(process) + "-" + std::to_string(thread) + ".history");
  const std::filesystem::path unfinished{file.string() + ".new"};
  auto mapping = HistoryMapping::create(unfinished, capacity);
  if (!mapping) return mapping.error();
  HistoryHeader& header = mapping->header();
  header.magic = history_magic;
  header.record_bytes = sizeof(HistoryRecord);
  header.capacity = capacity;
  header.process = process;
  header.thread = thread;
  const bool linked = ::link(unfinished.c_str(), file.c_str()) == 0;
  const int number = errno;
  ::unlink(unfinished.c_str());
  if (!linked) {
    return Error{number == EEXIST ? ErrorCode::already_exists : ErrorCode::io,
                 "making the history " + file.string() + ": " + std::strerror(number), 0, {}};
  }
  return std::unique_ptr<HistoryLog>{std::make_unique<MappedLog>(std::move(*mapping), process, thread)};
}

}  // namespace commonbook::sim
