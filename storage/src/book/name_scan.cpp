#include "commonbook/storage/name_scan.hpp"

#include "book/book_shared.hpp"
#include "book/evidence_reader.hpp"
#include "book/name_counts.hpp"
#include "book/spelling_codec.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>
#include <utility>

namespace commonbook::storage {
namespace {

constexpr std::chrono::milliseconds step_time{3};
constexpr std::int64_t observations_at_once = 64;  // in one statement
constexpr std::size_t names_at_once = 16;
constexpr std::size_t counted_max = 128 * 1024;  // entities, until all observations are counted
constexpr std::size_t entities_max = known_names_max / 2;  // that are named ahead: what is asked for has room besides
constexpr std::size_t text_bytes_max = 16u << 20;
constexpr std::chrono::seconds pause_after_change{5};
constexpr int pause_of_work = 4;  // times the work that was done for nothing

}  // namespace

// Observations are read from the newest down to the first, and then those that came since. So what is known of an entity is
// complete when both ends are reached; names are made in snapshots that hold nothing else.
struct NameScan::Impl {
  Impl(const Book& book_in, Connection connection_in)
      : book(book_in), shared(book.shared()), connection(std::move(connection_in)) {}

  Book book;
  detail::BookShared& shared;
  Connection connection;
  std::int64_t epoch = -1;  // of what was counted; nothing was where no book has it
  NameCounts counts{counted_max, text_bytes_max};
  std::int64_t oldest = 0;  // all observations from here on ...
  std::int64_t newest = 0;  // ... up to here are counted
  bool has_all_older = false;
  std::int64_t chosen_seq = 0;  // the newest row when the entities were chosen that are named ahead
  std::vector<std::int64_t> entities;  // whose names are being made
  std::size_t made = 0;                // so many of them are
  std::optional<std::int64_t> round_seq;  // the newest row when that began last
  Clock::SteadyPoint::duration worked{0};
  Clock::SteadyPoint not_before{};
  bool is_counting = false;  // what is counted of an observation may be half of it

