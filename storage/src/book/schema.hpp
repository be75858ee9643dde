// Makes and migrates the tables. Each step runs inside BEGIN IMMEDIATE and is recorded, so that 50 processes may
// start at once on a missing or an older file.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "engine/transaction.hpp"

namespace commonbook::storage {

/// Brings an open file to schema_version: creates all in an empty one, runs what is missing in an older one.
/// @errors  newer_schema, foreign_file, busy, io, corrupt.
/// @thread  the connection's.
Result<void> ensure_schema(Connection& connection, GateHold& hold, ProcessTurnstile* turnstile,
                           TurnstileCounters& counters, Clock::SteadyPoint deadline, const Clock& clock);

}  // namespace commonbook::storage
