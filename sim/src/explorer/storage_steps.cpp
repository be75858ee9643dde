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

// Between BEGIN IMMEDIATE and COMMIT a thread reads and writes what no other can change or see: SQLite's writer lock is
// taken as given here. (Schedules that don't rest on it are those of reduce = false.) What it shares even then is the
// memory of its process. Commits count as writing what open snapshots read, so that isolation is explored, not assumed.
constexpr StorageStep steps[] = {
    {"start"},
    // what a variant begins and ends with
    {"begin.find_or_create", committed, memory},
    {"end.find_or_create", committed},
    {"begin.store", committed, memory},
    {"begin.retract", 0, gate, true},
    {"begin.compaction_slice", committed, memory},
    {"begin.checkpoint", 0, gate, true},
    {"begin.answer", committed, memory | barrier},
    // find or create
    {"foc.after_lookup", committed, memory},
    {"foc.before_lock", 0, gate, true},
    {"foc.after_lock", 0, memory},
    {"foc.after_recheck"},
    {"foc.before_insert"},
    {"foc.after_insert", memory},
    // a write transaction
    {"gate", 0, gate},
    {"store.before_begin"},
    {"transaction.before_turnstile", 0, turnstile, true},
    {"turnstile", 0, turnstile},
    {"transaction.before_begin", committed, writer_lock, true},
    {"busy", committed, writer_lock},
    {"transaction.begun"},
    {"store.after_begin"},
    {"store.before_novelty", memory},
    {"store.before_append", memory},
    {"store.before_commit"},
    {"transaction.before_commit", 0, committed | writer_lock},
    {"transaction.committed", 0, turnstile},
    {"transaction.before_rollback", 0, writer_lock | turnstile | gate | barrier},
    {"store.after_commit"},
    {"store.before_publish", 0, memory | gate},
    {"store.before_sync"},
    {"retract.after_mark"},
    // compaction
    {"compact.before_slice", 0, gate, true},
    {"compact.before_watermark"},
    {"compact.after_commit", 0, gate},
    {"compact.after_slice", committed, memory},
    // checkpoint
    {"checkpoint.log_pinned", 0, committed},
    {"checkpoint.copied_ahead", 0, gate, true},
    {"checkpoint.before_copy", 0, committed | barrier},
    {"checkpoint.barrier_closed"},
    {"checkpoint.after_restart", 0, gate | barrier},
    {"barrier", committed, memory | barrier},
    {"readers", 0, barrier},
    // reading
    {"read.after_begin", committed, memory},
    {"read.before_overlay_append", committed, memory},
    {"read.before_tail", committed | memory},
    {"read.after_overlay", committed | memory},
    {"read.before_sorted", committed | memory},
    {"read.before_end", 0, barrier},
};

}  // namespace

std::span<const StorageStep> storage_steps() { return steps; }

Touched touched_by(std::string_view step, std::size_t process) {
  constexpr std::uint16_t of_file = committed | writer_lock | turnstile;
  const auto found =
      std::find_if(std::begin(steps), std::end(steps), [&](const auto& row) { return row.name == step; });
  if (found == std::end(steps)) return {};
  // The things of each process have bits of their own, three apart.
  const auto spread = [process](std::uint16_t things) {
    const std::uint64_t own = static_cast<std::uint64_t>(things & ~of_file) >> 3U;
    return static_cast<std::uint64_t>(things & of_file) | own << (3U + 3U * process);
  };
  return {spread(found->reads), spread(found->writes), found->tries};
}

}  // namespace commonbook::sim::explorer
