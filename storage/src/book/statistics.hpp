// Counting what a book holds, in one snapshot.
#pragma once
#include "book/triple_reader.hpp"
#include "commonbook/storage/reader.hpp"

#include <string>
#include <utility>
#include <vector>

namespace commonbook::storage {

/// Reads every table once. @errors timeout, io, corrupt. @thread the snapshot's connection's.
Result<BookStats> count_book(Snapshot& snapshot);
/// Rows of each table by name, sorted by name; the search index's own tables are left out.
Result<std::vector<std::pair<std::string, std::int64_t>>> count_tables(Snapshot& snapshot);

}  // namespace commonbook::storage
