#include "commonbook/storage/book.hpp"

#include "book/book_shared.hpp"
#include "book/schema.hpp"
#include "book/schema_sql.hpp"
#include "commonbook/model/sometimes.hpp"
#include "engine/out_of_memory.hpp"

#include <spdlog/spdlog.h>

#include <sys/stat.h>

namespace commonbook::storage {
namespace {

std::int64_t bytes_of_file(const std::filesystem::path& path) noexcept {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::int64_t>(status.st_size) : 0;
}

std::filesystem::path wal_of(const std::filesystem::path& database) { return database.string() + "-wal"; }

constexpr std::int64_t blank_bytes_max = 4096;  // a page, as earlier versions made them; now two

// True where another process is making the file right now, or was killed while it did: no identity, no table. A file of
// so few pages has no table of ours but those that its log may hold.
Result<bool> is_blank(const GuardedFile& file, const Clock& clock, Clock::SteadyPoint deadline) {
  if (bytes_of_file(file.path) > blank_bytes_max) return false;
  if (bytes_of_file(wal_of(file.path)) == 0) return true;
  ConnectionOptions look;
  look.path = file.path;
  look.role = Role::reader;
  look.clock = &clock;
  auto connection = Connection::open(look, deadline);
  if (!connection) return connection.error();
  const auto objects = connection->query_int("SELECT count(*) FROM sqlite_schema");
  if (!objects) return objects.error();
  const auto application = connection->query_int("PRAGMA application_id");
  if (!application) return application.error();
  return *objects == 0 || *application == application_id;
}

Error foreign() {
  return {ErrorCode::foreign_file, "the file is a database of another program; choose another path", 0, {}};
}

// @returns  true where the header is ours, false where there is none yet.
Result<bool> look_at_header(const GuardedFile& file, std::int64_t version_max, const Clock& clock,
                            Clock::SteadyPoint deadline) {
  const std::int64_t wal_bytes = bytes_of_file(wal_of(file.path));
  const auto header = peek_header(file.path, clock, deadline);
  if (!header) return header.error();
  if (header->empty) {
    if (wal_bytes == 0) return false;
    return Error{ErrorCode::corrupt, "the database is empty, but has a write-ahead log; restore a backup", 0, {}};
  }
  if (wal_bytes > 0) sometimes("log_found_on_open");
  if (header->application == application_id) {
    if (header->schema_version <= version_max) return true;
    return Error{ErrorCode::newer_schema,
                 "the file has schema version " + std::to_string(header->schema_version) +
                     ", this program knows up to " + std::to_string(version_max) + "; use a newer program",
                 0,
                 {}};
  }
  if (header->application != 0 || header->schema_version != 0) return foreign();
  const auto blank = is_blank(file, clock, deadline);
  if (!blank) return blank.error();
  if (!*blank) return foreign();
  return false;
}

// Decides before the file is opened for writing, so that a refusal leaves it as it was (P10).
Result<void> check_header(const GuardedFile& file, const BookOptions& options, const Clock& clock,
                          Clock::SteadyPoint deadline) {
  if (file.created) return {};
  const std::int64_t version_max = (options.schema != nullptr ? *options.schema : own_schema()).version();
  auto ours = look_at_header(file, version_max, clock, deadline);
  // Whoever made it may have finished between two of the looks; then the second time is clear.
  if (!ours && ours.error().code == ErrorCode::foreign_file) ours = look_at_header(file, version_max, clock, deadline);
  if (!ours) return ours.error();
  if (*ours || options.create) return {};
  return Error{ErrorCode::not_found, "the file is empty; say `create` to make a book of it", 0, {}};
}

Result<std::shared_ptr<detail::BookShared>> open_shared(const BookOptions& options, const Clock& clock,
                                                        Clock::SteadyPoint deadline) {
  auto file = guard_file({options.path, options.create, options.unknown_file_system_ok});
  if (!file) return file.error();
  if (auto known = check_header(*file, options, clock, deadline); !known) return known.error();

  BookOptions absolute = options;
  absolute.path = file->path;
  auto shared = std::make_shared<detail::BookShared>(std::move(absolute), clock, std::move(*file));
  FileIdentity identity = shared->file.identity;
  identity.virtual_process = shared->options.virtual_process;
  shared->gate = WriteGate::of_file(identity);
  if (auto turnstile = ProcessTurnstile::open(shared->file.path)) {
    shared->turnstile = std::move(*turnstile);
  } else {
    // It only makes waiting fair, so the book does without.
    spdlog::warn("no turnstile beside {}: {}", shared->file.path.string(), to_string(turnstile.error()));
  }

  auto hold = shared->gate->enter("open", deadline, clock);
  if (!hold) return hold.error();
  auto keeper = shared->connect(Role::maintenance, deadline);
  if (!keeper) return keeper.error();
  shared->keeper = std::move(*keeper);
  auto ready = ensure_schema(*shared->keeper, *hold, shared->turnstile.get(), shared->turnstile_counters, deadline,
                             clock, shared->schema());
  if (!ready) return ready.error();
  const auto triple_rows = shared->keeper->query_int("SELECT triple_rows FROM meta WHERE id = 1");
  if (!triple_rows) return triple_rows.error();
  shared->triple_rows = *triple_rows;
  const auto tail_rows = shared->keeper->query_int(
      "SELECT coalesce((SELECT max(seq) FROM assertion), watermark) - watermark FROM meta WHERE id = 1");
  if (!tail_rows) return tail_rows.error();
  shared->tail_rows = *tail_rows;
  shared->keeper->clear_deadline();
  return shared;
}

}  // namespace

Result<Book> Book::open(const BookOptions& options, const Clock& clock, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&]() -> Result<Book> {
    auto shared = open_shared(options, clock, deadline);
    if (!shared) return shared.error();
    return Book{std::move(*shared)};
  });
}