  Result<NameScanStep> step(Clock::SteadyPoint deadline);
  Result<NameScanStep> work(Snapshot& snapshot, Clock::SteadyPoint end);
  Result<void> begin(Snapshot& snapshot);
  Result<bool> count_more(Snapshot& snapshot, Clock::SteadyPoint end);
  Result<std::int64_t> count_some(Snapshot& snapshot, bool newer, Clock::SteadyPoint end);
  Result<bool> count_all(Snapshot& snapshot, Clock::SteadyPoint end);
  Result<void> make_names(Snapshot& snapshot, Clock::SteadyPoint end);
  [[nodiscard]] bool is_round_due(const Snapshot& snapshot) const {
    return !round_seq || needs_renewal(*round_seq, snapshot.newest_seq());
  }
  /// Who is named often may be another by now.
  [[nodiscard]] bool is_choice_outgrown(const Snapshot& snapshot) const {
    return counts.is_closed() && snapshot.newest_seq() > 2 * chosen_seq + 32'768;
  }
  void forget() {
    counts = NameCounts{counted_max, text_bytes_max};
    epoch = -1;
    entities = {};
    made = 0;
    round_seq.reset();
    is_counting = false;
  }
  /// What was done was for nothing. That must not become the main work, whatever the reason.
  void begin_anew_later() {
    const Clock::SteadyPoint::duration least = pause_after_change;
    not_before = shared.clock.steady_now() + std::max(least, pause_of_work * worked);
    worked = {};
    forget();
  }
};

Result<void> NameScan::Impl::begin(Snapshot& snapshot) {
  const auto last = snapshot.connection().query_int("SELECT coalesce(max(id), 0) FROM observation");
  if (!last) return last.error();
  newest = *last;
  oldest = newest + 1;
  has_all_older = false;
  epoch = snapshot.epoch;
  return {};
}

// @returns  how many observations there were; as many as are read at once where the time was over.
Result<std::int64_t> NameScan::Impl::count_some(Snapshot& snapshot, bool newer, Clock::SteadyPoint end) {
  auto rows = snapshot.connection().statement(
      newer ? "SELECT id, spellings FROM observation WHERE id > ?1 ORDER BY id LIMIT ?2"
            : "SELECT id, spellings FROM observation WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
  if (!rows) return rows.error();
  rows->bind(1, newer ? newest : oldest).bind(2, observations_at_once);
  std::int64_t count = 0;
  for (;; ++count) {
    const auto more = rows->step();
    if (!more) return more.error();
    if (!*more) return count;
    const std::int64_t observation = rows->integer(0);
    (newer ? newest : oldest) = observation;
    // Without spellings it was forgotten, or an earlier version stored it and has rows for them: where there are such rows,
    // no name is made of the count.
    const bool sound = read_spellings(rows->blob(1), [&](std::int64_t entity, std::string_view text) {
      counts.add(entity, text, observation);
    });
    if (!sound) return damaged_row("an observation's spellings can't be read");
    if (shared.clock.steady_now() >= end) return observations_at_once;
  }
}

Result<bool> NameScan::Impl::count_more(Snapshot& snapshot, Clock::SteadyPoint end) {
  is_counting = true;
  auto complete = count_all(snapshot, end);
  is_counting = !complete;
  return complete;
}

// @returns  whether all observations of the snapshot are counted.
Result<bool> NameScan::Impl::count_all(Snapshot& snapshot, Clock::SteadyPoint end) {
  for (const bool newer : {false, true}) {
    if (!newer && has_all_older) continue;
    for (;;) {
      const auto count = count_some(snapshot, newer, end);
      if (!count) return count.error();
      if (*count < observations_at_once) break;
      if (shared.clock.steady_now() >= end) return false;
    }
    if (!newer) has_all_older = true;
  }
  return true;
}

Result<void> NameScan::Impl::make_names(Snapshot& snapshot, Clock::SteadyPoint end) {
  EvidenceReader reader{snapshot, std::nullopt};
  for (std::size_t count = 0; made < entities.size(); ++made, ++count) {
    if (count > 0 && count % names_at_once == 0 && shared.clock.steady_now() >= end) return {};
    const NameCount* const counted = counts.find(entities[made]);
    if (counted == nullptr || !counted->is_complete) continue;
    if (auto done = reader.remember_counted(entities[made], *counted, *round_seq); !done) return done;
  }
  entities = {};
  made = 0;
  return {};
}

Result<NameScanStep> NameScan::Impl::work(Snapshot& snapshot, Clock::SteadyPoint end) {
  if (is_choice_outgrown(snapshot)) forget();
  if (epoch != snapshot.epoch)
    if (auto begun = begin(snapshot); !begun) return begun.error();
  if (has_all_older && entities.empty() && !is_round_due(snapshot)) return NameScanStep::idle;
  const auto complete = count_more(snapshot, end);
  if (!complete) return complete.error();
  if (!*complete) return NameScanStep::more;
  if (!counts.is_closed()) {
    counts.keep_most_named(entities_max);
    chosen_seq = snapshot.newest_seq();
  }
  if (entities.empty()) {
    round_seq = snapshot.newest_seq();
    entities = counts.entities();
  }
  // Rows that the tail in memory has no room for would be read from the file for each step, and no name could be watched.
  if (shared.overlay.is_full() || snapshot.names_watched_from > snapshot.newest_seq()) return NameScanStep::idle;
  if (auto made_some = make_names(snapshot, end); !made_some) return made_some.error();
  return entities.empty() ? NameScanStep::idle : NameScanStep::more;
}

Result<NameScanStep> NameScan::Impl::step(Clock::SteadyPoint deadline) {
  // Where nobody asks for a while the counts stay: who asks every few minutes would have all observations read anew.
  if (!shared.options.keep_overlay || !shared.is_read() || shared.clock.steady_now() < not_before)
    return NameScanStep::idle;
  auto snapshot = Snapshot::begin(shared, connection, deadline, "name scan");
  if (!snapshot) return snapshot.error();
  // What was counted may be forgotten or merged by now.
  if ((epoch != -1 && epoch != snapshot->epoch) || snapshot->has_retracted_rows) {
    begin_anew_later();
    return NameScanStep::idle;
  }
  const auto start = shared.clock.steady_now();
  auto done = work(*snapshot, start + step_time);
  worked += shared.clock.steady_now() - start;
  return done;
}

NameScan::NameScan(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NameScan::NameScan(NameScan&&) noexcept = default;
NameScan& NameScan::operator=(NameScan&&) noexcept = default;
NameScan::~NameScan() = default;

Result<NameScan> NameScan::open(const Book& book, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&]() -> Result<NameScan> {
    auto connection = book.shared().connect(Role::reader, deadline);
    if (!connection) return connection.error();
    return NameScan{std::make_unique<Impl>(book, std::move(*connection))};
  });
}

Result<NameScanStep> NameScan::step(Clock::SteadyPoint deadline) {
  auto done = or_out_of_memory([&] { return impl_->step(deadline); });
  if (impl_->is_counting) impl_->begin_anew_later();
  return done;
}

}  // namespace commonbook::storage
