// Two duties. Each pair of named entities is compared once: when the one with the higher id is, with what was filed before
// it under one of its blocks. What is suggested depends on the two names alone; only when, and which of the two is called
// left, depends on who came first. And names that several strong entities claim, see claim_suggestions.hpp.
//
// With SimilarityMode::merge a pair at or above the merge threshold is merged silently: one redirect row, taken back like
// any other, never across a rejected pair, and only where both names were said by somebody who is believed.
#include "commonbook/storage/compactor.hpp"

#include "book/bounded_reader.hpp"
#include "book/book_shared.hpp"
#include "book/claim_suggestions.hpp"
#include "book/evidence_reader.hpp"
#include "book/for_each_row.hpp"
#include "book/name_candidates.hpp"
#include "book/name_pairs.hpp"
#include "book/pending_names.hpp"
#include "book/redirect_set.hpp"
#include "book/redirect_store.hpp"
#include "book/row_digest.hpp"
#include "book/schema_sql.hpp"
#include "book/write_batch.hpp"
#include "commonbook/model/speaker.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/look_up_snapshot.hpp"
#include "engine/out_of_memory.hpp"
#include "engine/transaction.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace commonbook::storage {
namespace {

constexpr std::int64_t entities_at_once = 128;
constexpr std::chrono::milliseconds step_time{20};  // of comparing; a step ends after the entity that passes it
constexpr std::chrono::milliseconds slice_time{3};  // of filing, in one transaction
constexpr std::size_t rows_in_slice_min = 256;

}  // namespace

struct SuggestionPass::Impl {
  Impl(const Book& book_in, Connection connection_in)
      : book(book_in), shared(book.shared()), connection(std::move(connection_in)) {}

  Book book;
  detail::BookShared& shared;
  Connection connection;
  ClaimSweep claims;
  PendingNames pending;

  Result<std::int64_t> last_entity();
  Result<std::int64_t> watermark();
  Result<std::vector<NewName>> read_names(std::int64_t from, std::int64_t until);
  Result<std::int64_t> read_and_compare(std::int64_t until, FoundPairs& found);
  Result<std::int64_t> compare_all(const std::vector<NewName>& newer, std::int64_t until, FoundPairs& found);
  Result<std::int64_t> compare_new_names(Clock::SteadyPoint deadline);
  Result<void> drop_doubtful(FoundPairs& found, Clock::SteadyPoint deadline);
  Result<bool> is_named_by_believed(EvidenceReader& reader, Snapshot& snapshot, std::int64_t entity);
  Result<void> write(const FoundPairs& found, Clock::SteadyPoint deadline);
  Result<void> file_pending(Clock::SteadyPoint deadline);
  Result<std::uint64_t> insert(WriteBatch& batch, const FoundPairs& found);
  Result<bool> merge_silently(WriteBatch& batch, std::int64_t one, std::int64_t other);
  Result<std::int64_t> look_at_claims(Clock::SteadyPoint deadline);
  Result<void> write_claims(const std::vector<SharedName>& shared, Clock::SteadyPoint deadline);
  template <class Work>
  Result<void> transact(Clock::SteadyPoint deadline, Work work);
  Result<std::int64_t> step(Clock::SteadyPoint deadline);
  Error forgetting(const Error& error) {
    pending = PendingNames{};
    return error;
  }
  /// Begins anew from the file: what is remembered may be half of what it should be.
  void forget() {
    claims = ClaimSweep{};
    pending = PendingNames{};
  }
};

namespace {

Result<Key> least_name(Connection& connection, std::int64_t entity) {
  auto select = connection.statement(
      "SELECT value, space FROM alias WHERE entity = ?1 AND scheme = 1 ORDER BY value, space LIMIT 1");
  if (!select) return select.error();
  const auto found = select->bind(1, entity).step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::corrupt, "an entity that was compared by its name has none; run verify", 0, {}};
  return Key{Scheme::name, std::string{select->text(0)}, std::string{select->text(1)}};
}

}  // namespace

Result<std::int64_t> SuggestionPass::Impl::last_entity() {
  return connection.query_int("SELECT coalesce(max(id), 0) FROM entity");
}

