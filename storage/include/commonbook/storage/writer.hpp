// Stores observations: one connection, one thread. The only way that knowledge enters a book.
#pragma once
#include "commonbook/model/observation.hpp"
#include "commonbook/storage/book.hpp"

#include <memory>
#include <span>
#include <vector>

namespace commonbook::storage {

/// How one call of Writer::store() went, beside the answers.
struct StoreStatistics {
  std::size_t transactions = 0;        ///< 1 for a clean batch; more when a guilty observation was looked for
  std::size_t triples = 0;
  std::chrono::microseconds prepare{0};
  std::chrono::microseconds wait{0};   ///< gate, turnstile and BEGIN together
  std::chrono::microseconds commit{0}; ///< of COMMIT, and of the sync for durable ones
};

class Writer {
 public:
  /// @thread  the thread that will use it; blocks.
  static Result<Writer> open(const Book& book, Clock::SteadyPoint deadline);
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  /// Stores a batch in one transaction: prepare without a lock, gate, BEGIN IMMEDIATE, find or create,
  /// append, COMMIT, publish. One answer an observation, in order. An observation that is wrong gets its
  /// error, the others their receipts: on an error inside the transaction the batch is rolled back and
  /// run once more, one observation a transaction.
  /// One durable observation makes the whole batch durable: the log is synced after COMMIT, before any answer.
  /// @param deadline  covers gate, turnstile and BEGIN together; `busy` for all that were not stored by then.
  /// @errors  per observation: invalid_argument, too_large, operation_id_reused, busy, disk_full, io, corrupt,
  ///          unknown (COMMIT or the sync failed in a way that leaves the outcome open; the writer is then failed()).
  /// @thread  the one that opened it; blocks on disk.
  std::vector<Result<Receipt>> store(std::span<const Observation> batch, Clock::SteadyPoint deadline);
  [[nodiscard]] const StoreStatistics& last_statistics() const noexcept;

  /// Finds the entity of a key or creates it, in a transaction of its own (P4).
  /// @errors  invalid_argument, too_large, busy, disk_full, io, corrupt, unknown.
  /// @thread  the one that opened it; blocks on disk.
  Result<ReceiptEntity> find_or_create(const EntityName& name, Clock::SteadyPoint deadline);

  /// Marks observations as retracted: readers drop them from that commit on; raises the epoch. Ids that
  /// don't exist or are retracted already are passed over. Rows are purged later by the compactor.
  /// @returns  how many were marked.
  Result<std::int64_t> retract(std::span<const std::int64_t> observation_ids, Clock::SteadyPoint deadline);

  /// One tiny durable commit: makes every earlier `applied` commit of this file durable too.
  Result<void> flush(Clock::SteadyPoint deadline);

  /// True after an error that this connection can't recover from (io, corrupt, unknown): close it.
  [[nodiscard]] bool failed() const noexcept;

 private:
  struct Impl;
  explicit Writer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
