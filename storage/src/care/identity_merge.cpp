// Merging, taking back, deciding: one short transaction each, in which everything is looked at again.
#include "book/for_each_row.hpp"
#include "book/redirect_set.hpp"
#include "book/redirect_store.hpp"
#include "care/care_transaction.hpp"
#include "care/identity_lookup.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>

namespace commonbook::storage {
namespace {

// The least key, as people know the entity.
Result<Key> key_of(Connection& connection, std::int64_t entity) {
  auto select = connection.statement(
      "SELECT scheme, value, space FROM alias WHERE entity = ?1 ORDER BY scheme, value, space LIMIT 1");
  if (!select) return select.error();
  const auto found = select->bind(1, entity).step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::not_found, "entity " + std::to_string(entity) + " is not in this file", 0, {}};
  return Key{static_cast<Scheme>(select->integer(0)), std::string{select->text(1)}, std::string{select->text(2)}};
}

Result<std::string> quoted(Connection& connection, std::int64_t entity) {
  const auto key = key_of(connection, entity);
  if (!key) return key.error();
  return '"' + key->value + '"';
}

Result<std::string> quoted_pair(Connection& connection, const Redirect& pair) {
  auto one = quoted(connection, pair.source);
  if (!one) return one;
  const auto other = quoted(connection, pair.target);
  if (!other) return other;
  return *one + " and " + *other;
}

// Both exist and are two.
Result<void> check_pair(Connection& connection, std::int64_t one, std::int64_t other) {
  for (const std::int64_t entity : {one, other})
    if (const auto key = key_of(connection, entity); !key) return key.error();
  if (one != other) return {};
  return Error{ErrorCode::invalid_argument,
               "both names lead to one entity; there is nothing to merge, to take back or to keep apart", 0, {}};
}

Result<void> set_status(WriteBatch& batch, std::int64_t one, std::int64_t other, SuggestionStatus status) {
  const auto known = find_suggestion(batch.connection(), one, other);
  if (!known) return known.error();
  if (!*known) return {};
  SuggestionRow row = **known;
  row.status = status;
  return put_suggestion(batch, row);
}

Result<MergeReport> merge_in(WriteBatch& batch, const MergeRequest& request) {
  Connection& connection = batch.connection();
  if (auto sound = check_pair(connection, request.kept, request.merged); !sound) return sound.error();
  MergeReport report;
  {
    RedirectSets sets{connection};
    const auto kept = sets.members(request.kept);
    if (!kept) return kept.error();
    const auto merged = sets.members(request.merged);
    if (!merged) return merged.error();
    report.were_one = std::find(kept->begin(), kept->end(), request.merged) != kept->end();
    report.set_size = report.were_one ? kept->size() : kept->size() + merged->size();
    const auto apart = rejected_between(connection, *kept, *merged);
    if (!apart) return apart.error();
    if (*apart && !report.were_one && !request.despite_rejection) {
      const auto names = quoted_pair(connection, **apart);
      if (!names) return names.error();
      return Error{ErrorCode::already_exists,
                   "a person has said that " + *names + " are two; to merge them all the same, say --despite-rejection",
                   0,
                   {}};
    }
  }
  const auto added = add_redirect(batch, {.source = request.merged, .target = request.kept});
  if (!added) return added.error();
  report.changed = *added;
  if (!*added) return report;
  if (auto done = set_status(batch, request.kept, request.merged, SuggestionStatus::accepted); !done)
    return done.error();
  return report;
}

// A suggestion is as open as it was; what nobody had accepted was merged by the pass, and must not come again.
Result<void> reopen(WriteBatch& batch, const Redirect& redirect) {
  const auto known = find_suggestion(batch.connection(), redirect.source, redirect.target);
  if (!known) return known.error();
  if (!*known) return {};
  SuggestionRow row = **known;
  if (row.status == SuggestionStatus::accepted) row.status = SuggestionStatus::open;
  if (row.status == SuggestionStatus::merged_silently) row.status = SuggestionStatus::rejected;
  return put_suggestion(batch, row);
}

// Why there was nothing to take back.
Error not_merged(Connection& connection, std::int64_t one, std::int64_t other,
                 const std::vector<std::int64_t>& set) {
  const auto names = quoted_pair(connection, {one, other});
  if (!names) return names.error();
  if (std::find(set.begin(), set.end(), other) == set.end())
    return Error{ErrorCode::not_found, *names + " are not merged", 0, {}};
  std::string message = *names + " are one only through others; take back one of:";
  for (const std::int64_t entity : {one, other}) {
    const auto merges = redirects_of(connection, entity);
    if (!merges) return merges.error();
    for (const Redirect& merge : *merges) {
      const auto pair = quoted_pair(connection, merge);
      if (!pair) return pair.error();
      message += (message.back() == ':' ? " " : "; ") + *pair;
    }
  }
  return Error{ErrorCode::not_found, std::move(message), 0, {}};
}

Result<UnmergeReport> unmerge_in(WriteBatch& batch, const UnmergeRequest& request) {
  Connection& connection = batch.connection();
  if (request.other) {
    if (auto sound = check_pair(connection, request.one, *request.other); !sound) return sound.error();
  } else if (const auto key = key_of(connection, request.one); !key) {
    return key.error();
  }
  auto merges = redirects_of(connection, request.one);
  if (!merges) return merges.error();
  UnmergeReport report;
  for (const Redirect& merge : *merges) {
    if (request.other && merge.source != *request.other && merge.target != *request.other) continue;
    const auto removed = remove_redirect(batch, merge);
    if (!removed) return removed.error();
    if (auto done = reopen(batch, merge); !done) return done.error();
    ++report.merges;
  }
  RedirectSets sets{connection};
  const auto set = sets.members(request.one);
  if (!set) return set.error();
  if (report.merges == 0) {
    if (request.other) return not_merged(connection, request.one, *request.other, *set);
    const auto name = quoted(connection, request.one);
    if (!name) return name.error();
    return Error{ErrorCode::not_found, *name + " is merged with nothing", 0, {}};
  }
  report.set_size = set->size();
  report.still_one = request.other && std::find(set->begin(), set->end(), *request.other) != set->end();
  return report;
}

Result<MergeReport> accept_in(WriteBatch& batch, std::int64_t one, std::int64_t other) {
  const auto known = find_suggestion(batch.connection(), one, other);
  if (!known) return known.error();
  if (!*known) {
    return Error{ErrorCode::not_found, "nobody suggested these two; see `suggestions list`, or use `merge`", 0, {}};
  }
  auto left = key_of(batch.connection(), one);
  if (!left) return left.error();
  auto right = key_of(batch.connection(), other);
  if (!right) return right.error();
  const auto rank = [](const Key& key) { return std::pair{!is_strong(key.scheme), key}; };
  const bool keeps_one = rank(*left) < rank(*right);
  // The pair itself may have been rejected before: then this is a change of mind.
  const bool changes_mind = (*known)->status == SuggestionStatus::rejected;
  if (changes_mind)
    if (auto done = set_status(batch, one, other, SuggestionStatus::open); !done) return done.error();
  return merge_in(batch, {.kept = keeps_one ? one : other, .merged = keeps_one ? other : one});
}

Result<bool> reject_in(WriteBatch& batch, std::int64_t one, std::int64_t other) {
  Connection& connection = batch.connection();
  if (auto sound = check_pair(connection, one, other); !sound) return sound.error();
  const auto merges = redirects_of(connection, one);
  if (!merges) return merges.error();
  for (const Redirect& merge : *merges)
    if (merge.source == other || merge.target == other)
      return Error{ErrorCode::already_exists, "these two are merged; use `unmerge` first", 0, {}};
  const auto known = find_suggestion(connection, one, other);
  if (!known) return known.error();
  if (*known && (*known)->status == SuggestionStatus::rejected) return false;
  const auto& [left, right] = std::minmax(one, other);
  SuggestionRow row{left, right, 0, "kept apart by a person", SuggestionStatus::rejected};
  if (*known) row.reason = (*known)->reason;
  if (auto done = put_suggestion(batch, row); !done) return done.error();
  return true;
}

// Runs `work(batch)`, which gives a Result of a report, in a durable transaction.
template <class Work>
auto decide(const Book& book, std::string_view who, Clock::SteadyPoint deadline, Work work)
    -> decltype(work(std::declval<WriteBatch&>())) {
  using Report = decltype(work(std::declval<WriteBatch&>()));
  return or_out_of_memory([&]() -> Report {
    detail::BookShared& shared = book.shared();
    if (auto room = shared.admit_write(); !room) return room.error();
    auto connection = shared.connect(Role::writer, deadline);
    if (!connection) return connection.error();
    connection->set_deadline(deadline);
    WriterMemory memory;
    std::optional<Report> report;
    auto done = transact({.book = shared, .connection = *connection, .memory = memory, .who = who}, deadline,
                         [&](WriteBatch& batch) -> Result<void> {
                           report = work(batch);
                           yield_point("identity.before_commit");
                           return *report ? Result<void>{} : Result<void>{report->error()};
                         });
    if (!done) return done.error();
    return std::move(*report);
  });
}

}  // namespace

Result<MergeReport> merge_entities(const Book& book, const MergeRequest& request, Clock::SteadyPoint deadline) {
  return decide(book, "merge", deadline, [&](WriteBatch& batch) { return merge_in(batch, request); });
}

Result<UnmergeReport> unmerge_entities(const Book& book, const UnmergeRequest& request, Clock::SteadyPoint deadline) {
  return decide(book, "unmerge", deadline, [&](WriteBatch& batch) { return unmerge_in(batch, request); });
}

Result<MergeReport> accept_suggestion(const Book& book, std::int64_t one, std::int64_t other,
                                      Clock::SteadyPoint deadline) {
  return decide(book, "suggestions", deadline, [&](WriteBatch& batch) { return accept_in(batch, one, other); });
}

Result<bool> reject_suggestion(const Book& book, std::int64_t one, std::int64_t other, Clock::SteadyPoint deadline) {
  return decide(book, "suggestions", deadline, [&](WriteBatch& batch) { return reject_in(batch, one, other); });
}

}  // namespace commonbook::storage
