// Where writers of several processes queue before SQLite's writer lock: a byte of a small lock file beside the
// database ("<path>.turnstile", 0600, never unlinked), taken with F_OFD_SETLK.
//
// SQLite's own waiting starves some processes for seconds. The turnstile makes it fair and is never needed
// for correctness: after a quarter of the deadline it is passed by, so a stopped holder holds nobody back.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace commonbook::storage {

struct TurnstileCounters {
  std::atomic<std::uint64_t> waits{0};
  std::atomic<std::uint64_t> passed_by{0};
};

/// Held from before BEGIN IMMEDIATE until after COMMIT or ROLLBACK. Empty when the turnstile was passed by.
class [[nodiscard]] TurnstilePass {
 public:
  TurnstilePass() = default;
  explicit TurnstilePass(int descriptor) noexcept : descriptor_(descriptor) {}
  TurnstilePass(TurnstilePass&& other) noexcept;
  TurnstilePass& operator=(TurnstilePass&& other) noexcept;
  ~TurnstilePass();
  [[nodiscard]] bool holds() const noexcept { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;  // not owned; the lock on it is
};

class ProcessTurnstile {
 public:
  /// @errors  io, read_only: the lock file can't be made; the caller may go on without a turnstile.
  static Result<std::unique_ptr<ProcessTurnstile>> open(const std::filesystem::path& database);
  ProcessTurnstile(const ProcessTurnstile&) = delete;
  ProcessTurnstile& operator=(const ProcessTurnstile&) = delete;
  ~ProcessTurnstile();
  /// Tries without blocking, with jittered pauses, for at most a quarter of what is left until `deadline`.
  /// Never fails. @thread the holder of the write gate; one at a time.
  TurnstilePass pass(Clock::SteadyPoint deadline, const Clock& clock, TurnstileCounters& counters);

 private:
  explicit ProcessTurnstile(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_;
  bool passed_by_ = false;  // the last pass: then the next one tries once and does not wait again
};

}  // namespace commonbook::storage
