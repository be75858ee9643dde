// One compaction pass as a run of slices:
//
//   tail (watermark, high]  --sorted-->  triple   --sorted anew-->  mirror   -->  delete from tail, move the watermark
//
// Each slice is a transaction of the caller's. Until the last one a row may stand in both parts: readers de-duplicate,
// so every state is right, and a slice that is done again changes nothing.
#pragma once
#include "book/overlay.hpp"
#include "book/pass_lease.hpp"

#include <cstdint>
#include <vector>

namespace commonbook::storage {

class CompactionPass {
 public:
  // Of one pass, so that its sorted run fits memory also where the tail has grown long: the rest takes another pass.
  static constexpr std::int64_t rows_max = 1 << 20;
  static constexpr std::size_t bytes_max = 32 << 20;

  /// Fixes the range and reads it. @param row  as read when the lease was taken.
  /// @errors  io, corrupt, busy. @thread the connection's; outside a transaction.
  static Result<CompactionPass> begin(Connection& connection, const PassRow& row);

  /// Sorts the run where the next slice needs it in another order. Before the slice's transaction: sorting half a
  /// million rows takes longer than others should wait.
  void prepare();
  /// Works for about 3 ms in the slice's transaction. @returns rows written or deleted.
  Result<std::int64_t> slice(Transaction& transaction, const Clock& clock);
  [[nodiscard]] bool finished() const noexcept { return phase_ == Phase::done; }
  [[nodiscard]] std::int64_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] std::int64_t high() const noexcept { return high_; }

 private:
  enum class Phase : std::uint8_t { triples = 1, mirror, deletes, done };

  Result<std::int64_t> insert(Connection& connection, const char* sql, const Clock& clock);
  Result<std::int64_t> remove(Connection& connection, const Clock& clock);
  void enter(Phase phase);

  std::vector<TailRow> rows_;
  Phase phase_ = Phase::triples;
  Phase sorted_for_ = Phase::deletes;
  std::size_t at_ = 0;            // next row of rows_, in the phase's order
  std::int64_t epoch_ = 0;
  std::int64_t low_ = 0;          // the watermark; in the last phase, seq up to which rows are deleted
  std::int64_t high_ = 0;
  std::int64_t rows_added_ = 0;   // to a table, by the slice that runs
};

}  // namespace commonbook::storage
