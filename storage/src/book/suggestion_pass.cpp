// Two duties. Each pair of named entities is compared once: when the one with the higher id is. What is suggested depends
// on the two names alone; only when, and which of the two is called left, depends on who came first. And names that
// several strong entities claim, see claim_suggestions.hpp.
#include "commonbook/storage/compactor.hpp"

#include "book/book_shared.hpp"
#include "book/claim_suggestions.hpp"
#include "book/name_blocks.hpp"
#include "book/row_digest.hpp"
#include "book/similarity_index.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/out_of_memory.hpp"
#include "engine/transaction.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

namespace commonbook::storage {
namespace {

constexpr std::int64_t entities_at_once = 256;
constexpr std::size_t names_at_once = 16 * 1024;    // read into the index by one step
constexpr std::chrono::milliseconds step_time{20};  // of comparing; a step ends after the entity that passes it

struct FoundPair {
  double score = 0;
  std::string reason;
};
using FoundPairs = std::map<std::pair<std::int64_t, std::int64_t>, FoundPair>;

std::string reason_of(std::string_view first, std::string_view second, double score) {
  char text[32] = "";
  std::snprintf(text, sizeof text, "%.2f", score);
  return "similar names: \"" + std::string{first} + "\" and \"" + std::string{second} + "\" (" + text + ")";
}

}  // namespace

struct SuggestionPass::Impl {
  Impl(const Book& book_in, Connection connection_in)
      : book(book_in), shared(book.shared()), connection(std::move(connection_in)) {}

  Book book;
  detail::BookShared& shared;
  Connection connection;
  NameBlocks names;
  ClaimSweep claims;
  std::int64_t loaded_until = 0;                             // entity id: names up to it stand in `names`
  std::map<std::string, Embedding, std::less<>> embeddings;  // of this step: one name is compared with many

  Result<std::int64_t> last_entity();
  Result<std::int64_t> watermark();
  Result<std::int64_t> read_names(std::int64_t from, std::int64_t until, std::vector<BlockedName>& read);
  Result<void> load(std::int64_t until);
  Result<std::int64_t> compare_all(const std::vector<BlockedName>& newer, std::int64_t until, FoundPairs& found);
  Result<const Embedding*> embed(const std::string& name);
  Result<void> compare(const BlockedName& left, const BlockedName& right, FoundPairs& found);
  Result<std::int64_t> compare_names(Clock::SteadyPoint deadline);
  Result<void> write(std::int64_t from, std::int64_t until, const FoundPairs& found, Clock::SteadyPoint deadline);
  Result<std::uint64_t> insert(const FoundPairs& found);
  Result<std::int64_t> look_at_claims(Clock::SteadyPoint deadline);
  Result<void> write_claims(const std::vector<SharedName>& shared, Clock::SteadyPoint deadline);
  template <class Work>
  Result<void> transact(Clock::SteadyPoint deadline, Work work);
  Result<std::int64_t> step(Clock::SteadyPoint deadline);
  /// Begins anew from the file: what is remembered may be half of what it should be.
  void forget() {
    names = NameBlocks{};
    claims = ClaimSweep{};
    loaded_until = 0;
    embeddings.clear();
  }
};

Result<std::int64_t> SuggestionPass::Impl::last_entity() {
  return connection.query_int("SELECT coalesce(max(id), 0) FROM entity");
}

Result<std::int64_t> SuggestionPass::Impl::watermark() {
  return connection.query_int("SELECT suggestion_watermark FROM meta WHERE id = 1");
}

// The names of entities in (from, until], in the order of entities. Stops between two entities when there are many.
// @returns  up to which entity it read.
Result<std::int64_t> SuggestionPass::Impl::read_names(std::int64_t from, std::int64_t until,
                                                      std::vector<BlockedName>& read) {
  auto rows = connection.statement(
      "SELECT entity, space, value FROM alias WHERE entity > ?1 AND entity <= ?2 AND scheme = 1 ORDER BY entity");
  if (!rows) return rows.error();
  rows->bind(1, from).bind(2, until);
  std::int64_t reached = from;
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return until;
    if (read.size() >= names_at_once && rows->integer(0) != reached) return reached;
    reached = rows->integer(0);
    read.push_back({reached, std::string{rows->text(1)}, std::string{rows->text(2)}});
  }
}

// Names below the watermark are only looked at. A long file takes several steps to read.
Result<void> SuggestionPass::Impl::load(std::int64_t until) {
  if (loaded_until >= until) return {};  // a step that could not write comes again
  std::vector<BlockedName> read;
  const auto reached = read_names(loaded_until, until, read);
  if (!reached) return reached.error();
  for (BlockedName& name : read) names.add(std::move(name));
  loaded_until = *reached;
  return {};
}

Result<const Embedding*> SuggestionPass::Impl::embed(const std::string& name) {
  auto known = embeddings.find(name);
  if (known == embeddings.end()) {
    auto embedding = shared.embedder->embed(name);
    if (!embedding) return embedding.error();
    known = embeddings.emplace(name, std::move(*embedding)).first;
  }
  return static_cast<const Embedding*>(&known->second);
}

