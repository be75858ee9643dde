// Who may compact or purge: one owner a file, named in `meta`, kept by a heartbeat that each slice raises. An owner whose
// heartbeat stands still for the lease, by the observer's own steady clock, may be taken over; when it wakes up
// again its next slice finds another pass number and does nothing.
#pragma once
#include "engine/transaction.hpp"

#include <cstdint>
#include <string>

namespace commonbook::storage {

/// The columns of `meta` that passes read. Read inside a slice's transaction.
struct PassRow {
  std::int64_t epoch = 0;
  std::int64_t watermark = 0;
  std::int64_t triple_rows = 0;
  std::uint64_t row_digest = 0;
  std::string owner;
  std::int64_t pass = 0;
  std::int64_t heartbeat = 0;
  bool purge_pending = false;
};
/// @errors  corrupt: the row is missing; io, busy. @thread the connection's.
Result<PassRow> read_pass_row(Connection& connection);

class PassLease {
 public:
  static constexpr std::chrono::milliseconds duration{2'000};

  /// @param owner  unique among all that ever open the file.
  PassLease(std::string owner, const Clock& clock) : owner_(std::move(owner)), clock_(clock) {}

  /// Takes the ownership where nobody has it or its owner's lease is over; raises the pass number then.
  /// @returns  false: another owner is alive. @errors io, busy.
  Result<bool> take(Transaction& transaction, const PassRow& row);
  /// True when `row` still names this owner's pass under `epoch`.
  [[nodiscard]] bool holds(const PassRow& row, std::int64_t epoch) const;
  /// Raises the heartbeat, or ends the ownership. In the slice's transaction.
  Result<void> beat(Transaction& transaction);
  Result<void> release(Transaction& transaction);

 private:
  std::string owner_;
  const Clock& clock_;
  std::int64_t pass_ = 0;      // of the ownership that was taken last
  std::string seen_owner_;     // what was last seen of another owner, and since when
  std::int64_t seen_pass_ = 0;
  std::int64_t seen_heartbeat_ = -1;
  Clock::SteadyPoint seen_since_;
};

}  // namespace commonbook::storage
