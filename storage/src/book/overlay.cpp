#include "book/overlay.hpp"

#include <algorithm>
#include <bit>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace commonbook::storage {
namespace {

// A row with its two links, and its share of the tables of chains. The object's text comes on top.
constexpr std::size_t row_bytes = sizeof(TailRow) + 48;

std::size_t bytes_of(const TailRow& row) {
  const auto* text = std::get_if<std::string>(&row.object);
  return row_bytes + (text != nullptr ? text->capacity() : 0);
}

constexpr std::size_t hash_of(std::int64_t id) noexcept {
  // Fibonacci hashing (Knuth, TAOCP vol. 3, 6.4): ids are dense, the high bits of the product are not.
  return static_cast<std::size_t>((static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15) >> 20);
}

std::size_t hash_of(const RowObject& object) {
  const auto* entity = std::get_if<std::int64_t>(&object);
  return entity != nullptr ? hash_of(*entity) : std::hash<std::string>{}(*std::get_if<std::string>(&object));
}

}  // namespace

// Rows are numbered in the order in which they came. Each is the head of two chains, towards older rows of the same slot
// of a table: one table by subject, one by object. So a row costs no allocation beyond its own text, and rows leave at
// the low end without a look at the tables: a link to a number that is gone ends the chain.
//
//   heads by subject [ 7 | 3 | - | 9 ]       row 9 -> row 4 -> row 1 (dropped: the end)
struct Overlay::Impl {
  explicit Impl(std::size_t bytes_max_in) : bytes_max(bytes_max_in) {}

  struct Entry {
    TailRow row;
    std::uint64_t older_by_subject = 0;  // 0: none
    std::uint64_t older_by_object = 0;
  };

  mutable std::shared_mutex mutex;
  const std::size_t bytes_max;
  std::int64_t epoch = 0;
  std::size_t bytes = 0;
  bool refused = false;  // rows were turned away for want of room
  std::uint64_t first_number = 1;  // of entries.front()
  std::deque<Entry> entries;
  std::vector<std::uint64_t> by_subject;  // as many slots as there may be rows, a power of two
  std::vector<std::uint64_t> by_object;

  void clear() {
    first_number += entries.size();
    entries.clear();
    bytes = 0;
    refused = false;
  }

  [[nodiscard]] const Entry* entry(std::uint64_t number) const {
    return number < first_number ? nullptr : &entries[static_cast<std::size_t>(number - first_number)];
  }

  static std::uint64_t& head(std::vector<std::uint64_t>& heads, std::size_t hash) {
    return heads[hash & (heads.size() - 1)];
  }

  void link(Entry& entry, std::uint64_t number) {
    entry.older_by_subject = std::exchange(head(by_subject, hash_of(entry.row.subject)), number);
    entry.older_by_object = std::exchange(head(by_object, hash_of(entry.row.object)), number);
  }

  // Makes room in the tables for `more` rows, so that linking them can't fail.
  void reserve(std::size_t more) {
    const std::size_t wanted = std::bit_ceil(std::max<std::size_t>(entries.size() + more, 1024));
    if (wanted <= by_subject.size()) return;
    std::vector<std::uint64_t> subjects(wanted, 0);
    std::vector<std::uint64_t> objects(wanted, 0);
    by_subject.swap(subjects);
    by_object.swap(objects);
    std::uint64_t number = first_number;
    for (Entry& each : entries) link(each, number++);
  }

  void add(TailRow&& row) {
    bytes += bytes_of(row);
    Entry& added = entries.emplace_back(Entry{std::move(row)});
    link(added, first_number + entries.size() - 1);
  }

  // The rows of a chain with low < seq <= high that `fits` wants, the oldest first.
  template <class Fits>
  void visit_chain(const std::vector<std::uint64_t>& heads, std::size_t hash, std::uint64_t Entry::*older,
                   std::int64_t low, std::int64_t high, Fits fits,
                   const std::function<void(const TailRow&)>& visitor) const {
    if (heads.empty()) return;
    std::vector<const TailRow*> found;
    const Entry* at = entry(heads[hash & (heads.size() - 1)]);
    for (; at != nullptr && at->row.seq > low; at = entry(at->*older))
      if (at->row.seq <= high && fits(at->row)) found.push_back(&at->row);
    for (auto row = found.rbegin(); row != found.rend(); ++row) visitor(**row);
  }
};