const BookOptions& Book::options() const noexcept { return shared_->options; }

BookCounters Book::counters() const noexcept {
  const GateCounters gate = shared_->gate->counters();
  BookCounters counters;
  counters.commits = shared_->commits;
  counters.observations = shared_->observations;
  counters.entities_created = shared_->entities_created;
  counters.alias_cache_hits = shared_->alias_cache_hits;
  counters.alias_conflicts_resolved = shared_->alias_conflicts_resolved;
  counters.gate_entries = gate.entries;
  counters.gate_waits = gate.waits;
  counters.gate_recursions = gate.recursions;
  counters.gate_hold_us_max = gate.hold_us_max;
  counters.turnstile_waits = shared_->turnstile_counters.waits;
  counters.turnstile_passed_by = shared_->turnstile_counters.passed_by;
  counters.busy_waits = shared_->busy_waits;
  counters.compaction_slices = shared_->compaction_slices;
  counters.compaction_passes = shared_->compaction_passes;
  counters.suggestions_written = shared_->suggestions_written;
  counters.checkpoints = shared_->checkpoints;
  counters.checkpoint_barriers = shared_->checkpoint_barriers;
  return counters;
}

std::int64_t Book::wal_bytes() const noexcept { return shared_->log_bytes(); }

std::int64_t Book::tail_rows() const noexcept { return shared_->tail_rows; }

std::chrono::milliseconds Book::oldest_reader_age() const noexcept {
  const Clock::SteadyPoint oldest = shared_->barrier.oldest();
  if (oldest == Clock::SteadyPoint{}) return std::chrono::milliseconds{0};
  return std::chrono::duration_cast<std::chrono::milliseconds>(shared_->clock.steady_now() - oldest);
}

std::vector<OpenReader> Book::open_readers(std::chrono::milliseconds at_least) const {
  const auto now = shared_->clock.steady_now();
  std::vector<OpenReader> readers;
  for (const SnapshotBarrier::Held& held : shared_->barrier.held()) {
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - held.since);
    if (age >= at_least) readers.push_back({std::string{held.who}, age, held.may_last});
  }
  return readers;
}

ForeignReader Book::foreign_reader() const {
  const auto since = shared_->foreign_readers.since();
  if (!since) return {};
  return {std::chrono::duration_cast<std::chrono::milliseconds>(shared_->clock.steady_now() - *since),
          processes_reading_log(shared_->options.path)};
}

GateState Book::gate() const { return shared_->gate->state(); }

DiskState Book::disk() const {
  const DiskRoom& room = shared_->disk_room;
  return {room.free_bytes(), room.is_low(), room.reserve_bytes()};
}

void Book::stop_waiting() noexcept { shared_->clock.stop(); }

bool Book::is_tail_too_long() const noexcept {
  return shared_->tail_rows > 2 * shared_->compaction_rows() || shared_->overlay.is_full();
}

}  // namespace commonbook::storage
