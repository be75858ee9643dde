// The shared recursive lock round find-or-create and every write transaction: first come, first served,
// one for each database file and process.
//
// Why a lock, when BEGIN IMMEDIATE alone is right? SQLite's waiters poll, so a thread that loses starves;
// a queue in the process gives bounded, fair waiting and wakes exactly one. Losing the gate may cost time,
// never data. Lock order, asserted in debug builds: gate -> turnstile -> SQLite's writer lock. The reverse
// is the only deadlock that this design could have.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "commonbook/storage/book.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

#include <sys/types.h>

namespace commonbook::storage {

/// What names a file beyond its path: two paths to one file share it.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t virtual_process = 0;  ///< BookOptions::virtual_process
  auto operator<=>(const FileIdentity&) const = default;
};

struct GateCounters {
  std::uint64_t entries = 0;
  std::uint64_t waits = 0;
  std::uint64_t recursions = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t hold_us_max = 0;
};

class WriteGate;

/// Possession of the gate. Not copied; released by its destructor, in the thread that entered.
class [[nodiscard]] GateHold {
 public:
  GateHold(GateHold&& other) noexcept;
  GateHold& operator=(GateHold&&) = delete;
  ~GateHold();
  /// Enters again within this hold: never waits; the gate is free when the outermost hold ends.
  GateHold again();
  /// True when the thread that asks is the one that holds the gate through this hold.
  [[nodiscard]] bool is_held_here() const noexcept;
  /// Says that the holder has come on: the watchdog counts from here. Costs one store. Thread: the holder's.
  void step() noexcept;

 private:
  friend class WriteGate;
  GateHold(std::shared_ptr<WriteGate> gate, bool outermost) noexcept;
  std::shared_ptr<WriteGate> gate_;
  bool outermost_;
};

class WriteGate : public std::enable_shared_from_this<WriteGate> {
 public:
  /// The gate of a file, made on first use; all callers in this process get the same one while any lives.
  /// @thread  any.
  static std::shared_ptr<WriteGate> of_file(FileIdentity identity);

  /// Waits in line until the gate is free.
  /// @param who  shown by the watchdog, a literal.
  /// @errors  busy: not free before the deadline. internal: this thread holds the gate already through
  ///          another hold (it would wait for itself for ever).
  /// @thread  any but CAF's pool threads; blocks.
  Result<GateHold> enter(std::string_view who, Clock::SteadyPoint deadline, const Clock& clock);

  [[nodiscard]] GateCounters counters() const noexcept;  ///< Thread: any.
  [[nodiscard]] bool is_held_by_this_thread() const noexcept;
  /// Who holds the gate; empty where nobody does. Thread: any.
  [[nodiscard]] std::string_view holder() const noexcept;
  /// Who holds it, since when without a step, and who waits. For the watchdog. Thread: any.
  [[nodiscard]] GateState state() const;

  struct Impl;
  explicit WriteGate(std::unique_ptr<Impl> impl);
  ~WriteGate();

 private:
  friend class GateHold;
  void leave(bool outermost) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
