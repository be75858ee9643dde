// A history against the book that it was made with: the part of `commonbook verify` that a file alone can't show.
#pragma once
#include "commonbook/sim/history.hpp"
#include "commonbook/storage/care.hpp"

#include <filesystem>
#include <vector>

namespace commonbook::sim {

struct BookHistoryOptions {
  bool merges = false;  ///< names that are alike may share an entity (SimilarityMode::merge)
};

/// What stands in a book, as histories speak of it. A key is the hash of a name in normal form. An item is an
/// observation: number N where its position reads "item N ...", as the simulator writes it, else the hash of its
/// operation id; observations with neither are nobody's item. A retracted one counts as whole.
/// @errors  those of storage::list_book(). @thread any; blocks; reads the whole file.
[[nodiscard]] Result<FinalState> state_of_book(const storage::Book& book, const BookHistoryOptions& options,
                                               Clock::SteadyPoint deadline);

/// Reads the book, then the history of `folder` up to that moment, and checks one against the other: S2 to S6 and S12
/// to S15, one check each. Others may write meanwhile. Everything that ever wrote a name must stand in the history.
/// @errors  those of state_of_book() and read_history(). @thread any; blocks.
[[nodiscard]] Result<std::vector<storage::Check>> verify_history(const storage::Book& book,
                                                                 const std::filesystem::path& folder,
                                                                 const BookHistoryOptions& options,
                                                                 Clock::SteadyPoint deadline);

}  // namespace commonbook::sim
