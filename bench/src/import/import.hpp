// What reading mail and calendars costs, stage by stage, beside bare loops over the same libraries.
//
// bare        a loop over GMime (or libical) that takes each document's fields and decoded text, and keeps nothing
// parse       our source: documents, triples, claims, hashes; nothing is stored
// rules       the same, with the facts that rules find in the text
// store       the whole runtime, from documents that were parsed before the clock started
// import      parse and store together, as `commonbook import` does, without rules
// import-rules    the same with rules, which is the verb's default
// search      the same texts into a full-text index alone, on one thread, from memory
#pragma once
#include "commonbook/model/observation.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::bench {

struct ImportMeasureOptions {
  std::string stage;
  bool calendar = false;          ///< else mail
  std::int64_t megabytes = 25;    ///< of mail; of a calendar: a thousand events each
  AckClass ack_class = AckClass::applied;
  std::size_t storage_actors = 0; ///< 0: as `commonbook import` has it; so with the next four
  std::size_t cache_mib = 0;
  std::size_t batch_triples = 0;  ///< of a commit
  std::size_t window_triples = 0;
  std::size_t outstanding = 0;    ///< open requests of the importing agent
  std::filesystem::path folder;   ///< exists; the made-up file stays there for the next measurement
};

/// The stages, in the order above.
[[nodiscard]] std::vector<std::string> import_stages();

/// @returns  documents_per_second, megabytes_per_second, memory_bytes_max (of this process, VmHWM); triples where there
/// are any. @throws std::runtime_error where something fails, or where documents are missing. Thread: blocks.
[[nodiscard]] nlohmann::json measure_import(const ImportMeasureOptions& options);

/// What a bare loop took out of its documents, so that the work can't be left out by a compiler.
struct BareCount {
  std::int64_t documents = 0;
  std::int64_t text_bytes = 0;
  std::int64_t people = 0;
};
[[nodiscard]] BareCount read_with_gmime(const std::filesystem::path& mbox);
[[nodiscard]] BareCount read_with_libical(const std::filesystem::path& calendar);

struct SearchText {
  std::string title, body, context;
};
/// Fills a full-text index as ours is, 512 documents a transaction. @returns seconds.
[[nodiscard]] double fill_search(const std::filesystem::path& file, const std::vector<SearchText>& texts);

}  // namespace commonbook::bench
