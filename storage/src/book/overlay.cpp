#include "book/overlay.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace commonbook::storage {
namespace {

constexpr std::size_t linked_at_once = 16;
constexpr std::uint64_t unlinked_max = 16'384;  // some 5 ms of work for whoever asks next

// A row with its links, and its share of the tables of chains. The object's text comes on top.
constexpr std::size_t row_bytes = sizeof(TailRow) + 48;

std::size_t bytes_of(const TailRow& row) {
  const auto* text = std::get_if<std::string>(&row.object);
  return row_bytes + (text != nullptr ? text->capacity() : 0);
}

// Fibonacci hashing (Knuth, TAOCP vol. 3, 6.4): ids are dense, the high bits of the product are not.
constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;

constexpr std::size_t hash_of(std::int64_t id) noexcept {
  return static_cast<std::size_t>((static_cast<std::uint64_t>(id) * spread) >> 20);
}

std::size_t hash_of(const RowObject& object) {
  const auto* entity = std::get_if<std::int64_t>(&object);
  return entity != nullptr ? hash_of(*entity) : std::hash<std::string>{}(*std::get_if<std::string>(&object));
}

std::size_t hash_of(std::size_t end, std::int64_t predicate) noexcept {
  return static_cast<std::size_t>(((end ^ (static_cast<std::uint64_t>(predicate) << 40)) * spread) >> 20);
}

// The kinds of chains: rows of one end and predicate, and of an end's rows one for each predicate and run.
enum Chain : std::size_t { of_subject = 0, of_object, predicates_of_subject, predicates_of_object, chain_count };

}  // namespace

