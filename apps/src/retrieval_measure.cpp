#include "retrieval_measure.hpp"

#include "sim.hpp"

#include "commonbook/actors/runtime.hpp"
#include "commonbook/agents/agents.hpp"
#include "commonbook/storage/similarity.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace commonbook::apps {
namespace {

/// Where in the dataset a piece of an answer stands.
class Places {
 public:
  explicit Places(const DatasetCollection& collection) {
    for (const DatasetDocument& document : collection.documents) {
      std::string text;
      for (const DatasetPassage& passage : document.passages) {
        const std::size_t begin = text.size();
        if (!passage.speaker.empty()) text += passage.speaker + ": ";
        text += passage.text + '\n';
        passages_[document.id].push_back({begin, text.size(), passage.id});
        document_of_[passage.id] = document.id;
      }
      texts_[document.id] = std::move(text);
    }
  }
  [[nodiscard]] const std::string& text(const std::string& document) const { return texts_.at(document); }
  [[nodiscard]] const std::string& document_of(const std::string& passage) const { return document_of_.at(passage); }

  /// Ids of passages in the order of the excerpts, each once.
  [[nodiscard]] std::vector<std::string> ranked(const std::vector<Excerpt>& excerpts) const {
    std::vector<std::string> ids;
    std::set<std::string> seen;
    for (const Excerpt& excerpt : excerpts) {
      const auto found = passages_.find(excerpt.citation.document_id);
      if (found == passages_.end()) continue;
      for (const Span& span : found->second)
        if (span.begin < excerpt.end && excerpt.begin < span.end && seen.insert(span.id).second) ids.push_back(span.id);
    }
    return ids;
  }

 private:
  struct Span {
    std::size_t begin;
    std::size_t end;
    std::string id;
  };
  std::unordered_map<std::string, std::vector<Span>> passages_;
  std::unordered_map<std::string, std::string> texts_;
  std::unordered_map<std::string, std::string> document_of_;
};

std::vector<Observation> observations_of(const DatasetCollection& collection, const Places& places) {
  std::vector<Observation> observations;
  for (const DatasetDocument& document : collection.documents) {
    Observation observation;
    const EntityName subject{{Scheme::exact, document.id, {}}, document.title.empty() ? document.id : document.title};
    Document stored;
    stored.id = document.id;
    stored.title = document.title;
    stored.text = places.text(document.id);
    stored.time = document.time;
    stored.subject = subject;
    std::set<std::string> speakers;
    for (const DatasetPassage& passage : document.passages)
      if (!passage.speaker.empty() && speakers.insert(passage.speaker).second) {
        observation.triples.push_back({subject, "spoken by", named(passage.speaker)});
        stored.context += passage.speaker + ' ';
      }
    stored.hash = content_hash(document.id + '\n' + stored.text);
    observation.triples.push_back({subject, "type", Literal{LiteralType::text, "dialogue"}});
    observation.time = document.time.value_or(Timestamp{});
    observation.valid_from = observation.time;
    observation.ack_class = AckClass::applied;
    observation.document = std::move(stored);
    observations.push_back(std::move(observation));
  }
  return observations;
}

template <class Ids>
double share_within(const std::vector<std::string>& ranked, std::size_t depth, const Ids& wanted) {
  const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(std::min(depth, ranked.size()));
  const auto found = std::count_if(ranked.begin(), end, [&](const std::string& id) { return wanted.count(id) > 0; });
  return static_cast<double>(found) / static_cast<double>(wanted.size());
}

void count(const DatasetQuestion& question, const Answer& answer, const Places& places,
           const std::vector<std::size_t>& depths, VariantResult& result) {
  const std::set<std::string> evidence{question.evidence.begin(), question.evidence.end()};
  std::set<std::string> documents;
  for (const std::string& id : evidence) documents.insert(places.document_of(id));
  const std::vector<std::string> passages = places.ranked(answer.excerpts);
  std::vector<std::string> cited;
  for (const Citation& citation : answer.citations) cited.push_back(citation.document_id);
  RecallSums& sums = result.categories[question.category];
  ++sums.questions;
  for (const std::size_t depth : depths) {
    sums.passages[depth] += share_within(passages, depth, evidence);
    sums.documents[depth] += share_within(cited, depth, documents);
  }
}

agents::EmbedText ngram_vectors() {
  return [embedder = storage::ngram_embedder()](std::string_view text) { return embedder->embed(text); };
}

Result<void> store_all(actors::AgentSession& session, const std::vector<Observation>& observations) {
  for (const Observation& observation : observations) {
    const auto receipt = session.observe(observation).get();
    if (!receipt) return receipt.error();
  }
  return {};
}

}  // namespace

