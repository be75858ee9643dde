// Finding entities, and listing what is suggested: in one snapshot each.
#include "book/book_shared.hpp"
#include "book/evidence_reader.hpp"
#include "book/first_integer.hpp"
#include "book/for_each_row.hpp"
#include "book/redirect_store.hpp"
#include "book/writer_prepare.hpp"
#include "care/identity_lookup.hpp"
#include "commonbook/storage/normalise.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace commonbook::storage {
namespace {

constexpr std::string_view id_prefix = "entity:";

std::optional<std::int64_t> read_id(std::string_view text) {
  if (!text.starts_with(id_prefix)) return std::nullopt;
  text.remove_prefix(id_prefix.size());
  std::int64_t id = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

Result<void> collect(Connection& connection, const Key& key, std::set<std::int64_t>& found) {
  auto select = connection.statement("SELECT entity FROM alias WHERE value = ?1 AND scheme = ?2");
  if (!select) return select.error();
  select->bind(1, std::string_view{key.value}).bind(2, static_cast<std::int64_t>(key.scheme));
  return for_each_row(*select, [&found](const Statement& row) { found.insert(row.integer(0)); });
}

// A text that can be no key of a scheme leads to nothing by it.
Result<std::set<std::int64_t>> by_keys(Connection& connection, std::string_view text) {
  std::set<std::int64_t> found;
  for (const Scheme scheme : {Scheme::name, Scheme::mailto, Scheme::mid, Scheme::ical_uid, Scheme::exact}) {
    const auto key = normalise_key({scheme, std::string{text}, {}});
    if (!key) continue;
    std::set<std::int64_t> entities;
    if (auto done = collect(connection, *key, entities); !done) return done.error();
    for (const std::int64_t entity : entities) {
      const auto same = scheme == Scheme::exact ? stands_for(connection, entity, text) : Result<bool>{true};
      if (!same) return same.error();
      if (*same) found.insert(entity);
    }
  }
  return found;
}

Result<std::set<std::int64_t>> by_claims(Connection& connection, std::string_view text) {
  std::set<std::int64_t> found;
  const auto name = normalise_name(text);
  if (!name) return found;
  auto select = connection.statement(
      "SELECT c.entity FROM claim c JOIN observation o ON o.id = c.observation WHERE c.name = ?1 AND o.retracted = 0");
  if (!select) return select.error();
  auto read = for_each_row(select->bind(1, std::string_view{*name}),
                           [&found](const Statement& row) { found.insert(row.integer(0)); });
  if (!read) return read.error();
  return found;
}

Result<std::vector<FoundEntity>> find_in(Snapshot& snapshot, std::string_view text) {
  std::vector<FoundEntity> entities;
  std::set<std::int64_t> ids;
  if (const auto id = read_id(text)) {
    const auto known = entity_exists(snapshot.connection(), *id);
    if (!known) return known.error();
    if (*known) ids.insert(*id);
  } else {
    auto found = by_keys(snapshot.connection(), text);
    if (found && found->empty()) found = by_claims(snapshot.connection(), text);
    if (!found) return found.error();
    ids = std::move(*found);
  }
  EvidenceReader reader{snapshot, {}};
  for (const std::int64_t id : ids) {
    auto entity = describe_entity(reader, id);
    if (!entity) return entity.error();
    entities.push_back(std::move(*entity));
  }
  std::sort(entities.begin(), entities.end(),
            [](const FoundEntity& left, const FoundEntity& right) { return left.key < right.key; });
  return entities;
}

Result<std::vector<SuggestionRow>> rows_with(Connection& connection, Decision decision) {
  auto select = connection.statement(
      "SELECT left_entity, right_entity, score, reason FROM suggestion WHERE status = ?1 ORDER BY score DESC, reason");
  if (!select) return select.error();
  std::vector<SuggestionRow> rows;
  auto read = for_each_row(select->bind(1, static_cast<std::int64_t>(decision)), [&](const Statement& row) {
    rows.push_back({row.integer(0), row.integer(1), row.real(2), std::string{row.text(3)},
                    static_cast<SuggestionStatus>(decision)});
  });
  if (!read) return read.error();
  return rows;
}

// Whether an open suggestion says nothing new any more.
Result<bool> is_settled(EvidenceReader& reader, Connection& connection, const SuggestionRow& row) {
  const auto left = reader.members(row.left);
  if (!left) return left.error();
  if (std::find(left->begin(), left->end(), row.right) != left->end()) return true;
  const auto right = reader.members(row.right);
  if (!right) return right.error();
  const auto apart = rejected_between(connection, *left, *right);
  if (!apart) return apart.error();
  return apart->has_value();
}

Result<SuggestionList> list_in(Snapshot& snapshot, Decision decision, std::size_t limit) {
  auto rows = rows_with(snapshot.connection(), decision);
  if (!rows) return rows.error();
  EvidenceReader reader{snapshot, {}};
  SuggestionList list;
  for (SuggestionRow& row : *rows) {
    if (decision == Decision::open) {
      const auto settled = is_settled(reader, snapshot.connection(), row);
      if (!settled) return settled.error();
      if (*settled) continue;
    }
    if (list.total++ >= static_cast<std::int64_t>(limit)) continue;
    auto left = describe_entity(reader, row.left);
    if (!left) return left.error();
    auto right = describe_entity(reader, row.right);
    if (!right) return right.error();
    if (right->key < left->key) std::swap(*left, *right);
    list.suggestions.push_back({std::move(*left), std::move(*right), row.score, std::move(row.reason), decision});
  }
  std::stable_sort(list.suggestions.begin(), list.suggestions.end(),
                   [](const ListedSuggestion& one, const ListedSuggestion& other) {
                     return std::tie(other.score, one.reason, one.left.key, one.right.key) <
                            std::tie(one.score, other.reason, other.left.key, other.right.key);
                   });
  return list;
}

template <class Look>
auto in_snapshot(const Book& book, Clock::SteadyPoint deadline, Look look)
    -> decltype(look(std::declval<Snapshot&>())) {
  return or_out_of_memory([&]() -> decltype(look(std::declval<Snapshot&>())) {
    auto connection = book.shared().connect(Role::reader, deadline);
    if (!connection) return connection.error();
    auto snapshot = Snapshot::begin(book.shared(), *connection, deadline, "identity");
    if (!snapshot) return snapshot.error();
    return look(*snapshot);
  });
}

}  // namespace

Result<bool> entity_exists(Connection& connection, std::int64_t entity) {
  auto select = connection.statement("SELECT EXISTS(SELECT 1 FROM entity WHERE id = ?1)");
  if (!select) return select.error();
  const auto found = only_integer(select->bind(1, entity));
  if (!found) return found.error();
  return *found != 0;
}

Result<FoundEntity> describe_entity(EvidenceReader& reader, std::int64_t entity) {
  const auto key = reader.key(entity);
  if (!key) return key.error();
  auto name = reader.own_name(entity);
  if (!name) return name.error();
  const auto root = reader.root(entity);
  if (!root) return root.error();
  const auto members = reader.members(entity);
  if (!members) return members.error();
  return FoundEntity{entity, **key, std::move(*name), *root, members->size()};
}

Result<std::vector<FoundEntity>> find_entities(const Book& book, std::string_view text, Clock::SteadyPoint deadline) {
  return in_snapshot(book, deadline, [&](Snapshot& snapshot) { return find_in(snapshot, text); });
}

Result<SuggestionList> list_suggestions(const Book& book, Decision decision, std::size_t limit,
                                        Clock::SteadyPoint deadline) {
  return in_snapshot(book, deadline, [&](Snapshot& snapshot) { return list_in(snapshot, decision, limit); });
}

std::string_view to_string(Decision decision) noexcept {
  switch (decision) {
    case Decision::open: return "open";
    case Decision::accepted: return "accepted";
    case Decision::rejected: return "rejected";
    case Decision::merged_silently: return "merged silently";
  }
  return "unknown";
}

}  // namespace commonbook::storage
