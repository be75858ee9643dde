// Reading the histories of a run back, from processes that ended well, were killed, or write still.
#include "history_file.hpp"

#include <algorithm>
#include <string>
#include <system_error>

namespace commonbook::sim {
namespace {

Error damaged(const std::filesystem::path& file, const std::string& what) {
  return {ErrorCode::parse_error, file.string() + ": " + what, 0, {}};
}

bool is_known(HistoryKind kind) noexcept { return kind >= HistoryKind::find_or_create && kind <= HistoryKind::read; }

// The status is read first: where it is there, all else is; where it is not, the rest may be half-written.
HistoryRecord snapshot_of(HistoryRecord& shared, std::uint64_t number) {
  const HistoryStatus status = read_published(shared.status);
  HistoryRecord record = shared;
  record.number = number;
  record.status = status;
  if (status == HistoryStatus::open) {
    record.id = 0;
    record.created = 0;
    record.answered_ns = 0;
  }
  return record;
}

Result<void> append_records(const std::filesystem::path& file, std::vector<HistoryRecord>& history) {
  auto mapping = HistoryMapping::open(file);
  if (!mapping) return mapping.error();
  HistoryHeader& header = mapping->header();
  HistoryRecord* records = mapping->records();
  std::uint64_t at = 0;
  for (; at < header.capacity; ++at) {
    const std::uint64_t number = read_published(records[at].number);
    if (number == 0) break;
    if (number != at + 1) return damaged(file, "record " + std::to_string(at + 1) + " is out of order");
    const HistoryRecord record = snapshot_of(records[at], number);
    if (record.process != header.process || record.thread != header.thread || !is_known(record.kind) ||
        record.status > HistoryStatus::unknown) {
      return damaged(file, "record " + std::to_string(number) + " makes no sense");
    }
    history.push_back(record);
  }
  // Numbers are published in order, so whoever sees a later one must see this one: else something else wrote here.
  for (std::uint64_t later = at + 1; later < header.capacity; ++later) {
    if (read_published(records[later].number) == 0) continue;
    if (read_published(records[at].number) == 0) return damaged(file, "record " + std::to_string(at + 1) + " is missing");
    break;
  }
  if (const std::uint64_t dropped = read_published(header.dropped); dropped != 0) {
    return damaged(file, std::to_string(dropped) + " operations found the history full; give it more room");
  }
  return {};
}

}  // namespace

Result<std::vector<HistoryRecord>> read_history(const std::filesystem::path& folder) {
  std::error_code failed;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator at{folder, failed}, end; !failed && at != end; at.increment(failed)) {
    if (at->path().extension() == ".history") files.push_back(at->path());
  }
  if (failed) return Error{ErrorCode::io, "reading the folder " + folder.string() + ": " + failed.message(), 0, {}};
  if (files.empty()) return Error{ErrorCode::not_found, "no history in " + folder.string(), 0, {}};
  std::sort(files.begin(), files.end());
  std::vector<HistoryRecord> history;
  for (const auto& file : files) {
    if (auto done = append_records(file, history); !done) return done.error();
  }
  return history;
}

void leave_open_after(std::vector<HistoryRecord>& history, std::int64_t until_ns) {
  for (HistoryRecord& record : history) {
    if (record.status == HistoryStatus::open || record.answered_ns <= until_ns) continue;
    record.status = HistoryStatus::open;
    record.id = 0;
    record.created = 0;
    record.answered_ns = 0;
  }
}

}  // namespace commonbook::sim
