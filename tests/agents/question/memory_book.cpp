#include "memory_book.hpp"
#include "question_words.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace commonbook::testing {
namespace {

Key plain(const Key& key) {
  std::string value = agents::fold(key.value);
  if (key.scheme == Scheme::ical_uid) value = key.value;
  if (key.scheme == Scheme::mid && value.starts_with('<')) value = value.substr(1, value.size() - 2);
  return {key.scheme, value, key.space};
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string parts = text;
  for (char& c : parts)
    if (c == '.' || c == ',' || c == ':') c = ' ';  // as the search index of the book splits numbers
  for (const agents::Token& token : agents::tokenise(parts)) words.push_back(agents::stem(token.text));
  return words;
}

}  // namespace

std::int64_t MemoryBook::entity(const EntityName& name) {
  const auto [found, created] = ids_.emplace(plain(name.key), static_cast<std::int64_t>(entities_.size()) + 1);
  if (created)
    entities_.push_back({found->second, plain(name.key), name.spelling.empty() ? name.key.value : name.spelling});
  return found->second;
}

EntityView MemoryBook::view(std::int64_t id) const { return entities_[static_cast<std::size_t>(id - 1)]; }

void MemoryBook::add(const Observation& observation, const std::string& agent) {
  Citation citation;
  citation.agent = agent;
  citation.position = observation.position;
  citation.trust = observation.trust;
  citation.time = observation.time;
  std::string hash;
  if (observation.document) {
    const Document& document = *observation.document;
    hash = document.hash;
    citation.document_id = document.id;
    citation.kind = document.kind;
    citation.title = document.title;
    if (document.time) citation.time = *document.time;
    StoredDocument stored{document, citation, document.subject ? entity(*document.subject) : 0, {}, 0};
    for (const std::string& word : words_of(document.title + '\n' + document.text + '\n' + document.context)) {
      ++stored.words[word];
      ++stored.length;
    }
    const auto same = [&](const StoredDocument& other) {
      return other.document.id == document.id && other.document.hash == document.hash;
    };
    if (std::none_of(documents_.begin(), documents_.end(), same)) documents_.push_back(std::move(stored));
  }
  evidence_.push_back({citation, observation.revision, observation.valid_from, observation.specificity, hash});
  for (const Triple& triple : observation.triples) {
    Row row{entity(triple.subject), triple.predicate, Literal{}, evidence_.size() - 1};
    if (const auto* object = std::get_if<EntityName>(&triple.object))
      row.object = entity(*object);
    else
      row.object = std::get<Literal>(triple.object);
    rows_.push_back(std::move(row));
    if (triple.cardinality == Cardinality::single) single_valued_[triple.predicate] = true;
  }
  for (const NameClaim& claim : observation.claims) claims_.emplace(agents::fold(claim.name), entity(claim.entity));
}

void MemoryBook::add_all(agents::Source& source, const std::string& agent) {
  for (;;) {
    auto item = source.next();
    if (!item) continue;
    if (!*item) return;
    add((*item)->observation, agent);
  }
}

std::vector<std::pair<double, const MemoryBook::StoredDocument*>> MemoryBook::search(
    const std::vector<std::string>& terms) const {
  std::vector<std::pair<double, const StoredDocument*>> found;
  double length = 1;
  for (const StoredDocument& document : documents_) length += document.length;
  length /= std::max<double>(1, static_cast<double>(documents_.size()));
  std::set<std::string> words;
  for (const std::string& term : terms)
    for (const std::string& word : words_of(term)) words.insert(word);
  std::map<std::string, int> with;
  for (const StoredDocument& document : documents_)
    for (const std::string& word : words) with[word] += document.words.count(word) > 0 ? 1 : 0;
  for (const StoredDocument& document : documents_) {
    double score = 0;
    for (const std::string& word : words) {
      const auto count = document.words.find(word);
      if (count == document.words.end()) continue;
      const double n = with[word];
      const double idf = std::max(1e-6, std::log((static_cast<double>(documents_.size()) - n + 0.5) / (n + 0.5)));
      score += idf * count->second * 2.2 / (count->second + 1.2 * (0.25 + 0.75 * document.length / length));
    }
    if (score > 0) found.emplace_back(score, &document);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& left, const auto& right) { return left.first > right.first; });
  return found;
}

