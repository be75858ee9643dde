#include "synthetic_source.hpp"

#include "commonbook/agents/vocabulary.hpp"
#include "commonbook/model/civil_time.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace commonbook::agents {

struct SyntheticSource::Relation {
  std::string_view predicate;
  Cardinality cardinality = Cardinality::many;
};

/// The predicates that an agent of one kind writes.
struct SyntheticSource::Vocabulary {
  std::string_view kind;
  DocumentKind document = DocumentKind::text;
  std::array<Relation, 3> relations;  ///< to another name
  std::string_view titled;            ///< to a text
  std::string_view timed;             ///< to a timestamp
};

const SyntheticSource::Vocabulary& SyntheticSource::vocabulary_of(std::string_view kind) {
  static constexpr std::array<Vocabulary, 3> vocabularies{{
      {"calendar",
       DocumentKind::event,
       {{{predicate::attended_by}, {predicate::located_at, Cardinality::single}, {predicate::accepted_by}}},
       predicate::title,
       predicate::starts},
      {"email",
       DocumentKind::message,
       {{{predicate::from}, {predicate::to}, {predicate::cc}}},
       predicate::title,
       predicate::sent_at},
      {"question", DocumentKind::question, {{{"asks about"}, {"asked by"}, {"mentions"}}}, "asks", "asked at"},
  }};
  const auto found =
      std::find_if(vocabularies.begin(), vocabularies.end(), [&](const Vocabulary& v) { return v.kind == kind; });
  return found == vocabularies.end() ? vocabularies.front() : *found;
}

SyntheticSource::SyntheticSource(SyntheticOptions options)
    : options_(std::move(options)),
      vocabulary_(&vocabulary_of(options_.kind)),
      names_(options_.names, options_.skew),
      engine_(options_.seed) {
  constexpr int triples_limit = static_cast<int>(triples_in_observation_max);
  constexpr int words_limit = 100'000;
  options_.triples_min = std::clamp(options_.triples_min, 1, triples_limit);
  options_.triples_max = std::clamp(options_.triples_max, options_.triples_min, triples_limit);
  options_.document_words = std::clamp(options_.document_words, 0, words_limit);
  options_.variants = std::clamp(options_.variants, 0.0, 1.0);
}

EntityName SyntheticSource::draw_name() {
  constexpr std::uint64_t parts = 1'000'000;
  const std::size_t number = names_.draw(engine_);
  const bool otherwise = below(parts) < static_cast<std::uint64_t>(options_.variants * static_cast<double>(parts));
  return named(otherwise ? SyntheticNames::spell_otherwise(number, engine_) : SyntheticNames::spell(number));
}

Triple SyntheticSource::draw_triple(const EntityName& about, Timestamp time) {
  Triple triple;
  triple.subject = below(2) == 0 ? about : draw_name();
  const std::uint64_t drawn = below(8);
  if (drawn == 0) {
    triple.predicate = vocabulary_->titled;
    triple.object = Literal{LiteralType::text, "Subject " + std::to_string(below(10'000))};
    triple.cardinality = Cardinality::single;
  } else if (drawn == 1) {
    triple.predicate = vocabulary_->timed;
    triple.object = Literal{LiteralType::timestamp, format_utc(time)};
    triple.cardinality = Cardinality::single;
  } else {
    const Relation& relation = vocabulary_->relations[below(vocabulary_->relations.size())];
    triple.predicate = relation.predicate;
    triple.object = draw_name();
    triple.cardinality = relation.cardinality;
  }
  return triple;
}

Document SyntheticSource::write_document(const EntityName& about, Timestamp time) {
  static constexpr std::array<std::string_view, 24> words{
      "meeting", "budget", "sensor", "delivery", "report", "order",  "please", "confirm",
      "moved",   "to",     "the",    "next",     "week",   "with",   "about",  "draft",
      "figures", "review", "from",   "after",    "before", "signed", "plan",   "for"};
  Document document;
  document.id = "<synthetic-" + std::to_string(options_.seed) + "-" + std::to_string(done_) + "@" +
                std::string(vocabulary_->kind) + ">";
  document.kind = vocabulary_->document;
  document.title = "Subject " + std::to_string(below(10'000));
  for (int i = 0; i < options_.document_words; ++i) {
    if (i > 0) document.text += ' ';
    // One word in sixteen is a name, so that search finds people too.
    document.text +=
        below(16) == 0 ? SyntheticNames::spell(names_.draw(engine_)) : std::string(words[below(words.size())]);
  }
  document.time = time;
  document.subject = about;
  document.hash = content_hash(document.id + '\n' + document.title + '\n' + document.text);
  return document;
}

Result<std::optional<ImportItem>> SyntheticSource::next() {
  if (done_ >= options_.observations) return std::optional<ImportItem>{};
  constexpr std::int64_t first_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
  constexpr std::int64_t step_ms = 60'000;
  const Timestamp time{first_ms + done_ * step_ms};
  ImportItem item;
  Observation& observation = item.observation;
  const EntityName about = draw_name();
  if (options_.document_words > 0) observation.document = write_document(about, time);
  const auto spread = static_cast<std::uint64_t>(options_.triples_max - options_.triples_min + 1);
  const std::uint64_t triples = static_cast<std::uint64_t>(options_.triples_min) + below(spread);
  for (std::uint64_t i = 0; i < triples; ++i) observation.triples.push_back(draw_triple(about, time));
  observation.operation_id =
      "synthetic " + std::string(vocabulary_->kind) + " " + std::to_string(options_.seed) + " " + std::to_string(done_);
  observation.position = "synthetic#" + std::to_string(done_);
  observation.time = observation.valid_from = time;
  observation.trust = Trust::own;
  ++done_;
  return std::optional{std::move(item)};
}

SourceProgress SyntheticSource::progress() const {
  SourceProgress progress;
  progress.documents = done_;
  return progress;
}

std::unique_ptr<Source> open_synthetic(const SyntheticOptions& options) {
  return std::make_unique<SyntheticSource>(options);
}

}  // namespace commonbook::agents
