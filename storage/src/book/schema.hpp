// Makes and migrates the tables. Each step runs inside BEGIN IMMEDIATE and is recorded, so that 50 processes may
// start at once on a missing or an older file.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "engine/transaction.hpp"

#include <span>

namespace commonbook::storage {

struct SchemaStep {
  std::int64_t version;     ///< of the file when the step is done
  const char* name;         ///< recorded in the file
  const char* sql;
  const char* set_version;  ///< PRAGMA user_version = <version>
};

/// The steps of one program version, in order, from version 1 on, without a gap. The first makes all tables of its time.
struct SchemaTable {
  std::span<const SchemaStep> steps;
  [[nodiscard]] std::int64_t version() const noexcept { return steps.back().version; }
};

/// This program's steps. The last one's version is schema_version.
[[nodiscard]] const SchemaTable& own_schema() noexcept;

/// Brings an open file to the table's version: creates all in an empty one, runs what is missing in an older one.
/// @errors  newer_schema, foreign_file, busy, io, corrupt.
/// @thread  the connection's.
Result<void> ensure_schema(Connection& connection, GateHold& hold, ProcessTurnstile* turnstile,
                           TurnstileCounters& counters, Clock::SteadyPoint deadline, const Clock& clock,
                           const SchemaTable& table = own_schema());

}  // namespace commonbook::storage
