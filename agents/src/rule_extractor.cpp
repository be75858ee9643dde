// The built-in rules, one sentence at a time.
#include "extraction_clauses.hpp"
#include "extraction_dates.hpp"
#include "extraction_text.hpp"
#include "extraction_values.hpp"

#include "commonbook/agents/vocabulary.hpp"
#include "commonbook/model/civil_time.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace commonbook::agents {
namespace {

constexpr std::string_view rules_name = "rules 1";  // raise it when the same text gives other facts
constexpr double date_confidence = 0.95;

std::string_view predicate_of(FactKind kind) {
  return kind == FactKind::amount     ? predicate::mentions_amount
         : kind == FactKind::quantity ? predicate::mentions_quantity
                                      : predicate::refers_to_number;
}

class RuleExtractor final : public Extractor {
 public:
  [[nodiscard]] std::string name() const override { return std::string{rules_name}; }

  [[nodiscard]] Result<std::vector<ExtractedFact>> extract(const ReadableText& text) override {
    std::vector<ExtractedFact> facts;
    const std::optional<CivilDate> today = text.time ? std::optional{utc_time(*text.time).date} : std::nullopt;
    Said said;
    for (const TextPart part : {TextPart::title, TextPart::text})
      for (const Sentence& sentence : split_sentences(part == TextPart::title ? text.title : text.text, part)) {
        if (facts.size() >= extracted_facts_max) break;
        std::vector<ExtractedFact> found;
        read(sentence, text, today, found);
        keep_new(std::move(found), said, facts);
      }
    if (facts.size() > extracted_facts_max) facts.resize(extracted_facts_max);
    return facts;
  }

 private:
  static void read(const Sentence& sentence, const ReadableText& text, const std::optional<CivilDate>& today,
                   std::vector<ExtractedFact>& facts) {
    const std::vector<DateMention> dates = find_date_mentions(sentence, today);
    for (const DateMention& date : dates) add_date(sentence, text, date, facts);
    for (const ValueMention& value : find_values(sentence))
      facts.push_back({value.kind,
                       {text.subject, std::string{predicate_of(value.kind)}, Literal{LiteralType::text, value.value},
                        Cardinality::many},
                       sentence.position(value.token_begin, value.token_end),
                       value.confidence});
    const ReadSentence with_dates{sentence, dates, text};
    find_statements(with_dates, facts);
    find_decisions(with_dates, facts);
    find_moves(with_dates, facts);
    find_cancellations(with_dates, facts);
    find_undertakings(with_dates, facts);
  }

  static void add_date(const Sentence& sentence, const ReadableText& text, const DateMention& date,
                       std::vector<ExtractedFact>& facts) {
    const auto add = [&](std::string_view name, std::size_t begin) {
      facts.push_back({FactKind::date,
                       {text.subject, std::string{name}, to_literal(date), Cardinality::many},
                       sentence.position(begin, date.token_end),
                       date_confidence});
    };
    add(predicate::mentions_date, date.token_begin);
    std::size_t due = date.token_begin;
    while (due > 0 && sentence.is_one_of(due - 1, {"on", "by", "the", "date", "is", ":"})) --due;
    if (due > 0 && sentence.is_one_of(due - 1, {"due", "deadline", "payable"})) add(predicate::due_on, due - 1);
  }

  /// Subject, predicate and object of what was found already.
  using Said = std::set<std::tuple<Key, std::string, std::string>>;

  /// A document says a thing once: the first words for it stay. Within a sentence the facts come by position.
  static void keep_new(std::vector<ExtractedFact> found, Said& said, std::vector<ExtractedFact>& facts) {
    std::stable_sort(found.begin(), found.end(), [](const ExtractedFact& left, const ExtractedFact& right) {
      return left.position < right.position;
    });
    for (ExtractedFact& fact : found) {
      const std::string& object = std::get<Literal>(fact.triple.object).text;
      if (said.emplace(fact.triple.subject.key, fact.triple.predicate, object).second) facts.push_back(std::move(fact));
    }
  }
};

}  // namespace

std::string_view to_string(FactKind kind) noexcept {
  switch (kind) {
    case FactKind::date: return "date";
    case FactKind::amount: return "amount";
    case FactKind::quantity: return "quantity";
    case FactKind::reference: return "reference";
    case FactKind::statement: return "statement";
    case FactKind::decision: return "decision";
    case FactKind::move: return "move";
    case FactKind::cancellation: return "cancellation";
    case FactKind::undertaking: return "undertaking";
    case FactKind::other: return "other";
  }
  return "other";
}

std::unique_ptr<Extractor> make_rule_extractor() { return std::make_unique<RuleExtractor>(); }

}  // namespace commonbook::agents
