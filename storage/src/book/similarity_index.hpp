// Names with their embeddings in memory, for SimilarityMode::merge only: which known name is a new one most like?
// What it finds depends on which names came first; that is the price of the mode, and documented there.
#pragma once
#include "commonbook/model/key.hpp"
#include "commonbook/storage/similarity.hpp"
#include "engine/connection.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_set>

namespace commonbook::storage {

/// Half cosine of the embeddings, half Jaro-Winkler of the names: 0 to 1 for names that share anything.
[[nodiscard]] double name_score(double cosine_of_embeddings, std::string_view left, std::string_view right);

/// An alias of scheme `name` as the index holds it.
struct IndexedName {
  std::int64_t alias = 0;
  std::int64_t entity = 0;
  Key key;
  Embedding embedding;
};

struct SimilarEntity {
  std::int64_t entity = 0;
  double score = 0;
};

/// What was found for a name before the lock, and up to where the search went.
struct SimilarName {
  Embedding embedding;
  std::optional<SimilarEntity> best;  ///< the best so far, whether above the threshold or not
  std::size_t compared = 0;           ///< entries of the index at the time
};

class SimilarityIndex {
 public:
  /// Names committed since then that are compared while the lock is held, at most.
  static constexpr std::size_t newer_names_max = 256;

  /// Reads aliases that are new in the file, embeds them, then searches. Costs time in proportion to all names.
  /// @errors  busy, io, corrupt, or the embedder's. @thread the connection's; holds no lock of the file.
  Result<SimilarName> look_up(Connection& connection, const Embedder& embedder, const Key& key);
  /// Goes on where look_up() stopped, from memory alone, then over `pending`.
  /// @returns  the best of all. @thread any.
  [[nodiscard]] std::optional<SimilarEntity> finish(const SimilarName& found, const Key& key,
                                                    std::span<const IndexedName> pending) const;
  /// Adds a name after its COMMIT. @thread any.
  void publish(IndexedName name);

 private:
  Result<void> catch_up(Connection& connection, const Embedder& embedder);
  mutable std::shared_mutex mutex_;
  std::deque<IndexedName> names_;
  std::int64_t read_until_ = 0;                 // alias.id
  std::unordered_set<std::int64_t> published_;  // alias.id above read_until_
};

}  // namespace commonbook::storage
