// What reading costs: alone, and while agents write into the same book.
//
// lookup        an entity by its name, and up to 20 of its facts
// frequent      the same of an entity that is drawn as often as it is mentioned: mostly of those with many facts
// depth 1, 2    an entity's neighbourhood, up to 1,000 facts
// as of         a lookup that leaves out what is valid only later than the middle of the book's time
// search        the best 20 documents for three words, by BM25
// question      a whole question in English: understood, executed, composed
//
// `rows_read` is how many rows a reading looks at, alone: a figure that a busy machine leaves as it is.
//
// All go through the runtime, asked one after the other; but for `frequent` each entity is as likely as any other.
#pragma once
#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <string>

namespace commonbook::bench {

struct ReadOptions {
  std::size_t triples = 100'000;         ///< in the book before the clock starts, each observation with a document
  double seconds = 1;                    ///< of each kind of reading, and of each rate of writing
  double a_second = 0;                   ///< readings due in a second while agents write; 0: one after another
  std::size_t agents = 8;
  std::size_t storage_actors = 2;
  std::string only;                      ///< one kind of reading by its name, or `mix`; empty: all of them
  std::filesystem::path folder;          ///< exists; what is written there is removed again
};

/// @returns  rows: for each kind p50_ms, p99_ms, max_ms, per_second, `alone` and `writing` (agents write at half their
/// saturated rate); and "writing": the rate of triples with and without 1,000 reads a second (900 lookups, 95 of depth 1,
/// 4 of depth 2, a question), how many of these reads are
/// answered in time, the share of both cores' time that they take alone, and the log's greatest size.
/// @throws std::runtime_error where something fails. Thread: blocks.
[[nodiscard]] nlohmann::json measure_read(const ReadOptions& options);

}  // namespace commonbook::bench
