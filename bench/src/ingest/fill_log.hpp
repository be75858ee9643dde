// Fills the log of a new database and leaves it there, for whoever looks at what its frames hold.
#pragma once
#include "ingest.hpp"

namespace commonbook::bench {

/// Stores the workload in commits of options.batch_triples, without compaction and checkpoints, into
/// options.folder / "fill.db". The book stays open: end the process with std::_Exit(), so that nothing empties the log.
/// @throws std::runtime_error where something fails.
[[nodiscard]] nlohmann::json fill_log(const IngestOptions& options);

/// The same with the published article's tables and plain statements, and documents with full text beside them where
/// options.document_words says so.
/// @param page_bytes  of the file.
/// @throws std::runtime_error where something fails.
[[nodiscard]] nlohmann::json fill_article_log(const IngestOptions& options, int page_bytes);

}  // namespace commonbook::bench
