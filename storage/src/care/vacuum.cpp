#include "commonbook/storage/vacuum.hpp"

#include "book/book_shared.hpp"
#include "commonbook/model/yield_point.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "engine/transaction.hpp"
#include "engine/vacuum.hpp"
#include "engine/out_of_memory.hpp"

#include <string>

#include <sys/statvfs.h>

namespace commonbook::storage {
namespace {

class Vacuuming {
 public:
  Vacuuming(detail::BookShared& shared, Connection& connection, Clock::SteadyPoint deadline)
      : shared_(shared), connection_(connection), deadline_(deadline) {}

  Result<void> measure(std::int64_t& bytes, std::int64_t* free_bytes) {
    const auto size = connection_.query_int("PRAGMA page_size");
    if (!size) return size.error();
    const auto pages = connection_.query_int("PRAGMA page_count");
    if (!pages) return pages.error();
    bytes = *pages * *size;
    if (free_bytes == nullptr) return {};
    const auto unused = connection_.query_int("PRAGMA freelist_count");
    if (!unused) return unused.error();
    *free_bytes = *unused * *size;
    return {};
  }

  // The log takes a copy of the file, and so does the temporary database, which may be on the same disk.
  Result<void> require_space(std::int64_t bytes) const {
    struct statvfs found {};
    if (::statvfs(shared_.options.path.parent_path().c_str(), &found) != 0) return {};  // then SQLite says what is wrong
    const auto available = static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize;
    if (available >= 2 * static_cast<std::uint64_t>(bytes)) return {};
    return Error{ErrorCode::disk_full,
                 "vacuum needs " + std::to_string(2 * bytes) + " bytes beside the file, " + std::to_string(available) +
                     " are free; make room, or restore a backup on another disk, which is as compact",
                 0,
                 {}};
  }

  // @returns  whether anything was left to merge.
  Result<bool> merge_search() {
    auto hold = shared_.gate->enter("vacuum", deadline_, shared_.clock);
    if (!hold) return hold.error();
    auto transaction = Transaction::begin_immediate(connection_, *hold, shared_.turnstile.get(),
                                                    shared_.turnstile_counters, deadline_, shared_.clock);
    if (!transaction) return transaction.error();
    const auto before = connection_.query_int("SELECT total_changes()");
    if (!before) return before.error();
    // Negative: all parts into one, so many pages at a time.
    if (auto done = connection_.execute("INSERT INTO search(search, rank) VALUES ('merge', -64)"); !done)
      return done.error();
    const auto after = connection_.query_int("SELECT total_changes()");
    if (!after) return after.error();
    if (*after - *before < 2) return false;  // as the manual of FTS5 has it
    if (auto done = transaction->commit(); !done) return done.error();
    return true;
  }

  Result<void> write_anew() {
    auto hold = shared_.gate->enter("vacuum", deadline_, shared_.clock);
    if (!hold) return hold.error();
    TurnstilePass pass;
    if (shared_.turnstile) pass = shared_.turnstile->pass(deadline_, shared_.clock, shared_.turnstile_counters);
    connection_.set_deadline(deadline_);
    if (auto done = connection_.check_schema_version(); !done) return done;
    yield_point("vacuum.before_write");
    return vacuum_database(connection_);
  }

 private:
  detail::BookShared& shared_;
  Connection& connection_;
  Clock::SteadyPoint deadline_;
};

Result<VacuumReport> vacuum_or_throw(const Book& book, Clock::SteadyPoint deadline, const Progress& progress) {
  const auto tell = [&progress](std::string_view step, double share) {
    if (progress) progress(step, share);
  };
  detail::BookShared& shared = book.shared();
  auto connection = shared.connect(Role::maintenance, deadline);
  if (!connection) return connection.error();
  auto checkpointer = Checkpointer::open(book, deadline);
  if (!checkpointer) return checkpointer.error();
  Vacuuming work{shared, *connection, deadline};
  VacuumReport report;
  if (auto done = work.measure(report.bytes_before, &report.free_bytes_before); !done) return done.error();
  if (auto room = work.require_space(report.bytes_before); !room) return room.error();
  tell("search index", 0.0);
  for (;;) {
    const auto more = work.merge_search();
    if (!more) return more.error();
    if (!*more) break;
    ++report.search_merges;
    if (!checkpointer->is_due()) continue;
    if (const auto copied = checkpointer->run(deadline); !copied) return copied.error();
  }
  tell("pages", 0.3);
  if (auto done = work.write_anew(); !done) return done.error();
  tell("log", 0.8);
  const auto copied = checkpointer->run(deadline);
  if (!copied) return copied.error();
  report.given_back = copied->frames_copied >= copied->frames_total;
  if (auto done = work.measure(report.bytes_after, nullptr); !done) return done.error();
  tell("done", 1.0);
  return report;
}

}  // namespace

Result<VacuumReport> vacuum(const Book& book, Clock::SteadyPoint deadline, const Progress& progress) {
  return or_out_of_memory([&] { return vacuum_or_throw(book, deadline, progress); });
}

}  // namespace commonbook::storage