// Rows are numbered in the order in which they came. Each may be the head of four chains, towards older rows of the same
// slot of a table. So a row costs no allocation beyond its own text, and rows leave at the low end without a look at the
// tables: a link to a number that is gone ends the chain.
//
//   rows of (subject, predicate)   [ 7 | 3 | - | 9 ]       row 9 -> row 4 -> row 1 (dropped: the end)
//   predicates of subject          [ - | 4 | - | - ]       the first row of each predicate in a run of run_rows rows
//
// The predicates of an end are read off the second kind, so that an entity that fills the tail need not be read whole.
// A run leaves whole, since the first row of a predicate speaks for the later ones of its run.
//
// Rows are linked later than they come: a writer who appends holds the gate, and who reads can do it as well.
struct Overlay::Impl {
  explicit Impl(std::size_t bytes_max_in)
      : bytes_max(bytes_max_in), run_rows(std::clamp<std::size_t>(bytes_max_in / (16 * 256), 1, 16'384)) {}

  struct Entry {
    TailRow row;
    std::array<std::uint32_t, chain_count> older{};  // how many rows further back; 0: none
  };

  mutable std::shared_mutex mutex;
  const std::size_t bytes_max;
  const std::uint64_t run_rows;  // a small part of what there is room for
  std::int64_t epoch = 0;
  std::size_t bytes = 0;
  bool refused = false;  // rows were turned away for want of room
  std::int64_t dropped = 0;        // rows up to this seq are invisible
  std::int64_t compacted = 0;      // the highest watermark that was seen
  std::uint64_t first_number = 1;  // of entries.front()
  std::uint64_t linked = 1;        // rows below this number are in their chains
  std::deque<Entry> entries;
  // Heads: the lower half of a number. As many slots as there may be rows, a power of two.
  std::array<std::vector<std::uint32_t>, chain_count> tables;

  void clear() {
    first_number += entries.size();
    entries.clear();
    linked = first_number;
    bytes = 0;
    refused = false;
    dropped = 0;
  }

  [[nodiscard]] std::uint64_t next_number() const { return first_number + entries.size(); }

  /// Null where `back` rows before number `from` there is none any more.
  [[nodiscard]] const Entry* entry(std::uint64_t from, std::uint32_t back) const {
    return back == 0 || from - first_number < back ? nullptr
                                                   : &entries[static_cast<std::size_t>(from - back - first_number)];
  }

  // Visits a chain, the newest first, while `visit(entry, number)` gives true.
  template <class Visit>
  void walk(Chain chain, std::size_t hash, Visit visit) const {
    const auto& heads = tables[chain];
    if (heads.empty()) return;
    std::uint64_t number = next_number();
    std::uint32_t back = static_cast<std::uint32_t>(number) - heads[hash & (heads.size() - 1)];
    for (const Entry* at = entry(number, back); at != nullptr; at = entry(number, back)) {
      number -= back;
      if (!visit(*at, number)) return;
      back = at->older[chain];
    }
  }

  void put(Chain chain, std::size_t hash, Entry& entry, std::uint64_t number) {
    std::uint32_t& head = tables[chain][hash & (tables[chain].size() - 1)];
    const auto low = static_cast<std::uint32_t>(number);
    // A head that was left behind by rows long gone leads nowhere, see entry().
    entry.older[chain] = low - std::exchange(head, low);
  }

  [[nodiscard]] static bool fits(const TailRow& row, Chain chain, const TailRow& like) {
    return chain == of_subject ? row.subject == like.subject : row.object == like.object;
  }

  // Whether a row before `number` and in the same run has this end and predicate.
  [[nodiscard]] bool is_in_run(Chain chain, std::size_t hash, const TailRow& like, std::uint64_t number) const {
    bool found = false;
    walk(chain, hash, [&](const Entry& at, std::uint64_t other) {
      if (other >= number) return true;
      if (other / run_rows != number / run_rows) return false;
      found = at.row.predicate == like.predicate && fits(at.row, chain, like);
      return !found;
    });
    return found;
  }

  using Hashes = std::array<std::size_t, chain_count>;  // by chain

  static Hashes hashes_of(const TailRow& row) {
    const std::size_t subject = hash_of(row.subject);
    const std::size_t object = hash_of(row.object);
    return {hash_of(subject, row.predicate), hash_of(object, row.predicate), subject, object};
  }

  void link(Entry& entry, std::uint64_t number, const Hashes& hashes) {
    entry.older = {};
    for (const Chain chain : {of_subject, of_object}) {
      const auto predicates = static_cast<Chain>(chain + predicates_of_subject);
      if (!is_in_run(chain, hashes[chain], entry.row, number)) put(predicates, hashes[predicates], entry, number);
      put(chain, hashes[chain], entry, number);
    }
  }

  // Links `count` rows from `linked` on. What each of them looks at lies anywhere in memory, so all of it is called for
  // before the first is looked at.
  void link_some(std::size_t count) {
    std::array<Hashes, linked_at_once> hashes;
    const std::size_t slots = tables[0].size() - 1;
    const auto first = static_cast<std::size_t>(linked - first_number);
    for (std::size_t at = 0; at < count; ++at) {
      hashes[at] = hashes_of(entries[first + at].row);
      for (std::size_t chain = 0; chain < chain_count; ++chain)
        __builtin_prefetch(&tables[chain][hashes[at][chain] & slots], 1);
    }
    const std::uint64_t from = next_number();
    for (std::size_t at = 0; at < count; ++at)
      for (const Chain chain : {of_subject, of_object}) {
        const std::uint32_t back = static_cast<std::uint32_t>(from) - tables[chain][hashes[at][chain] & slots];
        if (const Entry* newest = entry(from, back)) __builtin_prefetch(newest);
      }
    for (std::size_t at = 0; at < count; ++at, ++linked) link(entries[first + at], linked, hashes[at]);
  }

  // As many slots as rows, else chains of many ends would share one.
  void make_room() {
    const std::size_t wanted = std::bit_ceil(std::max<std::size_t>(entries.size(), 1024));
    if (wanted <= tables[0].size()) return;
    std::array<std::vector<std::uint32_t>, chain_count> fresh;
    for (auto& table : fresh) table.assign(wanted, 0);
    tables.swap(fresh);
    linked = first_number;
  }

  [[nodiscard]] bool is_linked() const { return linked == next_number(); }

  void link_all() {
    if (is_linked()) return;
    make_room();
    while (!is_linked())
      link_some(static_cast<std::size_t>(std::min<std::uint64_t>(linked_at_once, next_number() - linked)));
  }

  /// For whoever looks at chains. What is appended after this was not committed when the reader's snapshot began.
  [[nodiscard]] std::shared_lock<std::shared_mutex> lock_linked() {
    {
      std::shared_lock guard{mutex};
      if (is_linked()) return guard;
    }
    {
      const std::unique_lock guard{mutex};
      link_all();
    }
    return std::shared_lock{mutex};
  }

  void add(TailRow&& row) {
    bytes += bytes_of(row);
    entries.emplace_back(Entry{std::move(row), {}});
  }

  [[nodiscard]] std::int64_t first_seq() const {
    if (entries.empty() || entries.back().row.seq <= dropped) return 0;
    const auto at = std::upper_bound(entries.begin(), entries.end(), dropped,
                                     [](std::int64_t seq, const Entry& entry) { return seq < entry.row.seq; });
    return at->row.seq;
  }

  // The predicates of an end. @param fits  whether a row has the end: slots are shared.
  template <class Fits>
  [[nodiscard]] std::vector<std::int64_t> predicates_of(Chain chain, std::size_t hash, std::int64_t high, Fits has) const {
    std::vector<std::int64_t> found;
    walk(chain, hash, [&](const Entry& at, std::uint64_t) {
      if (at.row.seq <= high && has(at.row)) found.push_back(at.row.predicate);
      return true;
    });
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  // The rows of an end and predicate with low < seq <= high, the newest first, while `visit` gives true.
  template <class Fits, class Visit>
  void rows_of(Chain chain, std::size_t end, std::int64_t predicate, std::int64_t low, std::int64_t high, Fits has,
               Visit visit) const {
    const std::int64_t lowest = std::max(low, dropped);
    walk(chain, hash_of(end, predicate), [&](const Entry& at, std::uint64_t) {
      if (at.row.seq <= lowest) return false;
      if (at.row.seq > high || at.row.predicate != predicate || !has(at.row)) return true;
      return visit(at.row);
    });
  }

  template <class Fits>
  void visit_end(Chain chain, std::size_t end, std::int64_t low, std::int64_t high, Fits has,
                 const std::function<void(const TailRow&)>& visitor) const {
    std::vector<const TailRow*> found;
    for (const std::int64_t predicate : predicates_of(static_cast<Chain>(chain + predicates_of_subject), end, high, has))
      rows_of(chain, end, predicate, low, high, has, [&found](const TailRow& row) {
        found.push_back(&row);
        return true;
      });
    std::sort(found.begin(), found.end(), [](const TailRow* left, const TailRow* right) { return left->seq < right->seq; });
    for (const TailRow* row : found) visitor(*row);
  }
};

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

Overlay::Overlay(std::size_t bytes_max) : impl_(std::make_unique<Impl>(bytes_max)) {}
Overlay::~Overlay() = default;

void Overlay::append(std::int64_t epoch, std::vector<TailRow>&& rows) {
  if (rows.empty()) return;
  const std::int64_t after = rows.front().seq - 1;
  append(epoch, after, std::move(rows));
}

void Overlay::append(std::int64_t epoch, std::int64_t after, std::vector<TailRow>&& rows) {
  if (rows.empty()) return;
  const std::unique_lock guard{impl_->mutex};
  if (epoch < impl_->epoch) return;
  if (epoch > impl_->epoch) {
    impl_->clear();
    impl_->epoch = epoch;
  }
  const std::int64_t last = impl_->entries.empty() ? after : impl_->entries.back().row.seq;
  if (after > last) return;  // rows of someone else lie between
  const auto fresh = std::find_if(rows.begin(), rows.end(), [&](const TailRow& row) { return row.seq > last; });
  if (fresh == rows.end()) return;
  std::size_t needed = 0;
  for (auto at = fresh; at != rows.end(); ++at) needed += bytes_of(*at);
  if (impl_->bytes + needed > impl_->bytes_max) {
    impl_->refused = true;
    return;
  }
  try {
    for (auto at = fresh; at != rows.end(); ++at) impl_->add(std::move(*at));
  } catch (const std::bad_alloc&) {
    impl_->clear();  // half of a commit would be missing from answers; the file has it all
    throw;
  }
}

// Chains lead to older rows only, so all are linked anew.
void Overlay::prepend(std::int64_t epoch, std::int64_t low, std::int64_t first, std::vector<TailRow>&& rows) {
  const std::unique_lock guard{impl_->mutex};
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
  const std::shared_lock guard{impl_->mutex};
  return impl_->epoch != epoch || impl_->entries.empty() ? 0 : impl_->entries.back().row.seq;
}

std::int64_t Overlay::first(std::int64_t epoch) const {
  const std::shared_lock guard{impl_->mutex};
  return impl_->epoch != epoch ? 0 : impl_->first_seq();
}

void Overlay::drop_until(std::int64_t watermark) {
  const std::unique_lock guard{impl_->mutex};
  impl_->refused = false;
  impl_->compacted = std::max(impl_->compacted, watermark);
  auto& entries = impl_->entries;
  if (entries.empty() || entries.front().row.seq > watermark) return;
  if (entries.back().row.seq <= watermark) {
    impl_->clear();
    return;
  }
  impl_->dropped = std::max(impl_->dropped, watermark);
  const auto is_compacted = [&](std::size_t count) {
    return count <= entries.size() && entries[count - 1].row.seq <= watermark;
  };
  for (;;) {
    const std::uint64_t of_run = impl_->run_rows - impl_->first_number % impl_->run_rows;
    if (!is_compacted(static_cast<std::size_t>(of_run))) return;
    for (std::uint64_t left = of_run; left > 0; --left) {
      impl_->bytes -= bytes_of(entries.front().row);
      entries.pop_front();
      ++impl_->first_number;
    }
    impl_->linked = std::max(impl_->linked, impl_->first_number);
  }
}

void Overlay::link_many() {
  {
    const std::shared_lock guard{impl_->mutex};
    if (impl_->next_number() - impl_->linked < unlinked_max) return;
  }
  const std::unique_lock guard{impl_->mutex};
  impl_->link_all();
}

void Overlay::visit_subject(std::int64_t subject, std::int64_t low, std::int64_t high,
                            const std::function<void(const TailRow&)>& visitor) const {
  const auto guard = impl_->lock_linked();
  impl_->visit_end(of_subject, hash_of(subject), low, high, HasSubject{subject}, visitor);
}

void Overlay::visit_object(const RowObject& object, std::int64_t low, std::int64_t high,
                           const std::function<void(const TailRow&)>& visitor) const {
  const auto guard = impl_->lock_linked();
  impl_->visit_end(of_object, hash_of(object), low, high, HasObject{object}, visitor);
}

void Overlay::visit_newest(const RowEnd& end, std::int64_t predicate, std::int64_t low, std::int64_t high,
                           const std::function<bool(const TailRow&)>& visitor) const {
  const auto guard = impl_->lock_linked();
  const std::size_t hash = hash_of(end.value);
  if (end.is_subject)
    impl_->rows_of(of_subject, hash, predicate, low, high, HasSubject{std::get<std::int64_t>(end.value)}, visitor);
  else
    impl_->rows_of(of_object, hash, predicate, low, high, HasObject{end.value}, visitor);
}

std::vector<std::int64_t> Overlay::predicates(const RowEnd& end, std::int64_t low, std::int64_t high) const {
  const auto guard = impl_->lock_linked();
  if (impl_->entries.empty() || impl_->entries.back().row.seq <= low) return {};
  const std::size_t hash = hash_of(end.value);
  if (end.is_subject)
    return impl_->predicates_of(predicates_of_subject, hash, high, HasSubject{std::get<std::int64_t>(end.value)});
  return impl_->predicates_of(predicates_of_object, hash, high, HasObject{end.value});
}

bool Overlay::is_named(std::int64_t entity, std::int64_t low, std::int64_t high) const {
  const auto guard = impl_->lock_linked();
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
  const std::shared_lock guard{impl_->mutex};
  auto at = std::lower_bound(impl_->entries.begin(), impl_->entries.end(), std::max(low, impl_->dropped),
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
