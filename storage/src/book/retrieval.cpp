#include "book/retrieval.hpp"

#include "book/bounded_reader.hpp"
#include "book/for_each_row.hpp"
#include "book/merged_names.hpp"
#include "book/retrieval_search.hpp"
#include "book/retrieval_spelling.hpp"
#include "book/schema_sql.hpp"
#include "book/tail_codec.hpp"
#include "book/writer_prepare.hpp"
#include "commonbook/model/speaker.hpp"
#include "commonbook/model/yield_point.hpp"
#include "commonbook/storage/normalise.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace commonbook::storage {
namespace {

constexpr std::size_t candidates_per_document = 4;
constexpr std::size_t unknown_words_max = 4;        // whose spelling is looked into
constexpr std::int64_t versions_max = 256;          // of one document
constexpr std::int64_t observations_max = 256;      // of one version

}  // namespace

Result<void> check_plan(const QueryPlan& plan) {
  const auto refuse = [](std::string what) { return Error{ErrorCode::invalid_argument, std::move(what), 0, {}}; };
  if (plan.walk_depth < 0 || plan.walk_depth > 3) return refuse("walk_depth must be 0 to 3");
  if (plan.documents_max > 1'000) return refuse("documents_max must be at most 1,000");
  if (plan.entities_max > 10'000) return refuse("entities_max must be at most 10,000");
  for (const PredicateWeight& each : plan.walk_weights)
    if (!(each.weight >= 0 && each.weight <= 1)) return refuse("the weight of a predicate must be 0 to 1");
  if (!(plan.walk_weight_default >= 0 && plan.walk_weight_default <= 1))
    return refuse("the weight of a predicate must be 0 to 1");
  if (plan.facts_max > 100'000) return refuse("facts_max must be at most 100,000");
  if (plan.terms.size() > 256) return refuse("a plan takes at most 256 terms");
  for (const LiteralRange& range : plan.ranges)
    if (range.from.type != range.to.type) return refuse("both ends of a range must have one type");
  return {};
}

Result<Answer> Retrieval::run() {
  answer_.commit_seq = snapshot_.commit_seq;
  for (const auto step : {&Retrieval::search, &Retrieval::find_starts, &Retrieval::walk})
    if (auto done = (this->*step)(); !done) return done.error();
  return std::move(answer_);
}

Result<std::vector<std::pair<std::int64_t, double>>> Retrieval::matching_documents() {
  std::vector<std::pair<std::int64_t, double>> found;
  if (!plan_.parts.words || plan_.documents_max == 0) return found;
  DocumentSearch search{snapshot_};
  std::size_t unknown = 0;
  for (const std::string& term : plan_.terms) {
    const auto known = search.add(term);
    if (!known) return known.error();
    if (*known || !plan_.parts.spelling || ++unknown > unknown_words_max) continue;
    const auto similar = similar_words(snapshot_, term);
    if (!similar) return similar.error();
    for (const std::string& word : *similar) {
      if (auto added = search.add(word); !added) return added.error();
      answer_.corrections.push_back({term, word});
    }
  }
  auto scored = search.run();
  if (!scored) return scored.error();
  const std::size_t wanted = plan_.documents_max * candidates_per_document;
  for (const ScoredDocument& document : *scored) {
    if (found.size() >= wanted && document.score < found.back().second) break;
    found.emplace_back(document.row, document.score);
  }
  if (auto done = cut_matches(found, wanted); !done) return done.error();
  return found;
}

// Which of equally good matches are left out must not depend on who came first, so their hashes decide.
Result<void> Retrieval::cut_matches(std::vector<std::pair<std::int64_t, double>>& found, std::size_t wanted) {
  if (found.size() <= wanted) return {};
  const double last = found.back().second;
  std::map<std::pair<std::string, std::string>, std::int64_t> equal;
  while (!found.empty() && found.back().second == last) {
    auto statement = snapshot_.connection().statement("SELECT hash, external_id FROM document WHERE id = ?1");
    if (!statement) return statement.error();
    const auto row = statement->bind(1, found.back().first).step();
    if (!row) return row.error();
    if (*row) equal.emplace(std::pair{statement->text(0), statement->text(1)}, found.back().first);
    found.pop_back();
  }
  for (const auto& [hash, document] : equal) {
    if (found.size() == wanted) break;
    found.emplace_back(document, last);
  }
  return {};
}

// A document is shown in its best version, with the score of whichever version matched best.
Result<void> Retrieval::search() {
  const auto found = matching_documents();
  if (!found) return found.error();
  std::map<std::pair<std::string, std::int64_t>, Version> best;  // by external id and subject
  std::set<std::int64_t> seen;
  for (const auto& [row, score] : *found) {
    if (seen.count(row) > 0) continue;
    auto versions = versions_of(row);
    if (!versions) return versions.error();
    if (versions->empty()) continue;
    for (const Version& version : *versions) seen.insert(version.row);
    Version& top = *std::max_element(versions->begin(), versions->end(),
                                     [](const Version& left, const Version& right) { return left.rank < right.rank; });
    top.passage.score = score;  // matches come best first, so this is the best of all versions
    best.emplace(std::pair{top.passage.citation.document_id, top.subject}, std::move(top));
  }
  std::vector<Version> ordered;
  for (auto& [key, version] : best) ordered.push_back(std::move(version));
  std::sort(ordered.begin(), ordered.end(), [](const Version& left, const Version& right) {
    return std::tie(right.passage.score, left.passage.citation.document_id, left.rank) <
           std::tie(left.passage.score, right.passage.citation.document_id, right.rank);
  });
  if (ordered.size() > plan_.documents_max) ordered.resize(plan_.documents_max);
  for (Version& version : ordered) {
    if (version.subject != 0) {
      const auto root = reader_.root(version.subject);
      if (!root) return root.error();
      const auto view = reader_.view(*root);
      if (!view) return view.error();
      version.passage.subject = **view;
      if (auto done = add_start(version.subject, false); !done) return done;
    }
    answer_.passages.push_back(std::move(version.passage));
  }
  return {};
}

// All versions of the document that `document` is one of: same external id, same subject.
Result<std::vector<Retrieval::Version>> Retrieval::versions_of(std::int64_t document) {
  std::vector<Version> versions;
  {
    auto statement = snapshot_.connection().statement(
        "SELECT v.id, v.body, v.subject FROM document d JOIN document v "
        "ON v.external_id = d.external_id AND v.subject IS d.subject WHERE d.id = ?1 ORDER BY v.hash LIMIT ?2");
    if (!statement) return statement.error();
    statement->bind(1, document).bind(2, versions_max);
    auto read = for_each_row(*statement, [&versions](const Statement& row) {
      Version version;
      version.row = row.integer(0);
      version.passage.text = row.text(1);
      version.subject = row.integer(2);
      versions.push_back(std::move(version));
    });
    if (!read) return read.error();
  }
  // Who may speak of the document's subject matters only where there is a choice.
  SpeakerRule rule;
  if (versions.size() > 1 && versions.front().subject != 0) {
    auto read = rule_about(versions.front().subject);
    if (!read) return read.error();
    rule = std::move(*read);
  }
  std::vector<Version> counted;
  for (Version& version : versions) {
    bool counts = false;
    if (auto done = rank_version(version, rule, counts); !done) return done.error();
    if (counts) counted.push_back(std::move(version));
  }
  return counted;
}

// The rank and citation of a version are those of its best evidence; without any that counts it is not shown.
Result<void> Retrieval::rank_version(Version& version, const SpeakerRule& rule, bool& counts) {
  std::vector<std::int64_t> observations;
  {
    auto statement =
        snapshot_.connection().statement(
            "SELECT id FROM observation WHERE document = ?1 AND retracted = 0 LIMIT ?2");
    if (!statement) return statement.error();
    statement->bind(1, version.row).bind(2, observations_max);
    auto read = for_each_row(*statement, [&](const Statement& row) { observations.push_back(row.integer(0)); });
    if (!read) return read;
  }
  for (const std::int64_t observation : observations) {
    const auto evidence = reader_.evidence(observation);
    if (!evidence) return evidence.error();
    if (!reader_.counts(**evidence)) continue;
    std::pair rank{rule.standing(observation, (*evidence)->citation.trust), (*evidence)->rank()};
    if (counts && rank <= version.rank) continue;
    counts = true;
    version.rank = std::move(rank);
    version.passage.citation = (*evidence)->citation;
  }
  return {};
}

Result<void> Retrieval::add_start(std::int64_t entity, bool named) {
  const auto root = reader_.root(entity);
  if (!root) return root.error();
  if (named) {
    const auto view = reader_.view(*root);
    if (!view) return view.error();
    const auto same = [&](const EntityView& other) { return other.id == *root; };
    if (std::none_of(answer_.starts.begin(), answer_.starts.end(), same)) answer_.starts.push_back(**view);
  }
  if (reached_.count(*root) > 0) return {};
  if (order_.size() >= plan_.entities_max) {
    answer_.truncated = true;
    return {};
  }
  reached_[*root] = {0, 1.0};
  order_.push_back(*root);
  return {};
}

Result<void> Retrieval::start_from_key(const Key& key) {
  const auto normalised = normalise_key(key);
  if (!normalised) return {};  // a text that can be no key leads to nothing
  const auto entity = find_alias(snapshot_.connection(), *normalised);
  if (!entity) return entity.error();
  if (!*entity) return {};
  if (key.scheme == Scheme::exact) {
    const auto same = stands_for(snapshot_.connection(), **entity, key.value);
    if (!same) return same.error();
    if (!*same) return {};  // another key with the same hash
  }
  return add_start(**entity, true);
}

// Strong entities that claim a name, in evidence that counts; what is believed makes the rest not count.
Result<std::vector<std::int64_t>> Retrieval::claimants(const std::string& normalised) {
  constexpr std::int64_t entities_max = 64;
  constexpr std::int64_t claims_max = 4'096;  // of one entity
  std::vector<std::pair<std::int64_t, std::int64_t>> claims;
  std::int64_t claiming = 0;
  for (std::int64_t count = 0; count < entities_max; ++count) {
    {
      auto next = snapshot_.connection().statement(
          "SELECT entity FROM claim WHERE name = ?1 AND entity > ?2 ORDER BY entity LIMIT 1");
      if (!next) return next.error();
      const auto row = next->bind(1, std::string_view{normalised}).bind(2, claiming).step();
      if (!row) return row.error();
      if (!*row) break;
      claiming = next->integer(0);
    }
    auto statement =
        snapshot_.connection().statement("SELECT observation FROM claim WHERE name = ?1 AND entity = ?2 LIMIT ?3");
    if (!statement) return statement.error();
    statement->bind(1, std::string_view{normalised}).bind(2, claiming).bind(3, claims_max);
    auto read = for_each_row(*statement,
                             [&](const Statement& row) { claims.emplace_back(claiming, row.integer(0)); });
    if (!read) return read.error();
  }
  std::vector<std::int64_t> roots;
  bool believed = false;
  for (const auto& [entity, observation] : claims) {
    const auto evidence = reader_.evidence(observation);
    if (!evidence) return evidence.error();
    const bool is_better = is_believed((*evidence)->citation.trust);
    if (!reader_.counts(**evidence) || (believed && !is_better)) continue;
    if (is_better && !std::exchange(believed, true)) roots.clear();
    const auto root = reader_.root(entity);
    if (!root) return root.error();
    if (std::find(roots.begin(), roots.end(), *root) == roots.end()) roots.push_back(*root);
  }
  return roots;
}

Result<bool> Retrieval::start_from_name(const std::string& name) {
  const std::size_t before = answer_.starts.size();
  const auto normalised = normalise_name(name);
  if (!normalised) return false;
  const auto spaces = spaces_of(snapshot_.connection(), *normalised);
  if (!spaces) return spaces.error();
  for (const std::string& space : *spaces)
    if (auto done = start_from_key({Scheme::name, name, space}); !done) return done.error();
  // A name that was merged with others is claimed by whoever claims one of them.
  const auto names = merged_names(reader_, snapshot_.connection(), *normalised);
  if (!names) return names.error();
  std::vector<std::int64_t> roots;
  for (const std::string& each : *names) {
    const auto claiming = claimants(each);
    if (!claiming) return claiming.error();
    for (const std::int64_t root : *claiming)
      if (std::find(roots.begin(), roots.end(), root) == roots.end()) roots.push_back(root);
  }
  if (roots.size() == 1)  // several: none is meant
    if (auto done = add_start(roots.front(), true); !done) return done.error();
  return answer_.starts.size() > before;
}

// A name that leads to nothing is read as the nearest known one, but only where it holds a word that no document holds:
// what documents speak of is spelled right, only no entity.
Result<void> Retrieval::start_from_similar_name(const std::string& name) {
  const auto normalised = normalise_name(name);
  if (!normalised) return {};
  const auto is_odd = holds_unknown_word(snapshot_, *normalised);
  if (!is_odd) return is_odd.error();
  if (!*is_odd) return {};
  const auto similar = similar_name(snapshot_, *normalised);
  if (!similar) return similar.error();
  if (similar->empty()) return {};
  const auto started = start_from_name(*similar);
  if (!started) return started.error();
  if (*started) answer_.corrections.push_back({name, *similar});
  return {};
}

// Subjects of rows whose evidence counts, in the order of their keys.
Result<void> Retrieval::start_from_rows(std::vector<TailRow> rows) {
  std::map<Key, std::int64_t> subjects;
  for (const TailRow& row : rows) {
    const auto evidence = reader_.evidence(row.observation);
    if (!evidence) return evidence.error();
    if (!reader_.counts(**evidence)) continue;
    const auto key = reader_.key(row.subject);
    if (!key) return key.error();
    subjects.emplace(**key, row.subject);
  }
  for (const auto& [key, subject] : subjects)
    if (auto done = add_start(subject, false); !done) return done;
  return {};
}

Result<void> Retrieval::find_starts() {
  std::size_t unknown = 0;
  if (plan_.parts.entities)
    for (const std::string& name : plan_.names) {
      const auto started = start_from_name(name);
      if (!started) return started.error();
      if (*started || !plan_.parts.spelling || ++unknown > unknown_words_max) continue;
      if (auto done = start_from_similar_name(name); !done) return done;
    }
  for (const Key& key : plan_.keys)
    if (auto done = start_from_key(key); !done) return done;
  for (const Literal& literal : plan_.literals) {
    auto found = rows_of_object(snapshot_, encode_literal(literal));
    if (!found) return found.error();
    answer_.truncated = answer_.truncated || found->is_cut;
    if (auto done = start_from_rows(std::move(found->rows)); !done) return done;
  }
  for (const LiteralRange& range : plan_.ranges) {
    const auto predicate = reader_.predicate_id(range.predicate);
    if (!predicate) return predicate.error();
    if (*predicate == 0) continue;
    auto found = rows_of_range(snapshot_, *predicate, encode_literal(range.from), encode_literal(range.to));
    if (!found) return found.error();
    answer_.truncated = answer_.truncated || found->is_cut;
    if (auto done = start_from_rows(std::move(found->rows)); !done) return done;
  }
  return {};
}

}  // namespace commonbook::storage
