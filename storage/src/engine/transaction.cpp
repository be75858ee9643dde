#include "engine/transaction.hpp"

#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/jitter.hpp"

#include <sqlite3.h>

#include <utility>

namespace commonbook::storage {

namespace {

Error internal(const char* message) {
  return {.code = ErrorCode::internal, .message = message, .sqlite_code = 0, .retry_after = {}};
}

}  // namespace

Transaction::Transaction(Connection& connection, GateHold& hold, TurnstilePass pass) noexcept
    : connection_(&connection), hold_(&hold), pass_(std::move(pass)) {}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      hold_(other.hold_),
      pass_(std::move(other.pass_)),
      poisoned_(other.poisoned_) {}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  yield_point("transaction.before_rollback");
  if (!connection_->in_transaction()) {
    sometimes("rolled_back_by_sqlite");
    connection_->put_in_doubt();
  }
  // Before pass_ ends: whoever passes the turnstile next must find the writer lock free.
  connection_->rollback_if_open();
}

Result<Transaction> Transaction::begin_immediate(Connection& connection, GateHold& hold, ProcessTurnstile* turnstile,
                                                 TurnstileCounters& counters, Clock::SteadyPoint deadline,
                                                 const Clock& clock) {
  // Lock order: gate, turnstile, SQLite. A thread that began before it had the gate could wait for a gate whose
  // holder waits for this thread's transaction.
  if (!hold.is_held_here()) return internal("a write transaction begins without the gate");
  connection.set_deadline(deadline);
  if (auto renewed = connection.renew_if_doubtful(); !renewed) return renewed.error();
  if (connection.in_transaction()) return internal("a write transaction begins inside another one");
  yield_point("transaction.before_turnstile");
  TurnstilePass pass;
  // Correct also where there is none, or where it is passed by: a test may switch it off.
  if (turnstile != nullptr && !fault("turnstile")) pass = turnstile->pass(deadline, clock, counters);
  yield_point("transaction.before_begin");
  Jitter jitter;
  while (true) {
    auto begin = connection.statement(fault("mutant.deferred_begin") ? "BEGIN" : "BEGIN IMMEDIATE");
    if (!begin) return begin.error();
    const auto begun = begin->run();
    if (begun) break;
    // Recovery and protocol codes come back at once, without a call of the busy handler.
    if (begun.error().code != ErrorCode::busy || clock.steady_now() >= deadline) return begun.error();
    if (!wait_point("busy")) jitter.pause(clock, deadline);
  }
  hold.step();
  yield_point("transaction.begun");
  Transaction transaction{connection, hold, std::move(pass)};
  if (auto known = connection.check_schema_version(); !known) return known.error();
  return transaction;
}

Result<void> Transaction::commit() {
  if (connection_ == nullptr) return internal("commit after the transaction ended");
  if (poisoned_) return internal("commit of a transaction that had failed");
  // After some errors (full disk, no memory, I/O) SQLite has rolled back on its own; what ran since then has been
  // committed statement by statement, or not at all.
  if (!connection_->in_transaction()) {
    poisoned_ = true;
    return internal("commit of a transaction that SQLite had rolled back");
  }
  yield_point("transaction.before_commit");
  auto committed = [this]() -> Result<void> {
    auto commit = connection_->statement("COMMIT");
    if (!commit) {
      poisoned_ = true;
      return commit.error();  // it was not even tried: nothing is committed
    }
    return commit->run();
  }();
  if (poisoned_) return committed;
  if (!committed && !fault("mutant.commit_result_ignored")) {
    Error error = committed.error();
    poisoned_ = true;
    // The last page may be in the log already when entering it into the log's index fails, for want of memory too: a
    // recovery would find it there.
    const int family = error.sqlite_code & 0xff;
    if (family == SQLITE_IOERR || family == SQLITE_NOMEM) {
      error.code = ErrorCode::unknown;
      error.message = "COMMIT failed, and whether it is stored can't be known: " + error.message;
    }
    return error;
  }
  hold_->step();
  yield_point("transaction.committed");
  connection_ = nullptr;
  pass_ = TurnstilePass{};
  return {};
}

bool Transaction::poison() noexcept {
  poisoned_ = true;
  return connection_ == nullptr || !connection_->in_transaction();
}

}  // namespace commonbook::storage
