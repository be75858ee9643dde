#include "book/book_shared.hpp"
#include "care/verify_checks.hpp"
#include "commonbook/storage/care.hpp"
#include "engine/out_of_memory.hpp"
#include "engine/transaction.hpp"

#include <utility>

namespace commonbook::storage {
namespace {

// Damage that stops a check from reading is a finding; a deadline or a disk error ends the whole.
Result<void> run_check(const NamedCheck& named, Snapshot& snapshot, VerifyReport& report) {
  Check check{named.id, named.what, true, {}, 0};
  if (auto done = named.run(snapshot, check); !done) {
    const ErrorCode code = done.error().code;
    if (code != ErrorCode::corrupt && code != ErrorCode::internal && code != ErrorCode::foreign_file) return done;
    fail(check, "can't be read: " + to_string(done.error()));
  }
  report.ok = report.ok && check.ok;
  report.checks.push_back(std::move(check));
  return {};
}

// The index's own check is an INSERT, so it runs in a write transaction that is rolled back.
Result<void> check_search(detail::BookShared& book, Connection& connection, Clock::SteadyPoint deadline,
                          VerifyReport& report) {
  Check check{"search", "the search index says what the documents say", true, {}, 0};
  const auto documents = connection.query_int("SELECT count(*) FROM document");
  if (documents) check.examined = *documents;
  auto hold = book.gate->enter("verify", deadline, book.clock);
  if (!hold) return hold.error();
  auto transaction = Transaction::begin_immediate(connection, *hold, book.turnstile.get(), book.turnstile_counters,
                                                  deadline, book.clock);
  if (!transaction) return transaction.error();
  if (auto done = connection.execute("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)"); !done) {
    if (done.error().code != ErrorCode::corrupt && done.error().code != ErrorCode::internal) return done;
    fail(check, to_string(done.error()));
  }
  report.ok = report.ok && check.ok;
  report.checks.push_back(std::move(check));
  return {};
}

}  // namespace

void fail(Check& check, const std::string& finding) {
  if (check.ok) check.detail = finding;
  check.ok = false;
}

namespace {

Result<VerifyReport> check_all(const Book& book, Clock::SteadyPoint deadline, const Progress& progress) {
  detail::BookShared& shared = book.shared();
  auto connection = shared.connect(Role::maintenance, deadline);
  if (!connection) return connection.error();
  VerifyReport report;
  {
    auto snapshot = Snapshot::begin(shared, *connection, deadline, "verify", true);
    if (!snapshot) return snapshot.error();
    // What this process remembers of the tail is no proof of what stands in the file.
    if (auto tail = snapshot->own_tail(snapshot->watermark); !tail) return tail.error();
    const double steps = static_cast<double>(table_checks().size() + row_checks().size() + 1);
    for (const auto* checks : {&table_checks(), &row_checks()})
      for (const NamedCheck& named : *checks) {
        if (progress) progress(named.what, static_cast<double>(report.checks.size()) / steps);
        if (shared.clock.steady_now() >= deadline)
          return Error{ErrorCode::timeout, "verify did not finish before its deadline; allow it more time", 0, {}};
        if (auto done = run_check(named, *snapshot, report); !done) return done.error();
      }
  }
  if (auto done = check_search(shared, *connection, deadline, report); !done) return done.error();
  if (progress) progress("done", 1);
  return report;
}

}  // namespace

Result<VerifyReport> verify(const Book& book, Clock::SteadyPoint deadline, const Progress& progress) {
  return or_out_of_memory([&] { return check_all(book, deadline, progress); });
}

}  // namespace commonbook::storage