std::vector<RetrievalVariant> retrieval_variants() {
  std::vector<RetrievalVariant> variants{{"all", {}}};
  const auto without = [&](const char* name, bool RetrievalParts::*part) {
    variants.push_back({std::string{"without "} + name, {}});
    variants.back().parts.*part = false;
  };
  without("words", &RetrievalParts::words);
  without("facts", &RetrievalParts::facts);
  without("entities", &RetrievalParts::entities);
  without("graph", &RetrievalParts::graph);
  without("time", &RetrievalParts::time);
  without("spelling", &RetrievalParts::spelling);
  without("neighbours", &RetrievalParts::neighbours);
  without("expansion", &RetrievalParts::expansion);
  RetrievalParts words;
  words.facts = words.entities = words.graph = words.time = words.spelling = words.neighbours = words.expansion = false;
  variants.push_back({"words alone", words});
  variants.push_back({"with vectors", {}});
  variants.back().parts.vectors = true;
  return variants;
}

Result<std::vector<VariantResult>> measure_retrieval(const RetrievalDataset& dataset, const RetrievalMeasure& measure) {
  std::vector<VariantResult> results;
  for (const RetrievalVariant& variant : measure.variants) results.push_back({variant.name, {}, {}});
  const agents::EmbedText embed = ngram_vectors();
  std::size_t total = 0;
  for (const DatasetCollection& collection : dataset.collections) total += collection.questions.size();
  std::size_t asked = 0;
  for (const DatasetCollection& collection : dataset.collections) {
    const auto folder = RunFolder::make({}, false);
    if (!folder) return folder.error();
    const auto place = folder->fresh("book");
    if (!place) return place.error();
    const Places places{collection};
    actors::RuntimeOptions options;
    options.path = *place / "eval.db";
    options.create = true;
    options.storage_actors = 1;
    options.reader_actors = 1;
    auto runtime = actors::Runtime::start(options);
    if (!runtime) return runtime.error();
    auto session = (*runtime)->open_session("eval");
    if (!session) return session.error();
    if (auto stored = store_all(*session, observations_of(collection, places)); !stored) return stored.error();
    for (std::size_t at = 0; at < measure.variants.size(); ++at)
      for (const DatasetQuestion& question : collection.questions) {
        if (measure.stop_requested && measure.stop_requested())
          return Error{ErrorCode::cancelled, "stopped before the end", 0, {}};
        if (measure.progress)
          measure.progress(std::to_string(++asked) + " of " + std::to_string(total * measure.variants.size()) +
                           " questions");
        agents::Question put{question.text, question.now.value_or(SystemClock{}.wall_now()), "UTC",
                             measure.variants[at].parts};
        const auto begin = std::chrono::steady_clock::now();
        const auto answer = agents::ask(*session, std::move(put), embed).get();
        const auto end = std::chrono::steady_clock::now();
        if (!answer) return answer.error();
        results[at].times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(end - begin));
        count(question, *answer, places, measure.depths, results[at]);
      }
    (*runtime)->shutdown();
  }
  for (VariantResult& result : results) std::sort(result.times.begin(), result.times.end());
  return results;
}

}  // namespace commonbook::apps
