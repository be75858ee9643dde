// How the overlay keeps its rows, and finds them by chains: see overlay.hpp for what it gives.
#pragma once
#include "book/overlay.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <deque>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>
#include <vector>

namespace commonbook::storage {

inline constexpr std::size_t linked_at_once = 16;
inline constexpr std::uint64_t unsettled_max = 2'048;
inline constexpr std::uint64_t unlinked_max = 128;  // some 0.2 ms of work for whoever asks next

// A row with its links, and its share of the tables of chains. The object's text comes on top.
inline constexpr std::size_t row_bytes = sizeof(TailRow) + 48;

inline std::size_t bytes_of(const TailRow& row) {
  const auto* text = std::get_if<std::string>(&row.object);
  return row_bytes + (text != nullptr ? text->capacity() : 0);
}

// Fibonacci hashing (Knuth, TAOCP vol. 3, 6.4): ids are dense, the high bits of the product are not.
inline constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;

constexpr std::size_t hash_of(std::int64_t id) noexcept {
  return static_cast<std::size_t>((static_cast<std::uint64_t>(id) * spread) >> 20);
}

inline std::size_t hash_of(const RowObject& object) {
  const auto* entity = std::get_if<std::int64_t>(&object);
  return entity != nullptr ? hash_of(*entity) : std::hash<std::string>{}(*std::get_if<std::string>(&object));
}

inline std::size_t hash_of(std::size_t end, std::int64_t predicate) noexcept {
  return static_cast<std::size_t>(((end ^ (static_cast<std::uint64_t>(predicate) << 40)) * spread) >> 20);
}

// The kinds of chains: rows of one end and predicate, and of an end's rows one for each predicate and run.
enum Chain : std::size_t { of_subject = 0, of_object, predicates_of_subject, predicates_of_object, chain_count };

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
// Rows are linked later than they come: a writer who appends holds the gate, and who reads can do it as well. Most are
// compacted before anybody has looked, and never linked.
struct Overlay::Impl {
  Impl(std::size_t bytes_max_in, Watcher watcher_in)
      : bytes_max(bytes_max_in),
        run_rows(std::clamp<std::size_t>(bytes_max_in / (16 * 256), 1, 16'384)),
        watcher(std::move(watcher_in)) {}

  struct Entry {
    TailRow row;
    std::array<std::uint32_t, chain_count> older{};  // how many rows further back; 0: none
  };

  // What writers have committed and nobody has looked for yet. They hold the gate, so they never wait for a reader.
  struct Queued {
    std::int64_t epoch = 0;
    std::int64_t watermark = 0;
    std::vector<TailRow> rows;
  };
  std::mutex queue_mutex;  // taken last, and for a moment
  std::vector<Queued> queue;
  std::atomic<std::size_t> queued_rows{0};

  std::mutex pin_mutex;  // taken last, and for a moment
  std::multiset<std::int64_t> pins;
  std::atomic<bool> drop_waits{false};  // rows are held for a pin alone

  std::shared_mutex mutex;  // of all that follows
  const std::size_t bytes_max;
  const std::uint64_t run_rows;  // a small part of what there is room for
  std::int64_t epoch = 0;
  std::atomic<std::size_t> bytes{0};
  std::atomic<bool> refused{false};  // rows were turned away for want of room
  std::int64_t dropped = 0;        // rows up to this seq are invisible
  std::int64_t compacted = 0;      // the highest watermark that was seen
  const Watcher watcher;
  std::int64_t watched = 0;        // the watcher was told of rows up to this seq,
  std::int64_t watched_since = 0;  // and of all above this one
  std::int64_t lost = 0;           // of these, rows up to this seq are held no more
  std::uint64_t first_number = 1;  // of entries.front()
  std::uint64_t linked = 1;        // rows below this number are in their chains
  std::deque<Entry> entries;
  // Heads: the lower half of a number. As many slots as there may be rows, a power of two.
  std::array<std::vector<std::uint32_t>, chain_count> tables;

  void clear() {
    first_number += entries.size();
    entries.clear();
    lost = watched;
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

  // As many slots as rows, else chains of many ends would share one. Few sizes: all rows are linked anew for each, and
  // for a quarter of a million somebody waits 50 ms. The largest usual one is twice what a pass takes in a book of usual
  // size, and no more than there may be rows.
  void make_room() {
    if (entries.size() <= tables[0].size() && !tables[0].empty()) return;
    std::size_t wanted = std::bit_ceil(entries.size());
    for (const std::size_t usual : {std::min(std::size_t{1} << 19, std::bit_ceil(bytes_max / row_bytes + 1)),
                                    std::size_t{1} << 14, std::size_t{1} << 10})
      if (entries.size() <= usual) wanted = usual;
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

  void append(std::int64_t of_epoch, std::int64_t after, std::vector<TailRow>&& rows);
  void drop_until(std::int64_t watermark);
  void tell_watcher(std::int64_t after, const std::vector<TailRow>& rows);
  /// Takes in what is queued. Under the mutex, alone.
  void settle();
  [[nodiscard]] bool is_full() const { return refused || bytes >= bytes_max; }

  [[nodiscard]] std::shared_lock<std::shared_mutex> lock_settled() {
    if (queued_rows.load(std::memory_order_acquire) != 0) {
      const std::unique_lock guard{mutex};
      settle();
    }
    return std::shared_lock{mutex};
  }

  /// For whoever looks at chains up to a row that is held: what is committed later need not be taken in for that.
  [[nodiscard]] std::shared_lock<std::shared_mutex> lock_linked(std::int64_t high) {
    {
      std::shared_lock guard{mutex};
      const bool holds_all = queued_rows.load(std::memory_order_acquire) == 0 ||
                             (!entries.empty() && entries.back().row.seq >= high);
      if (holds_all && is_linked()) return guard;
    }
    {
      const std::unique_lock guard{mutex};
      settle();
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

}  // namespace commonbook::storage
