// Names that several strong entities claim. Readers join such a name with none of them, so a person is asked whether two
// of them are one.
//
// What is suggested is a function of what the book says, whoever came first and however often it was looked at: each pair
// of a name's claimants, with the least of the names that both claim as the reason; and none of a name that very many
// claim ("reception"), which says nothing about any two of them.
#pragma once
#include "engine/connection.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::storage {

/// More claimants than this make a name nobody's own.
inline constexpr std::size_t claimants_max = 12;

struct SharedName {
  std::string name;                     ///< in normal form
  std::vector<std::int64_t> claimants;  ///< entities that nobody merged, ascending; two at least
};

/// Goes through the names of all claims, a slice at a time, again whenever new claims were stored.
/// @thread  its connection's.
class ClaimSweep {
 public:
  /// Whether there is anything to look at.
  Result<bool> is_due(Connection& connection);
  /// The next some hundred names; those of them that are shared. Costs one seek a name and claimant.
  Result<std::vector<SharedName>> next(Connection& connection);

 private:
  Result<void> keep(Connection& connection, const std::string& name, const std::vector<std::int64_t>& entities,
                    std::vector<SharedName>& shared) const;
  bool under_way_ = false;
  std::int64_t begun_at_ = 0;     // the last observation when this sweep began
  std::int64_t swept_until_ = 0;  // claims of observations up to here were looked at
  std::string name_;              // where the sweep stands
  std::int64_t entity_ = 0;
};

/// A row of `suggestion` that is to be written, given another reason, or deleted.
struct SuggestionChange {
  std::int64_t left = 0;
  std::int64_t right = 0;
  std::optional<std::string> reason_before;  ///< nullopt: there is no row
  std::optional<std::string> reason;         ///< nullopt: the row goes
};

/// What a shared name asks for that does not stand there yet. Rows that a person has decided are left alone.
Result<std::vector<SuggestionChange>> changes_for(Connection& connection, const SharedName& shared);
/// Makes one change, in the caller's transaction. @returns  what it adds to the row digest.
Result<std::uint64_t> apply_change(Connection& connection, const SuggestionChange& change);

}  // namespace commonbook::storage