Overlay::Overlay(std::size_t bytes_max) : impl_(std::make_unique<Impl>(bytes_max)) {}
Overlay::~Overlay() = default;

void Overlay::append(std::int64_t epoch, std::vector<TailRow>&& rows) {
  if (rows.empty()) return;
  const std::unique_lock guard{impl_->mutex};
  if (epoch < impl_->epoch) return;
  if (epoch > impl_->epoch) {
    impl_->clear();
    impl_->epoch = epoch;
  }
  const std::int64_t last = impl_->entries.empty() ? rows.front().seq - 1 : impl_->entries.back().row.seq;
  const auto fresh = std::find_if(rows.begin(), rows.end(), [&](const TailRow& row) { return row.seq > last; });
  if (fresh == rows.end()) return;
  // Rows passed over must reach up to `last`, else rows of someone else lie between.
  if (fresh == rows.begin() && fresh->seq != last + 1) return;
  std::size_t needed = 0;
  for (auto at = fresh; at != rows.end(); ++at) needed += bytes_of(*at);
  if (impl_->bytes + needed > impl_->bytes_max) {
    impl_->refused = true;
    return;
  }
  try {
    impl_->reserve(static_cast<std::size_t>(rows.end() - fresh));
    for (auto at = fresh; at != rows.end(); ++at) impl_->add(std::move(*at));
  } catch (const std::bad_alloc&) {
    impl_->clear();  // half of a commit would be missing from answers; the file has it all
    throw;
  }
}

std::int64_t Overlay::last(std::int64_t epoch) const {
  const std::shared_lock guard{impl_->mutex};
  return impl_->epoch != epoch || impl_->entries.empty() ? 0 : impl_->entries.back().row.seq;
}

std::int64_t Overlay::first(std::int64_t epoch) const {
  const std::shared_lock guard{impl_->mutex};
  return impl_->epoch != epoch || impl_->entries.empty() ? 0 : impl_->entries.front().row.seq;
}

void Overlay::drop_until(std::int64_t watermark) {
  const std::unique_lock guard{impl_->mutex};
  impl_->refused = false;
  auto& entries = impl_->entries;
  while (!entries.empty() && entries.front().row.seq <= watermark) {
    impl_->bytes -= bytes_of(entries.front().row);
    entries.pop_front();
    ++impl_->first_number;
  }
}

void Overlay::visit_subject(std::int64_t subject, std::int64_t low, std::int64_t high,
                            const std::function<void(const TailRow&)>& visitor) const {
  const std::shared_lock guard{impl_->mutex};
  impl_->visit_chain(
      impl_->by_subject, hash_of(subject), &Impl::Entry::older_by_subject, low, high,
      [subject](const TailRow& row) { return row.subject == subject; }, visitor);
}

void Overlay::visit_object(const RowObject& object, std::int64_t low, std::int64_t high,
                           const std::function<void(const TailRow&)>& visitor) const {
  const std::shared_lock guard{impl_->mutex};
  impl_->visit_chain(
      impl_->by_object, hash_of(object), &Impl::Entry::older_by_object, low, high,
      [&object](const TailRow& row) { return row.object == object; }, visitor);
}

void Overlay::visit_all(std::int64_t low, std::int64_t high,
                        const std::function<void(const TailRow&)>& visitor) const {
  const std::shared_lock guard{impl_->mutex};
  auto at = std::lower_bound(impl_->entries.begin(), impl_->entries.end(), low,
                             [](const Impl::Entry& entry, std::int64_t seq) { return entry.row.seq <= seq; });
  for (; at != impl_->entries.end() && at->row.seq <= high; ++at) visitor(at->row);
}

std::size_t Overlay::bytes() const {
  const std::shared_lock guard{impl_->mutex};
  return impl_->bytes;
}

bool Overlay::is_full() const {
  const std::shared_lock guard{impl_->mutex};
  return impl_->refused || impl_->bytes >= impl_->bytes_max;
}

}  // namespace commonbook::storage