Result<void> SuggestionPass::Impl::compare(const BlockedName& older, const BlockedName& newer, FoundPairs& found) {
  if (older.space != newer.space) return {};
  const double threshold = shared.options.similarity_threshold;
  // In the order of bytes, since the score of a pair must not depend on which name came first.
  const auto& [first, second] = std::minmax(older.value, newer.value);
  // The cosine adds a half at most, so most pairs need no embedding.
  if ((1 + jaro_winkler(first, second)) / 2 < threshold) return {};
  const auto left = embed(first);
  if (!left) return left.error();
  const auto right = embed(second);
  if (!right) return right.error();
  const double score = name_score(cosine(**left, **right), first, second);
  if (score < threshold) return {};
  FoundPair& pair = found[{older.entity, newer.entity}];
  std::string reason = reason_of(first, second, score);
  // Entities with several names: the best pair of names speaks for them, ties by bytes.
  if (score > pair.score || (score == pair.score && reason < pair.reason)) pair = {score, std::move(reason)};
  return {};
}

// @returns  up to which entity it compared: `until`, or less where the time was over.
Result<std::int64_t> SuggestionPass::Impl::compare_all(const std::vector<BlockedName>& newer, std::int64_t until,
                                                       FoundPairs& found) {
  const auto end = shared.clock.steady_now() + step_time;
  std::int64_t compared = 0;
  for (const BlockedName& name : newer) {
    if (compared != 0 && name.entity != compared && shared.clock.steady_now() >= end) return compared;
    for (const BlockedName* older : names.meet(name))
      if (auto done = compare(*older, name, found); !done) return done.error();
    compared = name.entity;
  }
  return until;
}

Result<std::uint64_t> SuggestionPass::Impl::insert(const FoundPairs& found) {
  std::uint64_t sum = 0;
  for (const auto& [entities, pair] : found) {
    auto insert = connection.statement(
        "INSERT INTO suggestion(left_entity, right_entity, score, reason) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO "
        "NOTHING");
    if (!insert) return insert.error();
    insert->bind(1, entities.first).bind(2, entities.second).bind(3, pair.score).bind(4, std::string_view{pair.reason});
    if (auto done = insert->run(); !done) return done.error();
    if (connection.changes() > 0) sum += suggestion_hash(entities.first, entities.second, pair.score, pair.reason, 0);
  }
  return sum;
}

// Runs `work(digest)` in a transaction; `work` adds to the row digest what it changes, and says whether it changed
// anything.
template <class Work>
Result<void> SuggestionPass::Impl::transact(Clock::SteadyPoint deadline, Work work) {
  yield_point("suggest.before_write");
  if (auto done = connection.set_durable(false); !done) return done;
  auto hold = shared.gate->enter("suggestions", deadline, shared.clock);
  if (!hold) return hold.error();
  auto transaction = Transaction::begin_immediate(connection, *hold, shared.turnstile.get(), shared.turnstile_counters,
                                                  deadline, shared.clock);
  if (!transaction) return transaction.error();
  const auto kept = connection.query_int("SELECT row_digest FROM meta WHERE id = 1");
  if (!kept) return kept.error();
  auto digest = static_cast<std::uint64_t>(*kept);
  const auto changed = work(digest);
  if (!changed) return changed.error();
  if (!*changed) return {};
  auto update = connection.statement("UPDATE meta SET row_digest = ?1 WHERE id = 1");
  if (!update) return update.error();
  if (auto done = update->bind(1, static_cast<std::int64_t>(digest)).run(); !done) return done;
  return transaction->commit();
}

// Moves the watermark from where this step found it; does nothing where another process moved it meanwhile.
Result<void> SuggestionPass::Impl::write(std::int64_t from, std::int64_t until, const FoundPairs& found,
                                         Clock::SteadyPoint deadline) {
  std::size_t written = 0;
  auto done = transact(deadline, [&](std::uint64_t& digest) -> Result<bool> {
    const auto now = watermark();
    if (!now) return now.error();
    if (*now != from) return false;
    const auto sum = insert(found);
    if (!sum) return sum.error();
    digest += *sum;
    auto update = connection.statement("UPDATE meta SET suggestion_watermark = ?1 WHERE id = 1");
    if (!update) return update.error();
    if (auto moved = update->bind(1, until).run(); !moved) return moved.error();
    written = found.size();  // above the watermark all are new
    return true;
  });
  if (done) shared.suggestions_written.fetch_add(written, std::memory_order_relaxed);
  return done;
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
  auto done = transact(deadline, [&](std::uint64_t& digest) -> Result<bool> {
    for (const SharedName& name : changing) {
      // Looked up again: another process may have made the same changes.
      const auto changes = changes_for(connection, name);
      if (!changes) return changes.error();
      for (const SuggestionChange& change : *changes) {
        const auto sum = apply_change(connection, change);
        if (!sum) return sum.error();
        digest += *sum;
        if (!change.reason_before) ++written;
      }
    }
    return true;
  });
  if (done) shared.suggestions_written.fetch_add(written, std::memory_order_relaxed);
  return done;
}

// @returns  how many entities are left above the watermark.
Result<std::int64_t> SuggestionPass::Impl::compare_names(Clock::SteadyPoint deadline) {
  const auto from = watermark();
  if (!from) return from.error();
  const auto last = last_entity();
  if (!last) return last.error();
  if (*last <= *from) return 0;
  if (loaded_until < *from) {
    if (auto done = load(*from); !done) return done.error();
    if (loaded_until < *from) return *last - *from;
  }
  std::vector<BlockedName> newer;
  const auto reached = read_names(*from, std::min(*last, *from + entities_at_once), newer);
  if (!reached) return reached.error();
  if (auto done = load(*reached); !done) return done.error();
  FoundPairs found;
  embeddings.clear();
  const auto until = compare_all(newer, *reached, found);
  if (!until) return until.error();
  if (auto done = write(*from, *until, found, deadline); !done) return done.error();
  return *last - *until;
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
  const auto compared = compare_names(deadline);
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
