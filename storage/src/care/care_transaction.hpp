// One write transaction of a verb: gate, turnstile, BEGIN IMMEDIATE, work, meta, COMMIT, publish, as a writer does it.
#pragma once
#include "book/write_batch.hpp"
#include "engine/transaction.hpp"

#include <string_view>

namespace commonbook::storage {

struct CareTransaction {
  detail::BookShared& book;
  Connection& connection;
  WriterMemory& memory;
  std::string_view who;  ///< shown by the watchdog, a literal
  bool durable = true;
};

/// Runs `work(WriteBatch&)`, which returns Result<void>, and commits what it changed; nothing changed, nothing committed.
/// @errors  those of the work; busy, disk_full, io, unknown. On any of them nothing is committed, but see `unknown`.
/// @thread  the connection's.
template <class Work>
Result<void> transact(const CareTransaction& how, Clock::SteadyPoint deadline, Work work) {
  if (auto done = how.connection.set_durable(how.durable); !done) return done;
  auto hold = how.book.gate->enter(how.who, deadline, how.book.clock);
  if (!hold) return hold.error();
  auto transaction = Transaction::begin_immediate(how.connection, *hold, how.book.turnstile.get(),
                                                  how.book.turnstile_counters, deadline, how.book.clock);
  if (!transaction) return transaction.error();
  auto batch = WriteBatch::begin(*transaction, how.book, how.memory);
  if (!batch) return batch.error();
  if (auto done = work(*batch); !done) return done;
  if (!batch->is_changed) return {};
  if (auto done = batch->write_meta(batch->observations > 0); !done) return done;
  if (auto done = transaction->commit(); !done) return done;
  batch->publish();
  return {};
}

}  // namespace commonbook::storage
