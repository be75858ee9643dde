// The history of a run: one record an operation, written to memory shared with a file, so that it survives a killed
// process, and the checker that says whether find-or-create behaved like one write-once register for each key.
#pragma once
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::sim {

enum class HistoryKind : std::uint8_t { find_or_create = 1, look_up, store, read };
enum class HistoryStatus : std::uint8_t {
  open = 0,   ///< no answer was written: it may or may not have happened
  ok,
  failed,     ///< certainly without effect
  unknown,    ///< answered, outcome open
};

/// 64 bytes, plain: as it stands in the file.
struct HistoryRecord {
  std::uint64_t number = 0;      ///< of the operation in its process, from 1; 0: the slot is unused
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
  HistoryKind kind = HistoryKind::find_or_create;
  HistoryStatus status = HistoryStatus::open;
  std::uint8_t created = 0;
  std::uint8_t reserved = 0;
  std::uint32_t session_sequence = 0;  ///< of store: the order in which the session submitted, from 1; of read: which
                                       ///< question (a hash), only equal ones are compared; 0: not said
  std::uint64_t key = 0;         ///< hash of the normalised key; of store: WorkItem::number; of read: rows seen
  std::int64_t id = 0;           ///< entity; -1: not found; of store and read: the commit sequence, 0 where unknown
  std::int64_t invoked_ns = 0;   ///< CLOCK_MONOTONIC, comparable across the processes of one machine
  std::int64_t answered_ns = 0;  ///< 0 while open
  std::uint64_t session = 0;     ///< hash of the agent session; 0: none
};
static_assert(sizeof(HistoryRecord) == 64);

[[nodiscard]] std::uint64_t history_hash(std::string_view text) noexcept;

/// One thread's part of a history. Thread: its owner's.
/// Between invoked() and answered() the caller may set the record's session and session_sequence, and of read the key.
class HistoryLog {
 public:
  /// Makes the file `folder/<process>-<thread>.history` with room for `capacity` records, mapped shared.
  /// @errors  io; disk_full; already_exists; invalid_argument: capacity is 0.
  static Result<std::unique_ptr<HistoryLog>> create(const std::filesystem::path& folder, std::uint32_t process,
                                                    std::uint32_t thread, std::size_t capacity);
  virtual ~HistoryLog() = default;
  /// Before the call. @returns the slot for answered(); nullptr when the log is full (counted, never overwritten).
  virtual HistoryRecord* invoked(HistoryKind kind, std::uint64_t key) = 0;
  /// After COMMIT and before anybody is told. The status is written last.
  virtual void answered(HistoryRecord* record, HistoryStatus status, std::int64_t id, bool created) = 0;
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
};

/// All records of a folder, of any number of processes, which may be writing still. A record that a killed process
/// left half-written was never invoked, one without a status is open.
/// @errors  io; not_found: no history there; parse_error: a file is no history, is damaged, or says that operations
///          found it full: then nothing that is missing proves anything. @thread any; blocks on the files.
[[nodiscard]] Result<std::vector<HistoryRecord>> read_history(const std::filesystem::path& folder);
/// What had been answered by `until_ns`: later answers count as open. For a book that is read while others write: take
/// the time, read the book, then the history until that time.
void leave_open_after(std::vector<HistoryRecord>& history, std::int64_t until_ns);
/// Now, on the clock of HistoryRecord::invoked_ns.
[[nodiscard]] std::int64_t history_now_ns() noexcept;

/// What stands in the file at the end, as far as histories speak of it. What a run stored by find-or-create and by
/// store meets in one register for each key, so keys_of_item must name the keys that observations make.
struct FinalState {
  std::map<std::uint64_t, std::int64_t> entity_of_key;      ///< hash of the normalised key -> id
  std::map<std::uint64_t, std::uint64_t> lines_of_item;     ///< WorkItem::number -> lines found
  std::map<std::uint64_t, std::uint64_t> lines_expected;    ///< WorkItem::number -> lines asked for
  bool merges = false;  ///< ids of several keys may fall together
  std::map<std::uint64_t, std::vector<std::uint64_t>> keys_of_item;  ///< WorkItem::number -> keys that its lines name
  std::set<std::uint64_t> keys_before;   ///< there before the history began
  std::set<std::uint64_t> items_before;  ///< stored before the history began
  bool items_known = true;  ///< false: lines_of_item was not read, stored observations are not compared with it
};

struct HistoryVerdict {
  std::uint64_t operations = 0;
  std::uint64_t keys = 0;
  std::uint64_t foreign_look_ups = 0;  ///< by a process that never created the key
  std::vector<std::string> violations; ///< "S3: key 17: two creators"; at most 100, `violation_count` counts all
  std::uint64_t violation_count = 0;
  std::map<std::string, std::uint64_t> count_of;  ///< violations by invariant, e.g. "S3" -> 2; those that hold are left out
  [[nodiscard]] bool ok() const noexcept { return violation_count == 0; }
};

/// Checks, in linear time:
///   S2  each key behaves like a register that is written once: one id, at one moment between call and answer
///   S3  at most one caller is told `created`, and where an id is known somebody asked for it
///   S4  an id once given out stands in the file for the same key, and for no other
///   S5  what was acknowledged is there, whole; S6 nothing is there that nobody asked for, and nothing half or twice
///   S12 the commits of a session rise in the order in which it submitted
///   S13 what a read saw, every later read sees; S14 what was acknowledged before a read began, it sees
///   S15 reads of one snapshot see the same, and a later snapshot never less
/// @thread  any.
[[nodiscard]] HistoryVerdict check_history(const std::vector<HistoryRecord>& history, const FinalState& final_state);

}  // namespace commonbook::sim
