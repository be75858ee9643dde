#include "book/book_shared.hpp"

#include "book/schema.hpp"
#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/jitter.hpp"

#include <algorithm>

#include <sys/stat.h>

namespace commonbook::storage::detail {

namespace {
constexpr std::int64_t compaction_rows_max = 512 * 1024;
constexpr std::chrono::seconds reading_time{60};  // who has asked lately is expected to ask again
}

const SchemaTable& BookShared::schema() const noexcept {
  return options.schema != nullptr ? *options.schema : own_schema();
}

std::int64_t BookShared::compaction_rows() const noexcept {
  return std::min(std::max(options.compaction_rows_min, triple_rows.load(std::memory_order_relaxed) / 8),
                  compaction_rows_max);
}

bool BookShared::is_read() const noexcept {
  const auto last = last_read.load(std::memory_order_relaxed);
  return last != Clock::SteadyPoint::duration::min() && clock.steady_now().time_since_epoch() - last < reading_time;
}

std::int64_t BookShared::log_bytes() const noexcept {
  struct stat log {};
  return ::stat(log_path.c_str(), &log) == 0 ? log.st_size : 0;
}

Result<void> BookShared::admit_write() {
  if (auto room = disk_room.admit(); !room) return room;
  const std::int64_t most = log_bytes_max.load(std::memory_order_relaxed);
  if (most == 0 || log_bytes() <= most) return {};
  return Error{ErrorCode::overloaded, "a copy of the book is being made, and the log has grown as far as the disk allows",
               0, std::chrono::milliseconds{200}};
}

Result<void> BookShared::let_checkpoint_catch_up(Clock::SteadyPoint deadline) {
  const std::int64_t mark = options.wal_soft_mark_bytes / 2 * 3;
  Jitter jitter;
  // What a copy of the book keeps in the log no checkpoint can shorten; it has a bound of its own.
  while (checkpoints_ahead.load(std::memory_order_relaxed) > 0 && !barrier.is_anyone_outside()) {
    if (log_bytes() <= mark) return {};
    sometimes("log_waits_for_checkpoint");
    if (clock.steady_now() >= deadline)
      return Error{ErrorCode::busy, "the log grows faster than the disk takes it: a checkpoint is catching up", 0,
                   std::chrono::milliseconds{200}};
    if (!wait_point("busy")) jitter.pause(clock, deadline);
  }
  return {};
}

Result<Connection> BookShared::connect(Role role, Clock::SteadyPoint deadline) {
  ConnectionOptions connection;
  connection.path = options.path;
  connection.role = role;
  connection.cache_kib = role == Role::reader ? options.reader_cache_kib : options.cache_kib;
  connection.clock = &clock;
  connection.on_busy_wait = [this] { busy_waits.fetch_add(1, std::memory_order_relaxed); };
  connection.file_layer = options.file_layer;
  connection.schema_version_max = schema().version();
  return Connection::open(connection, deadline);
}

}  // namespace commonbook::storage::detail
