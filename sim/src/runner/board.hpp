// What the processes of a run write down while they work, in memory that they share with the process that started them:
// counters, durations, and each write with its acknowledgement. It survives whoever is killed; a killed process's part
// is what it had written. Also the starting gun, and the switches of faults that the processes act out themselves.
#pragma once
#include "commonbook/model/result.hpp"
#include "commonbook/sim/figures.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace commonbook::sim::runner {

enum class Counter : std::uint8_t {
  asked, acknowledged, failed, reads, reads_failed, locked_writes, locked_reads, snapshot_conflicts,
  constraint_failures, misuse, nested_transactions, timeouts, created_answers, fallbacks, history_dropped,
  opening_failures, not_asked,
  count,  ///< how many there are
};

/// Only its owner writes; anybody reads. All zero is an empty one.
class SharedHistogram {
 public:
  void add(std::uint64_t microseconds) noexcept;
  [[nodiscard]] DurationHistogram copy() const;

 private:
  std::array<std::atomic<std::uint64_t>, DurationHistogram::bucket_count> counts_;
  std::atomic<std::uint64_t> max_us_;
};

enum class WriteState : std::uint32_t { none = 0, asked, acknowledged };

/// One write: put down before the call, marked after its acknowledgement.
struct LoggedWrite {
  std::atomic<WriteState> state;
  std::uint32_t lines;  ///< of an observation; 0: a find-or-create
  std::uint64_t what;   ///< WorkItem::number, or the hash of the key
  std::int64_t id;      ///< of an acknowledged find-or-create
};

/// The part of one thread.
struct Slot {
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Counter::count)> counters;
  struct CodeCount {
    std::atomic<int> code;
    std::atomic<std::uint64_t> count;  ///< 0: the entry is unused
  };
  std::array<CodeCount, 32> codes;      ///< extended SQLite codes of what failed
  std::atomic<std::uint64_t> moves;     ///< operations ended: what the watchdog watches
  std::atomic<std::int64_t> last_answer_ns;
  std::atomic<std::uint32_t> done;
  std::atomic<std::uint64_t> writes;    ///< entries of the log in use
  SharedHistogram acknowledge;
  SharedHistogram unreadable;

  void count(Counter counter, std::uint64_t by = 1) noexcept;
  [[nodiscard]] std::uint64_t value(Counter counter) const noexcept;
  void count_code(int extended_code) noexcept;
};

enum class ProcessState : std::uint32_t { starting = 0, at_the_door, ready, failed, closed };

struct ProcessPart {
  std::atomic<ProcessState> state;
  std::atomic<std::int32_t> pid;              ///< as the starter sees it; 0: that of the child itself
  std::atomic<std::int32_t> namespace_error;  ///< errno of what was not permitted
  std::array<char, 240> message;              ///< its last failure to open the design; written before `state`
  void say(std::string_view text) noexcept;
};

struct BoardHeader {
  std::atomic<std::int64_t> open_ns;    ///< CLOCK_MONOTONIC: when all open the file; 0: not yet
  std::atomic<std::int64_t> start_ns;   ///< when all begin
  std::atomic<std::uint32_t> stop;      ///< readers end, agents ask nothing new
  std::atomic<std::uint32_t> disk_full; ///< writes that grow a file fail
  std::atomic<std::uint32_t> sync_delay_ms;
  std::atomic<std::uint64_t> held_ms;   ///< how long strangers held the writer lock or a snapshot, in all
};

/// How large the parts are; equal in all processes.
struct BoardShape {
  std::size_t processes = 1;
  std::size_t slots = 1;
  std::size_t writes = 0;  ///< entries of each slot's log
};

/// The mapping. Slots 0 to processes-1 belong to the opening of each process, the others to the planned threads.
class Board {
 public:
  /// Memory without a name, gone with its last user. @errors io.
  static Result<Board> create(const BoardShape& shape);
  /// The same memory in a process that got its descriptor. @errors io.
  static Result<Board> attach(int descriptor, const BoardShape& shape);
  Board(Board&& other) noexcept;
  Board& operator=(Board&&) = delete;
  ~Board();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] const BoardShape& shape() const noexcept { return shape_; }
  [[nodiscard]] BoardHeader& header() const noexcept;
  [[nodiscard]] ProcessPart& process(std::size_t number) const noexcept;
  [[nodiscard]] Slot& slot(std::size_t number) const noexcept;
  [[nodiscard]] LoggedWrite& write(std::size_t slot, std::size_t number) const noexcept;

 private:
  Board(int descriptor, std::byte* memory, const BoardShape& shape) noexcept
      : descriptor_(descriptor), memory_(memory), shape_(shape) {}
  int descriptor_;
  std::byte* memory_;
  BoardShape shape_;
};

/// CLOCK_MONOTONIC, which all processes of a machine share.
[[nodiscard]] std::int64_t monotonic_ns() noexcept;
/// Blocks the thread until then.
void sleep_until_ns(std::int64_t monotonic) noexcept;

}  // namespace commonbook::sim::runner
