// A write transaction as a scope: left without commit() means rolled back. Always BEGIN IMMEDIATE, always
// inside the gate. Functions that must run inside one take a Transaction&, so calling them outside does
// not compile.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "engine/connection.hpp"
#include "engine/process_turnstile.hpp"
#include "engine/write_gate.hpp"

#include <optional>
#include <string_view>

namespace commonbook::storage {

class Transaction {
 public:
  /// Turnstile, then BEGIN IMMEDIATE, before the deadline.
  /// @param hold       the gate; must outlive the transaction.
  /// @param turnstile  null where the file has none.
  /// @errors  busy; io; corrupt; newer_schema: see Connection::check_schema_version().
  /// @thread  the connection's.
  static Result<Transaction> begin_immediate(Connection& connection, GateHold& hold, ProcessTurnstile* turnstile,
                                             TurnstileCounters& counters, Clock::SteadyPoint deadline,
                                             const Clock& clock);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();  ///< rolls back unless committed

  /// @errors  disk_full, busy: nothing is committed, the scope rolls back. unknown: the outcome can't be
  ///          known (an I/O error or no memory at COMMIT): close the connection. internal: the transaction is poisoned,
  ///          or SQLite had rolled it back already.
  Result<void> commit();
  /// Marks the transaction as unusable after an error inside it; commit() then fails. Tells whether
  /// SQLite already rolled back.
  bool poison() noexcept;
  [[nodiscard]] Connection& connection() noexcept { return *connection_; }  ///< only before commit()
  [[nodiscard]] GateHold& hold() noexcept { return *hold_; }

 private:
  Transaction(Connection& connection, GateHold& hold, TurnstilePass pass) noexcept;
  Connection* connection_;  // not owned; null once committed or moved from
  GateHold* hold_;          // not owned
  TurnstilePass pass_;
  bool poisoned_ = false;
};

}  // namespace commonbook::storage