Result<std::int64_t> SuggestionPass::Impl::watermark() {
  return connection.query_int("SELECT suggestion_watermark FROM meta WHERE id = 1");
}

// The names of entities in (from, until], in the order of entities.
Result<std::vector<NewName>> SuggestionPass::Impl::read_names(std::int64_t from, std::int64_t until) {
  auto rows = connection.statement(
      "SELECT entity, space, value FROM alias WHERE entity > ?1 AND entity <= ?2 AND scheme = 1 ORDER BY entity");
  if (!rows) return rows.error();
  std::vector<NewName> names;
  auto read = for_each_row(rows->bind(1, from).bind(2, until), [&names](const Statement& row) {
    NewName name{{row.integer(0), std::string{row.text(1)}, std::string{row.text(2)}}, profile_of(row.text(2)), {}};
    name.blocks = blocks_of(name.profile, name.name.space);
    names.push_back(std::move(name));
  });
  if (!read) return read.error();
  return names;
}

// @returns  up to which entity it compared: `until`, or less where the time was over.
Result<std::int64_t> SuggestionPass::Impl::compare_all(const std::vector<NewName>& newer, std::int64_t until,
                                                       FoundPairs& found) {
  const auto end = shared.clock.steady_now() + step_time;
  std::int64_t compared = 0;
  for (const NewName& name : newer) {
    if (compared != 0 && name.name.entity != compared && shared.clock.steady_now() >= end) return compared;
    const auto candidates = find_candidates(connection, pending.uncommon(name.blocks), name.name.entity);
    if (!candidates) return candidates.error();
    for (const BlockedName& older : candidates->names)
      if (auto done = compare_pair(shared, older, name, found); !done) return done.error();
    for (const BlockedName* met : pending.meeting(name.blocks))
      if (auto done = compare_pair(shared, *met, name, found); !done) return done.error();
    pending.add(name.name, name.blocks);
    compared = name.name.entity;
  }
  return until;
}

Result<std::int64_t> SuggestionPass::Impl::read_and_compare(std::int64_t until, FoundPairs& found) {
  const auto snapshot = LookUpSnapshot::begin(connection);
  if (!snapshot) return snapshot.error();
  const auto newer = read_names(pending.until(), until);
  if (!newer) return newer.error();
  return compare_all(*newer, until, found);
}

Result<bool> SuggestionPass::Impl::is_named_by_believed(EvidenceReader& reader, Snapshot& snapshot,
                                                        std::int64_t entity) {
  const auto observations = observations_naming(snapshot, entity, rows_of_entity_max);
  if (!observations) return observations.error();
  for (const std::int64_t observation : observations->ids) {
    const auto evidence = reader.evidence(observation);
    if (!evidence) return evidence.error();
    if (reader.counts(**evidence) && is_believed((*evidence)->citation.trust)) return true;
  }
  return false;
}

// What only strangers said is never merged with anything by itself.
Result<void> SuggestionPass::Impl::drop_doubtful(FoundPairs& found, Clock::SteadyPoint deadline) {
  const bool merges = std::any_of(found.begin(), found.end(), [](const auto& pair) { return pair.second.merges; });
  if (!merges) return {};
  auto snapshot = Snapshot::begin(shared, connection, deadline, "suggestions");
  if (!snapshot) return snapshot.error();
  EvidenceReader reader{*snapshot, {}};
  for (auto& [entities, pair] : found)
    for (const std::int64_t entity : {entities.first, entities.second}) {
      if (!pair.merges) break;
      const auto believed = is_named_by_believed(reader, *snapshot, entity);
      if (!believed) return believed.error();
      pair.merges = *believed;
    }
  return {};
}

// @returns  false where a person has said that two of those that would become one are two.
Result<bool> SuggestionPass::Impl::merge_silently(WriteBatch& batch, std::int64_t one, std::int64_t other) {
  RedirectSets sets{connection};
  const auto left = sets.members(one);
  if (!left) return left.error();
  const auto right = sets.members(other);
  if (!right) return right.error();
  const auto apart = rejected_between(connection, *left, *right);
  if (!apart) return apart.error();
  if (apart->has_value()) return false;
  // The direction must not depend on who came first: the lesser name is kept.
  const auto one_name = least_name(connection, one);
  if (!one_name) return one_name.error();
  const auto other_name = least_name(connection, other);
  if (!other_name) return other_name.error();
  const bool keeps_one = *one_name < *other_name;
  const auto added = add_redirect(batch, {.source = keeps_one ? other : one, .target = keeps_one ? one : other});
  if (!added) return added.error();
  return true;
}

