// The triples that every ingest benchmark stores, ours and the peers': made once, before any clock starts, from a seed.
//
// Observations of 1 to 20 triples; names drawn by Zipf's law with exponent 0.9; 30 % of the mentions are spelled with
// other capitals or white space; a tenth as many names as triples, so that a triple brings about 0.1 new entities.
#pragma once
#include "commonbook/model/observation.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace commonbook::bench {

struct WorkloadOptions {
  std::size_t triples = 200'000;
  std::size_t agents = 8;
  std::uint64_t seed = 1;
  std::size_t document_words = 0;  ///< words of the document that each observation brings; 0: none
};

/// One statement: spellings as an agent would give them, and the number of the predicate.
struct Statement {
  std::string subject;
  std::size_t predicate = 0;
  std::string object;
};

/// A run of statements that one agent makes at once.
struct Group {
  std::size_t agent = 0;
  std::int64_t source = 0;     ///< counts from 1
  std::size_t first = 0;       ///< index of its first statement
  std::size_t count = 0;
};

struct Workload {
  std::vector<std::string> predicates;
  std::vector<Statement> statements;
  std::vector<Group> groups;           ///< in the order in which they were drawn; agents take turns
  std::size_t agents = 0;
  std::size_t document_words = 0;

  [[nodiscard]] std::size_t triples() const noexcept { return statements.size(); }
  /// The text of a group's document, the same in every run. @param source  Group::source.
  [[nodiscard]] std::string document_text(std::int64_t source) const;
  /// A group as our runtime takes it.
  [[nodiscard]] Observation observation(const Group& group, AckClass ack_class) const;
};

/// Draws a workload: equal options, equal workload, on every machine.
[[nodiscard]] Workload make_workload(const WorkloadOptions& options);

/// The name of an entity as most mentions spell it. @param rank  from 0, the most frequent first.
[[nodiscard]] std::string entity_name(std::size_t rank);

/// The spelling's alias as the peers keep it: ASCII lower case, single spaces. Writes into `alias`.
void plain_alias(const std::string& spelling, std::string& alias);

}  // namespace commonbook::bench
