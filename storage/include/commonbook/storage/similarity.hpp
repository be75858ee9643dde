// How alike two names are: the Embedder interface and the built-in one. Called before any lock is taken.
#pragma once
#include "commonbook/model/result.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace commonbook::storage {

/// A unit vector; all vectors of one embedder have one length.
using Embedding = std::vector<float>;

/// Turns a name into a vector. Never called while a lock, a write transaction or a snapshot is held.
/// @thread  one instance is shared by all storage actors: implementations must be thread-safe.
class Embedder {
 public:
  virtual ~Embedder() = default;
  /// @errors  whatever the implementation can fail with; the observation then fails, its batch does not.
  [[nodiscard]] virtual Result<Embedding> embed(std::string_view normalised_name) const = 0;
};

/// Hashed character 2- and 3-grams of the name with word boundaries, signed, 256 dimensions, L2-normed.
/// Needs no model and takes microseconds.
/// @source  Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009.
[[nodiscard]] std::shared_ptr<const Embedder> ngram_embedder();

/// Cosine of two unit vectors, -1 to 1. Thread: any.
[[nodiscard]] double cosine(const Embedding& left, const Embedding& right) noexcept;

/// Jaro-Winkler similarity of two UTF-8 texts by code point, 0 to 1, prefix weight 0.1 up to 4.
/// @source  W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules", 1990.
[[nodiscard]] double jaro_winkler(std::string_view left, std::string_view right);

}  // namespace commonbook::storage
