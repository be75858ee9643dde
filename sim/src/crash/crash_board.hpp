// What the processes of a crash run write down while they work, in memory that they share with the process that kills
// them: it survives whoever is killed. Also what they are told: where to die, and when to stop.
#pragma once
#include "commonbook/model/result.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace commonbook::sim::crash {

inline constexpr std::size_t processes_max = 64;
inline constexpr std::size_t agents_of_a_process = 3;  ///< two that observe, and the keeper
inline constexpr std::size_t keeper_slot = 2;
inline constexpr std::size_t calls_max = 2'048;        ///< of an agent in one round
inline constexpr std::size_t steps_max = 96;
inline constexpr std::size_t entities_max = 12;

enum class CallKind : std::uint32_t { store = 0, find_or_create, retract };

enum class CallState : std::uint32_t {
  none = 0,
  asked,         ///< no answer yet: it may or may not have happened
  acknowledged,
  refused,       ///< answered: without effect
  unknown,       ///< answered: the outcome is open
};

/// One call of one agent: put down before it is made, completed after its answer. All zero is an unused one.
struct LoggedCall {
  std::atomic<CallState> state;
  CallKind kind;
  std::uint32_t subject;  ///< of find-or-create: the name's number; of retract: the number of the call that stored
  std::uint32_t created;  ///< bit i: entity i was created by this call
  std::uint64_t commit_seq;
  std::uint32_t entity_count;
  std::uint32_t ack_class;
  std::array<std::int64_t, entities_max> entities;
};

enum class WorkerState : std::uint32_t { starting = 0, opening, working, failed, closed };

struct ProcessPart {
  std::atomic<WorkerState> state;
  std::atomic<std::uint64_t> receipts;
  std::atomic<std::int64_t> last_receipt_ns;  ///< CLOCK_MONOTONIC
  std::atomic<std::uint32_t> log_full;        ///< an agent has no room for further calls
  std::atomic<std::uint32_t> errors;
  std::array<char, 240> message;              ///< the first error; read it when `errors` is not zero
  std::array<std::array<LoggedCall, calls_max>, agents_of_a_process> calls;
};

/// A named step, and how often any process came to it.
struct StepEntry {
  std::atomic<std::uint32_t> state;  ///< 0: unused, 1: its name is being written, 2: ready
  std::array<char, 48> name;
  std::atomic<std::uint64_t> arrivals;
};

/// Written by the killer before the processes start.
struct Orders {
  std::uint64_t seed;
  std::uint32_t round;
  std::uint32_t open_and_store_once;     ///< each process only opens the file, stores one observation, and closes
  std::array<char, 48> kill_step;        ///< the process that comes to it at the `kill_arrival`-th time dies; empty: none
  std::uint64_t kill_arrival;
  std::uint32_t stop_instead;            ///< it stops, as by SIGSTOP, and waits for the kill
  std::array<char, 32> broken;           ///< a promise that is broken on purpose
};

struct CrashBoard {
  Orders orders;
  std::atomic<std::uint32_t> at_the_gate; ///< processes that wait for `go`
  std::atomic<std::uint32_t> go;         ///< all open the file
  std::atomic<std::uint32_t> go_on;      ///< who stopped goes on where it was, once it is continued
  std::atomic<std::uint32_t> stop;       ///< nobody asks for more; processes close and end
  std::atomic<std::uint64_t> kill_arrivals;
  std::atomic<std::int32_t> dead_pid;    ///< who came to the step
  std::atomic<std::int64_t> dead_ns;     ///< when; CLOCK_MONOTONIC
  std::array<StepEntry, steps_max> steps;
  std::array<ProcessPart, processes_max> processes;
};

/// Copies `text`, cut where there is no room, and ends it with a zero.
template <std::size_t size>
void put_text(std::array<char, size>& into, std::string_view text) noexcept {
  const std::size_t length = text.size() < size - 1 ? text.size() : size - 1;
  text.copy(into.data(), length);
  into[length] = '\0';
}

/// The board's memory: without a name, gone with its last user.
class SharedBoard {
 public:
  /// @errors  io.
  static Result<SharedBoard> create();
  /// The same memory in a process that got its descriptor. @errors io.
  static Result<SharedBoard> attach(int descriptor);
  SharedBoard(SharedBoard&& other) noexcept;
  SharedBoard& operator=(SharedBoard&&) = delete;
  ~SharedBoard();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] CrashBoard& operator*() const noexcept { return *board_; }
  [[nodiscard]] CrashBoard* operator->() const noexcept { return board_; }

 private:
  SharedBoard(int descriptor, CrashBoard* board) noexcept : descriptor_(descriptor), board_(board) {}
  int descriptor_;
  CrashBoard* board_;
};

/// Looks every fifth of a millisecond. @returns  false: not within `patience_ns`. Blocks.
[[nodiscard]] bool wait_until(std::int64_t patience_ns, const std::function<bool()>& condition);

}  // namespace commonbook::sim::crash
