// One record of a transfer, written in a batch's transaction.
#pragma once
#include "book/write_batch.hpp"
#include "commonbook/storage/transfer.hpp"

#include <unordered_map>

namespace commonbook::storage {

/// What the numbers of a sequence stand for in this file, and keys that were looked up for them.
class ImportedEntities {
 public:
  /// nullopt where no record explained the number.
  [[nodiscard]] std::optional<std::int64_t> find(std::int64_t number) const;
  void add(std::int64_t number, std::int64_t entity) { fresh_[number] = entity; }
  void keep();                             ///< the transaction is committed
  void drop() noexcept { fresh_.clear(); } ///< it is not

 private:
  std::unordered_map<std::int64_t, std::int64_t> known_;
  std::unordered_map<std::int64_t, std::int64_t> fresh_;  // of the transaction that is under way
};

/// Each writes one record.
/// @errors   what BookImporter::add() lists; the transaction must be rolled back. @thread the transaction's.
Result<void> import_entity(WriteBatch& batch, const BookEntity& record, ImportedEntities& entities, ImportCounts& counts);
Result<void> import_predicate(WriteBatch& batch, const BookPredicate& record, ImportCounts& counts);
Result<void> import_redirect(WriteBatch& batch, const BookRedirect& record, const ImportedEntities& entities,
                             ImportCounts& counts);
Result<void> import_suggestion(WriteBatch& batch, const BookSuggestion& record, const ImportedEntities& entities,
                               ImportCounts& counts);
Result<void> import_observation(WriteBatch& batch, const BookObservation& record, const ImportedEntities& entities,
                                ImportCounts& counts);

/// The key by which an entity of this file can be named; of scheme `exact` its bytes.
Result<Key> key_of_entity(Connection& connection, std::int64_t entity);

}  // namespace commonbook::storage