Result<std::uint64_t> SuggestionPass::Impl::insert(WriteBatch& batch, const FoundPairs& found) {
  std::uint64_t written = 0;
  for (const auto& [entities, pair] : found) {
    const auto standing = find_suggestion(connection, entities.first, entities.second);
    if (!standing) return standing.error();
    if (*standing) continue;  // decided, or written by an earlier pass
    SuggestionRow row{entities.first, entities.second, pair.score, pair.reason, SuggestionStatus::open};
    if (pair.merges) {
      const auto merged = merge_silently(batch, entities.first, entities.second);
      if (!merged) return merged.error();
      if (*merged) row.status = SuggestionStatus::merged_silently;
    }
    if (auto done = put_suggestion(batch, row); !done) return done.error();
    ++written;
  }
  return written;
}

// Runs `work(batch)` in a transaction; `work` says by batch.is_changed whether there is anything to commit.
template <class Work>
Result<void> SuggestionPass::Impl::transact(Clock::SteadyPoint deadline, Work work) {
  yield_point("suggest.before_write");
  if (auto done = connection.set_durable(false); !done) return done;
  connection.set_deadline(deadline);
  auto hold = shared.gate->enter("suggestions", deadline, shared.clock);
  if (!hold) return hold.error();
  auto transaction = Transaction::begin_immediate(connection, *hold, shared.turnstile.get(), shared.turnstile_counters,
                                                  deadline, shared.clock);
  if (!transaction) return transaction.error();
  WriterMemory memory;
  auto batch = WriteBatch::begin(*transaction, shared, memory);
  if (!batch) return batch.error();
  if (auto done = work(*batch); !done) return done;
  if (!batch->is_changed) return {};
  if (auto done = batch->write_meta(false); !done) return done;
  if (auto done = transaction->commit(); !done) return done;
  batch->publish();
  return {};
}

// The watermark stays: whoever begins there again finds these suggestions standing.
Result<void> SuggestionPass::Impl::write(const FoundPairs& found, Clock::SteadyPoint deadline) {
  if (found.empty()) return {};
  std::uint64_t written = 0;
  auto done = transact(deadline, [&](WriteBatch& batch) -> Result<void> {
    const auto inserted = insert(batch, found);
    if (!inserted) return inserted.error();
    written = *inserted;
    return {};
  });
  if (done) shared.suggestions_written.fetch_add(written, std::memory_order_relaxed);
  return done;
}

// One slice. Moves the watermark with the last; does nothing where another process moved it meanwhile.
Result<void> SuggestionPass::Impl::file_pending(Clock::SteadyPoint deadline) {
  const auto rows = pending.rows_to_file();
  std::size_t filed = 0;
  bool is_ours = true;
  auto done = transact(deadline, [&](WriteBatch& batch) -> Result<void> {
    const auto now = watermark();
    if (!now) return now.error();
    is_ours = *now == pending.from();
    if (!is_ours) return {};
    const auto end = shared.clock.steady_now() + slice_time;
    for (const auto& [block, entity] : rows) {
      if (filed >= rows_in_slice_min && filed % 64 == 0 && shared.clock.steady_now() >= end) break;
      if (auto put = file_name(connection, block, entity); !put) return put;
      ++filed;
    }
    batch.is_changed = true;
    if (filed < rows.size()) return {};
    auto update = connection.statement("UPDATE meta SET suggestion_watermark = ?1 WHERE id = 1");
    if (!update) return update.error();
    return update->bind(1, pending.until()).run();
  });
  if (!done) return done;
  if (!is_ours || filed == rows.size())
    pending = PendingNames{};
  else
    pending.filed(filed);
  return {};
}

