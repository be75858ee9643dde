#include "storage_steps.hpp"

#include <algorithm>

namespace commonbook::sim::explorer {
namespace {

constexpr std::uint16_t committed = static_cast<std::uint16_t>(Thing::committed);
constexpr std::uint16_t writer_lock = static_cast<std::uint16_t>(Thing::writer_lock);
constexpr std::uint16_t turnstile = static_cast<std::uint16_t>(Thing::turnstile);
constexpr std::uint16_t gate = static_cast<std::uint16_t>(Thing::gate);
constexpr std::uint16_t memory = static_cast<std::uint16_t>(Thing::memory);
constexpr std::uint16_t barrier = static_cast<std::uint16_t>(Thing::barrier);
constexpr std::uint16_t end_of_transaction = writer_lock | turnstile | gate | barrier;

// Between BEGIN IMMEDIATE and COMMIT a thread reads and writes what no other can change or see: SQLite's writer lock is
// taken as given here. (Schedules that don't rest on it are those of reduce = false.) What it shares even then is the
// memory of its process. Commits count as writing what open snapshots read, so that isolation is explored, not assumed.
constexpr StorageStep steps[] = {
    {"start", 0, 0},
    // what a variant begins with
    {"begin.find_or_create", committed, memory},
    {"begin.store", committed, memory},
    {"begin.retract", 0, gate},
    {"begin.compaction_slice", committed, memory},
    {"begin.checkpoint", 0, gate},
    {"begin.answer", committed, memory | barrier},
    // find or create
    {"foc.after_lookup", committed, memory},
    {"foc.before_lock", 0, gate},
    {"foc.after_lock", 0, memory},
    {"foc.after_recheck", 0, 0},
    {"foc.before_insert", 0, 0},
    {"foc.after_insert", 0, memory},
    // a write transaction
    {"gate", 0, gate},
    {"store.before_begin", 0, 0},
    {"transaction.before_turnstile", 0, turnstile},
    {"turnstile", 0, turnstile},
    {"transaction.before_begin", committed, writer_lock},
    {"busy", committed, writer_lock},
    {"transaction.begun", 0, 0},
    {"store.after_begin", 0, 0},
    {"store.before_append", 0, memory},
    {"store.before_commit", 0, 0},
    {"transaction.before_commit", 0, committed | writer_lock},
    {"transaction.committed", 0, turnstile | gate | barrier},
    {"transaction.before_rollback", 0, end_of_transaction},
    {"store.after_commit", 0, 0},
    {"store.before_publish", 0, memory | gate},
    {"retract.after_mark", 0, 0},
    // compaction
    {"compact.before_slice", 0, gate},
    {"compact.before_watermark", 0, 0},
    {"compact.after_slice", committed, memory},
    // checkpoint
    {"checkpoint.before_copy", 0, committed | barrier},
    {"checkpoint.barrier_closed", 0, 0},
    {"barrier", committed, memory | barrier},
    {"readers", 0, barrier},
    // reading
    {"read.after_begin", committed, memory | barrier},
};

}  // namespace

std::span<const StorageStep> storage_steps() { return steps; }

Touched touched_by(std::string_view step, std::size_t process) {
  constexpr std::uint16_t of_file = committed | writer_lock | turnstile;
  const auto found = std::find_if(std::begin(steps), std::end(steps), [&](const auto& row) { return row.name == step; });
  if (found == std::end(steps)) return {};
  // The things of each process have bits of their own, three apart.
  const auto spread = [process](std::uint16_t things) {
    const std::uint64_t own = static_cast<std::uint64_t>(things & ~of_file) >> 3U;
    return static_cast<std::uint64_t>(things & of_file) | own << (3U + 3U * process);
  };
  return {spread(found->reads), spread(found->writes)};
}

}  // namespace commonbook::sim::explorer
