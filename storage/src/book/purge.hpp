// Deletes the rows of retracted observations, in slices: tail, sorted part with its mirror, claims, what they were
// derived from, documents that nobody else cites. The observation's own row stays, with its counts at zero, as the mark that its operation was done.
#pragma once
#include "book/pass_lease.hpp"

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

namespace commonbook::storage {

class PurgePass {
 public:
  /// Reads which observations are retracted and still have rows. @param row  as read when the lease was taken.
  static Result<PurgePass> begin(Connection& connection, const PassRow& row);

  /// Works for about 3 ms in the slice's transaction and keeps the row digest. @returns rows deleted.
  Result<std::int64_t> slice(Transaction& transaction, const Clock& clock);
  [[nodiscard]] bool finished() const noexcept { return phase_ == Phase::done; }
  [[nodiscard]] std::int64_t epoch() const noexcept { return epoch_; }

 private:
  enum class Phase : std::uint8_t { tail = 1, triples, claims, observations, done };
  struct TripleCursor {
    std::int64_t subject = 0;
    std::int64_t predicate = 0;
    std::string object_text;
    std::int64_t object_id = 0;
    bool object_is_text = false;
    std::int64_t observation = 0;
  };
  struct ClaimCursor {
    std::string name;
    std::int64_t entity = 0;
    std::string spelling;
    std::int64_t observation = 0;
  };

  Result<std::int64_t> purge_tail(Connection& connection);
  Result<std::int64_t> purge_triples(Connection& connection);
  Result<std::int64_t> purge_claims(Connection& connection);
  Result<std::int64_t> purge_observations(Connection& connection);
  Result<void> purge_document(Connection& connection, std::int64_t document);
  Result<void> write_digest(Connection& connection);

  std::unordered_set<std::int64_t> retracted_;
  std::vector<std::int64_t> order_;     // of the last phase
  std::size_t at_ = 0;
  Phase phase_ = Phase::tail;
  std::int64_t epoch_ = 0;
  std::int64_t tail_cursor_ = 0;
  TripleCursor triple_cursor_;
  ClaimCursor claim_cursor_;
  std::uint64_t change_ = 0;            // of the row digest, in this slice
};

}  // namespace commonbook::storage
