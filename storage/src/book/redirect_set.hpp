// Which entities a book takes for one. Each merge is a pair of its own: the sets are what the pairs hold together, so
// that undoing one merge leaves exactly what the others say, in whatever order they were made.
#pragma once
#include "engine/connection.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace commonbook::storage {

/// Reads and remembers sets; asks the file once whether there is any merge at all, since most books have none.
/// For one snapshot or one transaction that changes no redirect.
/// @thread  the connection's.
class RedirectSets {
 public:
  explicit RedirectSets(Connection& connection) : connection_(&connection) {}
  /// The entity that speaks for the set of `entity`, itself where it was never merged. It is chosen by what the merges
  /// and the keys say, never by ids: one that was merged into no other, of these the one with the least key.
  /// @errors  busy, io, corrupt.
  Result<std::int64_t> root(std::int64_t entity);
  /// Whether nothing was merged with it. @errors as root().
  Result<bool> is_alone(std::int64_t entity);
  /// The whole set, the root first, the others ascending. @errors as root().
  Result<std::vector<std::int64_t>> members(std::int64_t entity);

 private:
  struct Set {
    std::int64_t root = 0;
    std::vector<std::int64_t> members;
  };
  Result<bool> has_merges();
  Result<const Set*> set_of(std::int64_t entity);
  Result<Set> read(std::int64_t entity);
  Result<std::int64_t> choose_root(const std::vector<std::int64_t>& candidates);

  Connection* connection_;
  bool is_known_ = false;
  bool has_merges_ = false;
  std::unordered_map<std::int64_t, Set> sets_;        // by root
  std::unordered_map<std::int64_t, std::int64_t> roots_;
};

}  // namespace commonbook::storage