std::vector<std::int64_t> MemoryBook::starts_of(const QueryPlan& plan, const std::vector<std::int64_t>& found) const {
  std::vector<std::int64_t> starts = found;
  for (const std::string& name : plan.names) {
    if (const auto id = ids_.find(Key{Scheme::name, agents::fold(name), {}}); id != ids_.end())
      starts.push_back(id->second);
    const auto [first, last] = claims_.equal_range(agents::fold(name));
    for (auto claim = first; claim != last; ++claim) starts.push_back(claim->second);
  }
  for (const Key& key : plan.keys)
    if (const auto id = ids_.find(plain(key)); id != ids_.end()) starts.push_back(id->second);
  for (const Row& row : rows_) {
    const auto* literal = std::get_if<Literal>(&row.object);
    if (literal == nullptr) continue;
    const bool wanted = std::count(plan.literals.begin(), plan.literals.end(), *literal) > 0;
    const bool in_range = std::any_of(plan.ranges.begin(), plan.ranges.end(), [&](const LiteralRange& range) {
      return range.predicate == row.predicate && literal->type == range.from.type && literal->text >= range.from.text &&
             literal->text <= range.to.text;
    });
    if (wanted || in_range) starts.push_back(row.subject);
  }
  return starts;
}

std::vector<Fact> MemoryBook::facts_of(std::int64_t subject, int distance) const {
  std::map<std::pair<std::string, std::variant<std::int64_t, Literal>>, Fact> best;
  std::map<std::pair<std::string, std::variant<std::int64_t, Literal>>, std::string> hashes;
  const auto rank = [](const Fact& fact, const std::string& hash) {
    return std::tuple{fact.revision, fact.valid_from, fact.specificity, hash};
  };
  for (const Row& row : rows_) {
    if (row.subject != subject) continue;
    const Evidence& evidence = evidence_[row.observation];
    Fact fact{view(subject),
              row.predicate,
              Literal{},
              single_valued_.count(row.predicate) > 0,
              false,
              evidence.revision,
              evidence.valid_from,
              evidence.specificity,
              distance,
              1,
              evidence.citation};
    if (const auto* id = std::get_if<std::int64_t>(&row.object))
      fact.object = view(*id);
    else
      fact.object = std::get<Literal>(row.object);
    const std::pair key{row.predicate, row.object};
    const auto [at, fresh] = best.emplace(key, fact);
    if (fresh || rank(fact, evidence.hash) > rank(at->second, hashes[key])) {
      at->second = fact;
      hashes[key] = evidence.hash;
    }
  }
  std::map<std::string, std::tuple<std::int64_t, Timestamp, std::uint8_t, std::string>> highest;
  for (const auto& [key, fact] : best) highest[key.first] = std::max(highest[key.first], rank(fact, hashes[key]));
  std::vector<Fact> facts;
  for (auto& [key, fact] : best) {
    fact.superseded = fact.single_valued && rank(fact, hashes[key]) < highest[key.first];
    facts.push_back(fact);
  }
  return facts;
}

Answer MemoryBook::answer(const QueryPlan& plan) const {
  Answer answer;
  std::vector<std::int64_t> found;
  for (const auto& [score, document] : search(plan.terms)) {
    if (answer.passages.size() == plan.documents_max) break;
    Passage passage{document->citation, document->document.text, std::nullopt, score};
    if (document->subject != 0) {
      passage.subject = view(document->subject);
      found.push_back(document->subject);
    }
    answer.passages.push_back(std::move(passage));
  }
  std::map<std::int64_t, int> distance;
  std::vector<std::int64_t> order;
  for (const std::int64_t id : starts_of(plan, found))
    if (distance.emplace(id, 0).second) order.push_back(id);
  for (std::size_t at = 0; at < order.size() && order.size() < plan.entities_max; ++at) {
    if (distance[order[at]] == plan.walk_depth) continue;
    for (const Row& row : rows_) {
      const auto* object = std::get_if<std::int64_t>(&row.object);
      if (object == nullptr || (row.subject != order[at] && *object != order[at])) continue;
      const std::int64_t next = row.subject == order[at] ? *object : row.subject;
      if (order.size() < plan.entities_max && distance.emplace(next, distance[order[at]] + 1).second)
        order.push_back(next);
    }
  }
  for (const std::int64_t id : order)
    for (Fact& fact : facts_of(id, distance[id]))
      if (answer.facts.size() < plan.facts_max) answer.facts.push_back(std::move(fact));
  return answer;
}

}  // namespace commonbook::testing
