// Writes merges and what was decided about suggestions, in the caller's transaction. See redirect_set.hpp for what a merge
// is. A write raises the epoch, so that whoever remembers anything of the book begins anew.
#pragma once
#include "book/write_batch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::storage {

/// suggestion.status.
enum class SuggestionStatus : std::uint8_t { open = 0, accepted, rejected, merged_silently };
inline constexpr std::int64_t suggestion_status_max = 3;

struct Redirect {
  std::int64_t source = 0;
  std::int64_t target = 0;
};

/// Adds a merge. @returns  false where the pair is merged already, in either direction: nothing is written.
/// @errors  io, disk_full, corrupt: the transaction must be rolled back. @thread the transaction's, as all of these.
Result<bool> add_redirect(WriteBatch& batch, const Redirect& redirect);
/// Takes a merge back, whichever direction it has. @returns  false where the pair was not merged.
Result<bool> remove_redirect(WriteBatch& batch, const Redirect& redirect);
/// Merges that the entity itself is in, in the order of ids.
Result<std::vector<Redirect>> redirects_of(Connection& connection, std::int64_t entity);

struct SuggestionRow {
  std::int64_t left = 0;   ///< less than `right`
  std::int64_t right = 0;
  double score = 0;        ///< 0 to 1
  std::string reason;
  SuggestionStatus status = SuggestionStatus::open;
};

Result<std::optional<SuggestionRow>> find_suggestion(Connection& connection, std::int64_t one, std::int64_t other);
/// Adds a row, or gives the one that stands for the pair another status. The reason and score of a standing row stay.
Result<void> put_suggestion(WriteBatch& batch, const SuggestionRow& row);

/// A pair that a person rejected and of which one entity stands in each set: it keeps the sets apart.
Result<std::optional<Redirect>> rejected_between(Connection& connection, const std::vector<std::int64_t>& one,
                                                 const std::vector<std::int64_t>& other);

}  // namespace commonbook::storage