// One slice of the sweep. Reads without a lock what is to be changed, and only then, if anything is, takes one.
// @returns  0 when nothing is left.
Result<std::int64_t> SuggestionPass::Impl::look_at_claims(Clock::SteadyPoint deadline) {
  const auto due = claims.is_due(connection);
  if (!due) return due.error();
  if (!*due) return 0;
  auto found = claims.next(connection);
  if (!found) return found.error();
  std::vector<SharedName> changing;
  for (SharedName& name : *found) {
    const auto changes = changes_for(connection, name);
    if (!changes) return changes.error();
    if (!changes->empty()) changing.push_back(std::move(name));
  }
  if (!changing.empty())
    if (auto done = write_claims(changing, deadline); !done) {
      claims = ClaimSweep{};  // which has passed these names already: from the start
      return done.error();
    }
  const auto more = claims.is_due(connection);
  if (!more) return more.error();
  return *more ? 1 : 0;
}

Result<void> SuggestionPass::Impl::write_claims(const std::vector<SharedName>& changing, Clock::SteadyPoint deadline) {
  std::size_t written = 0;
  auto done = transact(deadline, [&](WriteBatch& batch) -> Result<void> {
    for (const SharedName& name : changing) {
      // Looked up again: another process may have made the same changes.
      const auto changes = changes_for(connection, name);
      if (!changes) return changes.error();
      for (const SuggestionChange& change : *changes) {
        const auto sum = apply_change(connection, change);
        if (!sum) return sum.error();
        batch.add_hash(*sum);
        if (!change.reason_before) ++written;
      }
    }
    return {};
  });
  if (done) shared.suggestions_written.fetch_add(written, std::memory_order_relaxed);
  return done;
}

// Compares some names, or files those that were compared: many at once and sorted, since each of their rows alone would
// write a page of its own. @returns  how many entities are left above the watermark, at least 1 while any is.
Result<std::int64_t> SuggestionPass::Impl::compare_new_names(Clock::SteadyPoint deadline) {
  const auto from = watermark();
  if (!from) return from.error();
  if (!pending.empty() && pending.from() != *from) pending = PendingNames{};  // another process was faster
  const auto last = last_entity();
  if (!last) return last.error();
  if (pending.empty()) pending.begin(*from);
  const std::int64_t left = *last - pending.until();
  if (pending.is_filing() || (!pending.empty() && left == 0) || pending.is_full(*last)) {
    if (auto done = file_pending(deadline); !done) return done.error();
    return std::max<std::int64_t>(left, pending.empty() ? 0 : 1);
  }
  if (left <= 0) return 0;
  const auto reached = std::min(*last, pending.until() + entities_at_once);
  FoundPairs found;
  const auto until = read_and_compare(reached, found);
  if (!until) return forgetting(until.error());
  if (auto done = drop_doubtful(found, deadline); !done) return forgetting(done.error());
  connection.set_deadline(deadline);
  if (auto done = write(found, deadline); !done) return forgetting(done.error());
  pending.compared(*until);
  return std::max<std::int64_t>(*last - *until, 1);
}

SuggestionPass::SuggestionPass(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SuggestionPass::SuggestionPass(SuggestionPass&&) noexcept = default;
SuggestionPass& SuggestionPass::operator=(SuggestionPass&&) noexcept = default;
SuggestionPass::~SuggestionPass() = default;

Result<SuggestionPass> SuggestionPass::open(const Book& book, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&]() -> Result<SuggestionPass> {
    auto connection = book.shared().connect(Role::maintenance, deadline);
    if (!connection) return connection.error();
    return SuggestionPass{std::make_unique<Impl>(book, std::move(*connection))};
  });
}

Result<std::int64_t> SuggestionPass::Impl::step(Clock::SteadyPoint deadline) {
  if (auto room = shared.disk_room.admit(); !room) return room.error();
  connection.set_deadline(deadline);
  const auto compared = compare_new_names(deadline);
  if (!compared) return compared;
  const auto looked_at = look_at_claims(deadline);
  if (!looked_at) return looked_at;
  return *compared + *looked_at;
}

Result<std::int64_t> SuggestionPass::step(Clock::SteadyPoint deadline) {
  bool ended = false;
  auto left = or_out_of_memory([&] {
    auto done = impl_->step(deadline);
    ended = true;
    return done;
  });
  if (!ended) impl_->forget();
  return left;
}

}  // namespace commonbook::storage
