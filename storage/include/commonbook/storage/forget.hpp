// Taking back what a source said: at once for readers, then row by row from the file.
//
//   auto report = forget(book, {.document = "<offer@example.com>"}, deadline);   // readers no longer see it
//   auto purge = purge_forgotten(book, deadline);                                 // its rows are gone
//
// What was concluded from it alone (Observation::derived_from) goes along, however many steps away. Entities and their
// keys stay, since an id that was given out always resolves, and so do the marks that the operations were done, so that
// importing the same document again does not bring it back.
#pragma once
#include "commonbook/storage/care.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::storage {

/// Which observations. All that is given must hold; nothing given is refused.
struct ForgetRequest {
  std::optional<std::string> document;         ///< cites any version of the document with this id
  std::optional<std::string> agent;            ///< came from this agent
  std::optional<Timestamp> since;              ///< observed then or later, by the source's own account
  std::optional<std::uint64_t> since_commit;   ///< stored by this commit or a later one: no source can choose that
  bool dry_run = false;                        ///< only says what would go
};

struct ForgetReport {
  std::int64_t observations = 0;               ///< that the request names
  std::int64_t derived = 0;                    ///< further ones, concluded from those alone
  std::int64_t derived_kept = 0;               ///< concluded from those and from something that stays
  std::int64_t triples = 0;                    ///< rows behind all that goes, those of spellings included
  std::int64_t claims = 0;
  std::int64_t documents = 0;                  ///< versions that nobody cites any more
  std::int64_t suggestions = 0;                ///< open ones that rested on claims which went
  std::vector<std::string> document_ids;       ///< of these versions, the first hundred, each once, sorted
  std::vector<std::string> derived_positions;  ///< agent and position of what goes along, the first hundred
  std::int64_t transactions = 0;               ///< that marked them; 1: all vanished in one moment
};

/// Retracts: from the last commit on readers see none of it. Up to 1,024 observations go in one commit; more in several
/// short ones, conclusions before what they rest on, so that a forget that is cut short is finished by the next one.
/// @errors  invalid_argument: the request names nothing; not_found: it fits no observation; busy, disk_full, io, corrupt.
/// @thread  any; blocks.
Result<ForgetReport> forget(const Book& book, const ForgetRequest& request, Clock::SteadyPoint deadline,
                            const Progress& progress = {});

struct PurgeReport {
  std::int64_t rows = 0;         ///< deleted by this call
  std::int64_t slices = 0;       ///< transactions of some milliseconds each
  bool done = false;             ///< nothing retracted has rows any more
  bool by_another = false;       ///< some or all of it was another process's work
};

/// Deletes the rows of all that is retracted, in slices that let writers pass, and keeps the log small meanwhile. Waits
/// where another process does it already. The words stay in older parts of the search index until vacuum().
/// @returns  done = false where the deadline came first: the rest is purged by the next call, or by any running runtime.
/// @errors   disk_full, io, corrupt, unknown. @thread any; blocks.
Result<PurgeReport> purge_forgotten(const Book& book, Clock::SteadyPoint deadline, const Progress& progress = {});

}  // namespace commonbook::storage
