#include "book/similarity_index.hpp"

#include <mutex>
#include <vector>

namespace commonbook::storage {
namespace {

struct AliasRow {
  std::int64_t id = 0;
  std::int64_t entity = 0;
  Key key;
};

constexpr std::size_t rows_at_once = 1024;

Result<std::vector<AliasRow>> read_aliases(Connection& connection, std::int64_t after) {
  auto rows = connection.statement(
      "SELECT id, entity, space, value FROM alias WHERE id > ?1 AND scheme = 1 ORDER BY id LIMIT 1024");
  if (!rows) return rows.error();
  rows->bind(1, after);
  std::vector<AliasRow> read;
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return read;
    read.push_back({rows->integer(0), rows->integer(1),
                    {Scheme::name, std::string{rows->text(3)}, std::string{rows->text(2)}}});
  }
}

struct Probe {
  const Key& key;
  const Embedding& embedding;
};

// Equal scores go to the older entity, so that one process finds the same one each time.
void compare(const Probe& probe, const IndexedName& name, std::optional<SimilarEntity>& best) {
  if (name.key.space != probe.key.space) return;
  const double score = name_score(cosine(probe.embedding, name.embedding), probe.key.value, name.key.value);
  if (!best || score > best->score || (score == best->score && name.entity < best->entity)) {
    best = SimilarEntity{name.entity, score};
  }
}

}  // namespace

double name_score(double cosine_of_embeddings, std::string_view left, std::string_view right) {
  return (cosine_of_embeddings + jaro_winkler(left, right)) / 2;
}

Result<void> SimilarityIndex::catch_up(Connection& connection, const Embedder& embedder) {
  for (;;) {
    std::int64_t after = 0;
    {
      const std::shared_lock guard{mutex_};
      after = read_until_;
    }
    auto rows = read_aliases(connection, after);
    if (!rows) return rows.error();
    std::vector<IndexedName> fresh;
    for (AliasRow& row : *rows) {
      auto embedding = embedder.embed(row.key.value);
      if (!embedding) return embedding.error();
      fresh.push_back({row.id, row.entity, std::move(row.key), std::move(*embedding)});
    }
    const std::unique_lock guard{mutex_};
    if (read_until_ != after) continue;  // another thread read the same rows
    for (IndexedName& name : fresh) {
      read_until_ = name.alias;
      if (published_.erase(name.alias) == 0) names_.push_back(std::move(name));
    }
    if (fresh.size() < rows_at_once) return {};
  }
}

Result<SimilarName> SimilarityIndex::look_up(Connection& connection, const Embedder& embedder, const Key& key) {
  if (auto done = catch_up(connection, embedder); !done) return done.error();
  auto embedding = embedder.embed(key.value);
  if (!embedding) return embedding.error();
  SimilarName found{std::move(*embedding), std::nullopt, 0};
  const std::shared_lock guard{mutex_};
  for (const IndexedName& name : names_) compare({key, found.embedding}, name, found.best);
  found.compared = names_.size();
  return found;
}

std::optional<SimilarEntity> SimilarityIndex::finish(const SimilarName& found, const Key& key,
                                                     std::span<const IndexedName> pending) const {
  auto best = found.best;
  {
    const std::shared_lock guard{mutex_};
    std::size_t from = found.compared;
    if (names_.size() > from + newer_names_max) from = names_.size() - newer_names_max;
    for (std::size_t at = from; at < names_.size(); ++at) compare({key, found.embedding}, names_[at], best);
  }
  if (pending.size() > newer_names_max) pending = pending.last(newer_names_max);
  for (const IndexedName& name : pending) compare({key, found.embedding}, name, best);
  return best;
}

void SimilarityIndex::publish(IndexedName name) {
  const std::unique_lock guard{mutex_};
  if (name.alias <= read_until_ || !published_.insert(name.alias).second) return;
  names_.push_back(std::move(name));
}

}  // namespace commonbook::storage
