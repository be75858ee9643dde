// Moves the tail into the sorted part, a slice at a time, and purges what was retracted. A plain object
// over a connection: actors drive it, tests step it.
#pragma once
#include "commonbook/storage/book.hpp"

#include <memory>
#include <string>

namespace commonbook::storage {

enum class CompactionOutcome : std::uint8_t {
  idle = 1,   ///< nothing is due
  slice,      ///< one slice was committed, more of the pass is left
  finished,   ///< the last slice of a pass: the watermark moved
  not_owner,  ///< another owner holds the lease and is alive
  restarted,  ///< the epoch or the owner changed since the last slice: the sorted run was dropped
};

struct CompactionStep {
  CompactionOutcome outcome = CompactionOutcome::idle;
  std::int64_t rows = 0;        ///< written or deleted in this slice
  std::int64_t tail_rows = 0;   ///< left in the tail, as seen in this slice
  std::int64_t purge_rows = 0;  ///< retracted rows deleted in this slice
};

class Compactor {
 public:
  /// @param owner  unique to this process and object, e.g. host, pid and a random number; kept in `meta`.
  /// @thread  the thread that will use it; blocks.
  static Result<Compactor> open(const Book& book, std::string owner, Clock::SteadyPoint deadline);
  Compactor(Compactor&&) noexcept;
  Compactor& operator=(Compactor&&) noexcept;
  ~Compactor();

  /// Does one slice (2 to 4 ms of work) in one transaction through the gate, or finds that nothing is due.
  /// @param eager  start a pass although the tail is shorter than F (idle time, a clean close).
  /// @errors  busy (try later), disk_full, io, corrupt, unknown. After an error the next call starts anew.
  /// @thread  the one that opened it; blocks on disk.
  Result<CompactionStep> step(bool eager, Clock::SteadyPoint deadline);

 private:
  struct Impl;
  explicit Compactor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The background pass that compares new entities' names with older ones, finds names that several strong entities
/// claim, and writes suggestions; with SimilarityMode::merge it also merges. Idempotent; its result does not depend on
/// the order of arrival.
class SuggestionPass {
 public:
  static Result<SuggestionPass> open(const Book& book, Clock::SteadyPoint deadline);
  SuggestionPass(SuggestionPass&&) noexcept;
  SuggestionPass& operator=(SuggestionPass&&) noexcept;
  ~SuggestionPass();
  /// Handles up to 128 entities above the watermark, and some hundred claimed names. @returns how many are still above
  /// it, and one more while names are left; 0: nothing is left to do.
  Result<std::int64_t> step(Clock::SteadyPoint deadline);

 private:
  struct Impl;
  explicit SuggestionPass(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
