#include "book/overlay_rows.hpp"

#include <limits>

namespace commonbook::storage {
namespace {

struct HasSubject {
  std::int64_t subject;
  bool operator()(const TailRow& row) const { return row.subject == subject; }
};

struct HasObject {
  const RowObject& object;
  bool operator()(const TailRow& row) const { return row.object == object; }
};

}  // namespace

void Overlay::Impl::append(std::int64_t of_epoch, std::int64_t after, std::vector<TailRow>&& rows) {
  if (rows.empty()) return;
  if (of_epoch < epoch) return;
  if (of_epoch > epoch) {
    clear();
    epoch = of_epoch;
  }
  // What is held for a pin alone must not keep out what follows another process's pass.
  if (!entries.empty() && after > entries.back().row.seq && entries.back().row.seq <= compacted) clear();
  const std::int64_t last = entries.empty() ? after : entries.back().row.seq;
  if (after <= watched || entries.empty()) tell_watcher(after, rows);
  if (after > last) {  // rows of someone else lie between
    lost = watched;
    return;
  }
  const auto fresh = std::find_if(rows.begin(), rows.end(), [&](const TailRow& row) { return row.seq > last; });
  if (fresh == rows.end()) return;
  std::size_t needed = 0;
  for (auto at = fresh; at != rows.end(); ++at) needed += bytes_of(*at);
  if (bytes + needed > bytes_max) {
    refused = true;
    lost = watched;
    return;
  }
  try {
    for (auto at = fresh; at != rows.end(); ++at) add(std::move(*at));
  } catch (const std::bad_alloc&) {
    clear();  // half of a commit would be missing from answers; the file has it all
    throw;
  }
}

// Rows that were read behind a gap say nothing of those in it, so what was watched before ends there.
void Overlay::Impl::tell_watcher(std::int64_t after, const std::vector<TailRow>& rows) {
  if (!watcher) return;
  if (after > watched) watched_since = after;
  for (const TailRow& row : rows)
    if (row.seq > watched) watcher(row);
  watched = std::max(watched, rows.back().seq);
}

void Overlay::Impl::drop_until(std::int64_t watermark) {
  refused = false;
  compacted = std::max(compacted, watermark);
  {
    const std::lock_guard guard{pin_mutex};
    watermark = pins.empty() || bytes >= bytes_max / 2 ? compacted : std::min(compacted, *pins.begin());
    drop_waits.store(watermark < compacted, std::memory_order_relaxed);
  }
  lost = std::max(lost, std::min(watermark, watched));
  if (entries.empty() || entries.front().row.seq > watermark) return;
  if (entries.back().row.seq <= watermark) {
    clear();
    return;
  }
  dropped = std::max(dropped, watermark);
  const auto is_compacted = [&](std::size_t count) {
    return count <= entries.size() && entries[count - 1].row.seq <= watermark;
  };
  for (;;) {
    const std::uint64_t of_run = run_rows - first_number % run_rows;
    if (!is_compacted(static_cast<std::size_t>(of_run))) return;
    for (std::uint64_t left = of_run; left > 0; --left) {
      bytes -= bytes_of(entries.front().row);
      entries.pop_front();
      ++first_number;
    }
    linked = std::max(linked, first_number);
  }
}

// In the order of commits, as if each had appended on its own.
void Overlay::Impl::settle() {
  if (queued_rows.load(std::memory_order_acquire) == 0) return;
  std::vector<Queued> taken;
  {
    const std::lock_guard guard{queue_mutex};
    taken.swap(queue);
    queued_rows.store(0, std::memory_order_relaxed);
  }
  for (Queued& commit : taken) {
    // Another process's pass may have moved the watermark past all that is held; what follows would leave a gap.
    const std::int64_t held = epoch != commit.epoch || entries.empty() ? 0 : entries.back().row.seq;
    if (is_full() || (held != 0 && held <= commit.watermark)) drop_until(commit.watermark);
    const std::int64_t after = commit.rows.front().seq - 1;
    append(commit.epoch, after, std::move(commit.rows));
  }
}

Overlay::Overlay(std::size_t bytes_max, Watcher watcher) : impl_(std::make_unique<Impl>(bytes_max, std::move(watcher))) {}
Overlay::~Overlay() = default;

void Overlay::queue(std::int64_t epoch, std::int64_t watermark, std::vector<TailRow>&& rows) {
  const std::size_t more = rows.size();
  if (more == 0) return;
  const std::lock_guard guard{impl_->queue_mutex};
  impl_->queue.push_back({epoch, watermark, std::move(rows)});
  impl_->queued_rows.fetch_add(more, std::memory_order_release);
}

void Overlay::append(std::int64_t epoch, std::int64_t after, std::vector<TailRow>&& rows) {
  const std::unique_lock guard{impl_->mutex};
  impl_->settle();
  impl_->append(epoch, after, std::move(rows));
}

// Chains lead to older rows only, so all are linked anew.
void Overlay::prepend(std::int64_t epoch, std::int64_t low, std::int64_t first, std::vector<TailRow>&& rows) {
  const std::unique_lock guard{impl_->mutex};
  impl_->settle();
  if (epoch != impl_->epoch || impl_->first_seq() != first || low < impl_->compacted) return;
  std::size_t needed = 0;
  for (const TailRow& row : rows) needed += bytes_of(row);
  if (impl_->bytes + needed > impl_->bytes_max) {
    impl_->refused = true;
    return;
  }
  try {
    std::deque<Impl::Entry> later = std::move(impl_->entries);
    impl_->first_number += later.size();
    impl_->entries.clear();
    impl_->linked = impl_->first_number;
    impl_->bytes = 0;
    impl_->dropped = 0;
    for (TailRow& row : rows) impl_->add(std::move(row));
    for (Impl::Entry& entry : later)
      if (entry.row.seq >= first) impl_->add(std::move(entry.row));
  } catch (const std::bad_alloc&) {
    impl_->clear();
    throw;
  }
}

std::int64_t Overlay::last(std::int64_t epoch) const {
  const auto guard = impl_->lock_settled();
  return impl_->epoch != epoch || impl_->entries.empty() ? 0 : impl_->entries.back().row.seq;
}

std::int64_t Overlay::first(std::int64_t epoch) const {
  const auto guard = impl_->lock_settled();
  return impl_->epoch != epoch ? 0 : impl_->first_seq();
}

void Overlay::drop_until(std::int64_t watermark) {
  {
    const std::shared_lock guard{impl_->mutex};
    if (watermark <= impl_->compacted) return;
  }
  const std::unique_lock guard{impl_->mutex};
  impl_->settle();
  impl_->drop_until(watermark);
}

void Overlay::settle_many() {
  {
    const std::shared_lock guard{impl_->mutex};
    if (!impl_->refused && impl_->queued_rows.load(std::memory_order_relaxed) < unsettled_max) return;
  }
  const std::unique_lock guard{impl_->mutex};
  impl_->settle();
}

void Overlay::link_for_readers() {
  {
    const std::shared_lock guard{impl_->mutex};
    const std::size_t queued = impl_->queued_rows.load(std::memory_order_relaxed);
    if (!impl_->refused && queued + impl_->next_number() - impl_->linked < unlinked_max) return;
  }
  const std::unique_lock guard{impl_->mutex};
  impl_->settle();
  impl_->link_all();
}

void Overlay::visit_subject(std::int64_t subject, std::int64_t low, std::int64_t high,
                            const std::function<void(const TailRow&)>& visitor) const {
  const auto guard = impl_->lock_linked(high);
  impl_->visit_end(of_subject, hash_of(subject), low, high, HasSubject{subject}, visitor);
}

void Overlay::visit_object(const RowObject& object, std::int64_t low, std::int64_t high,
                           const std::function<void(const TailRow&)>& visitor) const {
  const auto guard = impl_->lock_linked(high);
  impl_->visit_end(of_object, hash_of(object), low, high, HasObject{object}, visitor);
}

void Overlay::visit_newest(const RowEnd& end, std::int64_t predicate, std::int64_t low, std::int64_t high,
                           const std::function<bool(const TailRow&)>& visitor) const {
  const auto guard = impl_->lock_linked(high);
  const std::size_t hash = hash_of(end.value);
  if (end.is_subject)
    impl_->rows_of(of_subject, hash, predicate, low, high, HasSubject{std::get<std::int64_t>(end.value)}, visitor);
  else
    impl_->rows_of(of_object, hash, predicate, low, high, HasObject{end.value}, visitor);
}

std::vector<std::int64_t> Overlay::predicates(const RowEnd& end, std::int64_t low, std::int64_t high) const {
  const auto guard = impl_->lock_linked(high);
  if (impl_->entries.empty() || impl_->entries.back().row.seq <= low) return {};
  const std::size_t hash = hash_of(end.value);
  if (end.is_subject)
    return impl_->predicates_of(predicates_of_subject, hash, high, HasSubject{std::get<std::int64_t>(end.value)});
  return impl_->predicates_of(predicates_of_object, hash, high, HasObject{end.value});
}

bool Overlay::is_named(std::int64_t entity, std::int64_t low, std::int64_t high) const {
  const auto guard = impl_->lock_linked(high);
  if (impl_->entries.empty() || impl_->entries.back().row.seq <= low) return false;
  const std::size_t hash = hash_of(entity);
  const RowObject object{entity};
  bool found = false;
  const auto find = [&](Chain chain, auto has) {
    for (const std::int64_t predicate : impl_->predicates_of(static_cast<Chain>(chain + predicates_of_subject), hash, high, has))
      impl_->rows_of(chain, hash, predicate, low, high, has, [&found](const TailRow&) {
        found = true;
        return false;
      });
  };
  find(of_subject, HasSubject{entity});
  if (!found) find(of_object, HasObject{object});
  return found;
}

void Overlay::visit_all(std::int64_t low, std::int64_t high,
                        const std::function<void(const TailRow&)>& visitor) const {
  const auto guard = impl_->lock_settled();
  auto at = std::lower_bound(impl_->entries.begin(), impl_->entries.end(), std::max(low, impl_->dropped),
                             [](const Impl::Entry& entry, std::int64_t seq) { return entry.row.seq <= seq; });
  for (; at != impl_->entries.end() && at->row.seq <= high; ++at) visitor(at->row);
}

std::size_t Overlay::bytes() const {
  const auto guard = impl_->lock_settled();
  return impl_->bytes;
}

std::int64_t Overlay::watched_from(std::int64_t epoch, std::int64_t through) const {
  const auto guard = impl_->lock_settled();
  return impl_->epoch == epoch && impl_->watched >= through ? impl_->watched_since : std::numeric_limits<std::int64_t>::max();
}

// What is lost only while it is looked for was held above `after` a moment ago: that it is not found is no answer then.
template <class Look>
bool Overlay::is_answered(std::int64_t after, Look look) const {
  {
    const auto guard = impl_->lock_settled();
    if (impl_->watched_since > after) return false;
    if (impl_->watched <= after) return true;
    if (impl_->lost > after) return false;
  }
  const bool answer = look();
  const std::shared_lock guard{impl_->mutex};
  return answer && impl_->lost <= after;
}

bool Overlay::is_untouched(std::int64_t entity, std::int64_t after) const {
  return is_answered(after, [&] { return !is_named(entity, after, std::numeric_limits<std::int64_t>::max()); });
}

bool Overlay::lacks_predicates(std::int64_t subject, std::int64_t after,
                               const std::function<bool(std::int64_t)>& fits) const {
  return is_answered(after, [&] {
    const auto found = predicates({true, subject}, after, std::numeric_limits<std::int64_t>::max());
    return std::none_of(found.begin(), found.end(), fits);
  });
}

Overlay::Pin Overlay::pin(std::int64_t watermark) {
  const std::lock_guard guard{impl_->pin_mutex};
  impl_->pins.insert(watermark);
  return Pin{*this, watermark};
}

void Overlay::unpin(std::int64_t watermark) noexcept {
  {
    const std::lock_guard guard{impl_->pin_mutex};
    impl_->pins.erase(impl_->pins.find(watermark));
  }
  if (!impl_->drop_waits.load(std::memory_order_relaxed)) return;
  const std::unique_lock guard{impl_->mutex};
  impl_->drop_until(impl_->compacted);
}

bool Overlay::is_full() const { return impl_->is_full(); }

}  // namespace commonbook::storage
