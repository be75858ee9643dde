#include "book/retrieval.hpp"

#include "book/for_each_row.hpp"
#include "book/merged_names.hpp"
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

constexpr std::size_t neighbours_max = 200;  // of one entity: a very common one must not fill the walk
constexpr std::size_t candidates_per_document = 4;

struct Neighbour {
  std::int64_t evidence_count = 0;
  const Key* key = nullptr;  // the evidence reader's
  std::int64_t entity = 0;
};

// Each term as a quoted phrase: words of a question are never read as search syntax.
std::string match_expression(const std::vector<std::string>& terms) {
  std::string expression;
  for (const std::string& term : terms) {
    std::string quoted;
    for (const char c : term) {
      if (c == '\0') continue;
      quoted += c;
      if (c == '"' && !fault("planted.quote")) quoted += '"';
    }
    if (quoted.empty()) continue;
    if (!expression.empty()) expression += " OR ";
    expression += '"' + quoted + '"';
  }
  return expression;
}

}  // namespace

Result<void> check_plan(const QueryPlan& plan) {
  const auto refuse = [](std::string what) { return Error{ErrorCode::invalid_argument, std::move(what), 0, {}}; };
  if (plan.walk_depth < 0 || plan.walk_depth > 3) return refuse("walk_depth must be 0 to 3");
  if (plan.documents_max > 1'000) return refuse("documents_max must be at most 1,000");
  if (plan.entities_max > 10'000) return refuse("entities_max must be at most 10,000");
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
  for (const std::int64_t root : order_)
    if (auto done = add_facts(root, distance_[root]); !done) return done.error();
  return std::move(answer_);
}

Result<std::vector<std::pair<std::int64_t, double>>> Retrieval::matching_documents() {
  std::vector<std::pair<std::int64_t, double>> found;
  const std::string expression = match_expression(plan_.terms);
  if (expression.empty() || plan_.documents_max == 0) return found;
  const std::size_t wanted = plan_.documents_max * candidates_per_document;
  auto statement = snapshot_.connection().statement(
      "SELECT rowid, bm25(search, 4.0, 1.0, 1.0) AS score FROM search WHERE search MATCH ?1 ORDER BY score");
  if (!statement) return statement.error();
  statement->bind(1, std::string_view{expression});
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) break;
    const double score = -statement->real(1);
    if (found.size() >= wanted && score < found.back().second) break;
    found.emplace_back(statement->integer(0), score);
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
        "ON v.external_id = d.external_id AND v.subject IS d.subject WHERE d.id = ?1 ORDER BY v.hash");
    if (!statement) return statement.error();
    statement->bind(1, document);
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

Result<SpeakerRule> Retrieval::rule_about(std::int64_t entity) {
  const auto root = reader_.root(entity);
  if (!root) return root.error();
  const auto rows = rows_about(*root);
  if (!rows) return rows.error();
  return SpeakerRule::of(reader_, *rows);
}

// The rank and citation of a version are those of its best evidence; without any that counts it is not shown.
Result<void> Retrieval::rank_version(Version& version, const SpeakerRule& rule, bool& counts) {
  std::vector<std::int64_t> observations;
  {
    auto statement =
        snapshot_.connection().statement("SELECT id FROM observation WHERE document = ?1 AND retracted = 0");
    if (!statement) return statement.error();
    statement->bind(1, version.row);
    auto read = for_each_row(*statement, [&](const Statement& row) { observations.push_back(row.integer(0)); });
    if (!read) return read;
  }
  for (const std::int64_t observation : observations) {
    const auto evidence = reader_.evidence(observation);
    if (!evidence) return evidence.error();
    if (!reader_.counts(**evidence)) continue;
    std::pair rank{rule.standing(observation, **evidence), (*evidence)->rank()};
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
  if (distance_.count(*root) > 0) return {};
  if (order_.size() >= plan_.entities_max) {
    answer_.truncated = true;
    return {};
  }
  distance_[*root] = 0;
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
  std::vector<std::pair<std::int64_t, std::int64_t>> claims;
  {
    auto statement = snapshot_.connection().statement("SELECT entity, observation FROM claim WHERE name = ?1");
    if (!statement) return statement.error();
    statement->bind(1, std::string_view{normalised});
    auto read = for_each_row(*statement, [&claims](const Statement& row) {
      claims.emplace_back(row.integer(0), row.integer(1));
    });
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

Result<void> Retrieval::start_from_name(const std::string& name) {
  if (auto done = start_from_key({Scheme::name, name, {}}); !done) return done;
  const auto normalised = normalise_name(name);
  if (!normalised) return {};
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
  return roots.size() == 1 ? add_start(roots.front(), true) : Result<void>{};  // several: none is meant
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
  for (const std::string& name : plan_.names)
    if (auto done = start_from_name(name); !done) return done;
  for (const Key& key : plan_.keys)
    if (auto done = start_from_key(key); !done) return done;
  for (const Literal& literal : plan_.literals) {
    std::vector<TailRow> rows;
    auto visited =
        visit_object(snapshot_, encode_literal(literal), [&rows](const TailRow& row) { rows.push_back(row); });
    if (!visited) return visited;
    if (auto done = start_from_rows(std::move(rows)); !done) return done;
  }
  for (const LiteralRange& range : plan_.ranges) {
    const auto predicate = reader_.predicate_id(range.predicate);
    if (!predicate) return predicate.error();
    if (*predicate == 0) continue;
    std::vector<TailRow> rows;
    auto visited = visit_literal_range(snapshot_, *predicate, encode_literal(range.from), encode_literal(range.to),
                                       [&rows](const TailRow& row) { rows.push_back(row); });
    if (!visited) return visited;
    if (auto done = start_from_rows(std::move(rows)); !done) return done;
  }
  return {};
}

// Entities one edge away: those with the most evidence for it first, equal ones in the order of their keys, so that
// what a common entity is cut to is what it has most to do with. All rows are read anyway: the rank costs no look.
Result<std::vector<std::int64_t>> Retrieval::neighbours(std::int64_t root) {
  const auto members = reader_.members(root);
  if (!members) return members.error();
  std::vector<TailRow> rows;
  const auto keep = [&rows](const TailRow& row) {
    if (std::holds_alternative<std::int64_t>(row.object)) rows.push_back(row);
  };
  for (const std::int64_t member : *members) {
    if (auto done = visit_subject(snapshot_, member, keep); !done) return done.error();
    if (auto done = visit_object(snapshot_, member, keep); !done) return done.error();
  }
  std::unordered_map<std::int64_t, std::int64_t> evidence_counts;
  for (const TailRow& row : rows) {
    const auto evidence = reader_.evidence(row.observation);
    if (!evidence) return evidence.error();
    if (!reader_.counts(**evidence)) continue;
    for (const std::int64_t end : {row.subject, std::get<std::int64_t>(row.object)}) {
      const auto other = reader_.root(end);
      if (!other) return other.error();
      if (*other != root) ++evidence_counts[*other];
    }
  }
  std::vector<Neighbour> found;
  found.reserve(evidence_counts.size());
  for (const auto& [other, count] : evidence_counts) {
    const auto key = reader_.key(other);
    if (!key) return key.error();
    found.push_back({count, *key, other});
  }
  if (found.size() > neighbours_max) answer_.truncated = true;
  const std::size_t kept = std::min(found.size(), neighbours_max);
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
                    [](const Neighbour& left, const Neighbour& right) {
                      return std::tie(right.evidence_count, *left.key) < std::tie(left.evidence_count, *right.key);
                    });
  std::vector<std::int64_t> ordered;
  for (std::size_t at = 0; at < kept; ++at) ordered.push_back(found[at].entity);
  return ordered;
}

Result<void> Retrieval::walk() {
  for (std::size_t at = 0; at < order_.size(); ++at) {
    const int next = distance_[order_[at]] + 1;
    if (next > plan_.walk_depth) break;  // breadth first: all that follow are as far away
    const auto around = neighbours(order_[at]);
    if (!around) return around.error();
    for (const std::int64_t other : *around) {
      if (distance_.count(other) > 0) continue;
      if (order_.size() >= plan_.entities_max) {
        answer_.truncated = true;
        return {};
      }
      distance_[other] = next;
      order_.push_back(other);
    }
  }
  return {};
}

}  // namespace commonbook::storage
