// One hash for each kind of row, shared by those who keep the digest and those who recompute it. Columns go in the
// order of schema_sql.hpp. Rows of the tail and the sorted part: see triple_hash() in tail_codec.hpp.
#pragma once
#include "book/digest.hpp"
#include "engine/statement.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace commonbook::storage {

/// One row of `document`. The views belong to whoever filled them in.
struct DocumentRow {
  std::int64_t id = 0;
  std::string_view external_id;
  std::int64_t kind = 0;
  std::string_view title;
  std::string_view body;
  std::string_view context;
  std::optional<std::int64_t> time;  ///< unix ms
  std::string_view hash;
  std::optional<std::int64_t> subject;
};

/// One row of `observation`. The views belong to whoever filled them in.
struct ObservationRow {
  std::int64_t id = 0;
  std::int64_t session = 0;
  std::int64_t sequence = 0;
  std::optional<std::int64_t> document;
  std::string_view position;
  std::int64_t time = 0;
  std::int64_t revision = 0;
  std::int64_t valid_from = 0;
  std::int64_t specificity = 0;
  std::int64_t trust = 0;
  std::int64_t ack_class = 0;
  std::int64_t commit_seq = 0;
  std::int64_t triple_count = 0;
  std::int64_t claim_count = 0;
  std::string_view created;
  std::string_view payload_hash;
  std::int64_t retracted = 0;
  std::string_view spellings;  ///< empty and null are the same
};

/// Reads the current row of a statement that selects all columns of the table, in the table's order.
/// @returns  views that are valid until the statement's next step.
[[nodiscard]] DocumentRow read_document_row(const Statement& statement);
[[nodiscard]] ObservationRow read_observation_row(const Statement& statement);

[[nodiscard]] std::uint64_t migration_hash(std::int64_t step, std::string_view name) noexcept;
[[nodiscard]] std::uint64_t agent_hash(std::int64_t id, std::string_view name) noexcept;
[[nodiscard]] std::uint64_t session_hash(std::int64_t id, std::int64_t agent, std::string_view name) noexcept;
[[nodiscard]] std::uint64_t entity_hash(std::int64_t id, std::string_view spelling) noexcept;
[[nodiscard]] std::uint64_t alias_hash(std::int64_t id, std::int64_t entity, std::string_view space,
                                       std::int64_t scheme, std::string_view value) noexcept;
[[nodiscard]] std::uint64_t redirect_hash(std::int64_t source, std::int64_t target) noexcept;
[[nodiscard]] std::uint64_t predicate_hash(std::int64_t id, std::string_view name,
                                           std::int64_t single_valued) noexcept;
[[nodiscard]] std::uint64_t document_hash(const DocumentRow& row) noexcept;
[[nodiscard]] std::uint64_t observation_hash(const ObservationRow& row) noexcept;
[[nodiscard]] std::uint64_t operation_hash(std::string_view id, std::int64_t observation) noexcept;
[[nodiscard]] std::uint64_t claim_hash(std::string_view name, std::int64_t entity, std::string_view spelling,
                                       std::int64_t observation) noexcept;
[[nodiscard]] std::uint64_t derivation_hash(std::string_view evidence, std::int64_t observation) noexcept;
[[nodiscard]] std::uint64_t suggestion_hash(std::int64_t left_entity, std::int64_t right_entity, double score,
                                            std::string_view reason, std::int64_t status) noexcept;

}  // namespace commonbook::storage
