#include "book/overlay.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace commonbook::storage {
namespace {

// A row, its two index entries, and their share of the hash tables; the object's text comes on top.
constexpr std::size_t row_bytes = sizeof(TailRow) + 64;

std::size_t bytes_of(const TailRow& row) {
  const auto* text = std::get_if<std::string>(&row.object);
  return row_bytes + (text != nullptr ? text->capacity() : 0);
}

std::size_t hash_of(const RowObject& object) { return std::hash<RowObject>{}(object); }

using Index = std::unordered_map<std::size_t, std::vector<const TailRow*>>;

bool by_seq(const TailRow* row, std::int64_t seq) { return row->seq <= seq; }

}  // namespace

// Rows stay where they are while others come and go at the ends of a deque, so the indexes hold pointers.
struct Overlay::Impl {
  explicit Impl(std::size_t bytes_max_in) : bytes_max(bytes_max_in) {}

  mutable std::shared_mutex mutex;
  const std::size_t bytes_max;
  std::int64_t epoch = 0;
  std::size_t bytes = 0;
  bool refused = false;  // rows were turned away for want of room
  std::deque<TailRow> rows;
  Index by_subject;
  Index by_object;  // by hash: a visit compares the object

  void clear() {
    rows.clear();
    by_subject.clear();
    by_object.clear();
    bytes = 0;
    refused = false;
  }

  void add_to_indexes(const TailRow& row) {
    by_subject[static_cast<std::size_t>(row.subject)].push_back(&row);
    by_object[hash_of(row.object)].push_back(&row);
    bytes += bytes_of(row);
  }

  void rebuild_indexes() {
    by_subject.clear();
    by_object.clear();
    bytes = 0;
    for (const TailRow& row : rows) add_to_indexes(row);
  }

  template <class Visit>
  static void visit_index(const Index& index, std::size_t key, std::int64_t low, std::int64_t high, Visit visit) {
    const auto found = index.find(key);
    if (found == index.end()) return;
    const auto& run = found->second;
    for (auto at = std::lower_bound(run.begin(), run.end(), low, by_seq); at != run.end() && (*at)->seq <= high; ++at) {
      visit(**at);
    }
  }
};

Overlay::Overlay(std::size_t bytes_max) : impl_(std::make_unique<Impl>(bytes_max)) {}
Overlay::~Overlay() = default;

void Overlay::append(std::int64_t epoch, const std::vector<TailRow>& rows) {
  if (rows.empty()) return;
  const std::unique_lock guard{impl_->mutex};
  if (epoch < impl_->epoch) return;
  if (epoch > impl_->epoch) {
    impl_->clear();
    impl_->epoch = epoch;
  }
  const std::int64_t last = impl_->rows.empty() ? rows.front().seq - 1 : impl_->rows.back().seq;
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
    for (auto at = fresh; at != rows.end(); ++at) impl_->add_to_indexes(impl_->rows.emplace_back(*at));
  } catch (const std::bad_alloc&) {
    impl_->clear();  // a row without its index entries would be missing from answers; the file has them all
    throw;
  }
}

std::int64_t Overlay::last(std::int64_t epoch) const {
  const std::shared_lock guard{impl_->mutex};
  return impl_->epoch != epoch || impl_->rows.empty() ? 0 : impl_->rows.back().seq;
}

std::int64_t Overlay::first(std::int64_t epoch) const {
  const std::shared_lock guard{impl_->mutex};
  return impl_->epoch != epoch || impl_->rows.empty() ? 0 : impl_->rows.front().seq;
}

void Overlay::drop_until(std::int64_t watermark) {
  const std::unique_lock guard{impl_->mutex};
  impl_->refused = false;
  if (impl_->rows.empty() || impl_->rows.front().seq > watermark) return;
  while (!impl_->rows.empty() && impl_->rows.front().seq <= watermark) impl_->rows.pop_front();
  // What is left after a pass is short, so building anew costs less than taking single entries out.
  try {
    impl_->rebuild_indexes();
  } catch (const std::bad_alloc&) {
    impl_->clear();
    throw;
  }
}

void Overlay::visit_subject(std::int64_t subject, std::int64_t low, std::int64_t high,
                            const std::function<void(const TailRow&)>& visitor) const {
  const std::shared_lock guard{impl_->mutex};
  Impl::visit_index(impl_->by_subject, static_cast<std::size_t>(subject), low, high, visitor);
}

void Overlay::visit_object(const RowObject& object, std::int64_t low, std::int64_t high,
                           const std::function<void(const TailRow&)>& visitor) const {
  const std::shared_lock guard{impl_->mutex};
  Impl::visit_index(impl_->by_object, hash_of(object), low, high, [&](const TailRow& row) {
    if (row.object == object) visitor(row);
  });
}

void Overlay::visit_all(std::int64_t low, std::int64_t high,
                        const std::function<void(const TailRow&)>& visitor) const {
  const std::shared_lock guard{impl_->mutex};
  auto at = std::lower_bound(impl_->rows.begin(), impl_->rows.end(), low,
                             [](const TailRow& row, std::int64_t seq) { return row.seq <= seq; });
  for (; at != impl_->rows.end() && at->seq <= high; ++at) visitor(*at);
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
