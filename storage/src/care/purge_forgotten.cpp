#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/forget.hpp"

#include "book/book_shared.hpp"
#include "engine/jitter.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <unistd.h>

namespace commonbook::storage {
namespace {

// A slice that does not get the writer lock in this time lets the loop look at the deadline again.
constexpr std::chrono::milliseconds slice_patience{2'000};

std::string owner_name() {
  std::random_device device;
  return "purge " + std::to_string(::getpid()) + " " + std::to_string(device()) + std::to_string(device());
}

Result<bool> is_pending(Connection& connection) {
  const auto pending = connection.query_int("SELECT purge_pending FROM meta WHERE id = 1");
  if (!pending) return pending.error();
  return *pending != 0;
}

bool is_passing(const Error& error) noexcept {
  return error.code == ErrorCode::busy || error.code == ErrorCode::timeout;
}

Result<PurgeReport> purge_forgotten_or_throw(const Book& book, Clock::SteadyPoint deadline, const Progress& progress) {
  detail::BookShared& shared = book.shared();
  auto connection = shared.connect(Role::reader, deadline);
  if (!connection) return connection.error();
  auto compactor = Compactor::open(book, owner_name(), deadline);
  if (!compactor) return compactor.error();
  auto checkpointer = Checkpointer::open(book, deadline);
  if (!checkpointer) return checkpointer.error();
  PurgeReport report;
  Jitter jitter;
  while (shared.clock.steady_now() < deadline) {
    connection->set_deadline(deadline);
    const auto pending = is_pending(*connection);
    if (!pending) return pending.error();
    if (!*pending) {
      report.done = true;
      break;
    }
    const auto until = std::min(deadline, shared.clock.steady_now() + slice_patience);
    const auto step = compactor->step(false, until);
    if (!step && !is_passing(step.error())) return step.error();
    if (step && step->outcome == CompactionOutcome::not_owner) report.by_another = true;
    if (!step || step->outcome == CompactionOutcome::not_owner) jitter.pause(shared.clock, deadline);
    if (step) {
      report.rows += step->purge_rows;
      report.slices += step->outcome == CompactionOutcome::slice || step->outcome == CompactionOutcome::finished ? 1 : 0;
      if (progress) progress("purge, " + std::to_string(report.rows) + " rows deleted", 0.5);
    }
    if (!checkpointer->is_due()) continue;
    const auto copied = checkpointer->run(until);
    if (!copied && !is_passing(copied.error())) return copied.error();
  }
  return report;
}

}  // namespace

Result<PurgeReport> purge_forgotten(const Book& book, Clock::SteadyPoint deadline, const Progress& progress) {
  return or_out_of_memory([&] { return purge_forgotten_or_throw(book, deadline, progress); });
}

}  // namespace commonbook::storage
