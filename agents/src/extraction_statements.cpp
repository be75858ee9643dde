// "X is Y" about names and the writer, and what was decided.
#include "extraction_clauses.hpp"

#include "commonbook/agents/vocabulary.hpp"

#include <array>

namespace commonbook::agents {
namespace {

constexpr std::size_t complement_tokens_max = 12;
constexpr std::size_t apposition_tokens_max = 12;
constexpr std::size_t decision_tokens_max = 24;

/// "I am sorry", "I am sure": about the talk, not about anybody.
bool is_courtesy(const Sentence& sentence, std::size_t at) {
  if (sentence.is_one_of(at, {"not", "very", "quite", "pretty", "just", "also", "still", "so"})) ++at;
  return sentence.is_one_of(
      at, {"sorry", "afraid", "sure", "glad", "happy", "aware", "curious", "fine", "certain", "grateful", "ok", "okay",
           "interested", "convinced", "confident", "pleased", "well", "able", "unable"});
}

/// "is sending", "is going to": something goes on; that is no property. "is being repaired" is one.
bool is_progressive(const Sentence& sentence, std::size_t at) {
  if (sentence.is_one_of(at, {"not", "now", "still", "also", "currently", "already", "just", "always", "all", "both"}))
    ++at;
  const std::string_view word = sentence.word(at);
  if (sentence.is_one_of(at,
                         {"being", "missing", "pending", "outstanding", "boring", "during", "nothing", "something"}))
    return false;
  return word.size() > 4 && word.ends_with("ing");
}

class StatementFinder {
 public:
  StatementFinder(const ReadSentence& read, std::vector<ExtractedFact>& facts)
      : read_(read), sentence_(read.sentence), facts_(facts) {}

  void find() {
    if (sentence_.is_question) return;
    for (std::size_t at = 0; at < sentence_.size(); ++at) {
      const bool opens = sentence_.begins_clause(at) || sentence_.is_one_of(at - 1, {"but"});
      if (!opens || is_supposed(sentence_, at)) continue;
      if (sentence_.tokens[at].raw == "I" && sentence_.word(at + 1) == "am" && sentence_.joined(at + 1) &&
          read_.document.author)
        say(*read_.document.author, at, at + 2, 0.9);
      else if (const auto name = name_at(sentence_, at))
        of_name(*name);
    }
  }

 private:
  void of_name(const TokenRange& name) {
    if (sentence_.word(name.end) == "and" && sentence_.joined(name.end) && sentence_.joined(name.end + 1)) {
      const auto second = name_at(sentence_, name.end + 1);
      if (second && sentence_.word(second->end) == "are" && sentence_.joined(second->end)) {
        say(named(sentence_.raw(name.begin, name.end)), name.begin, second->end + 1, 0.8);
        say(named(sentence_.raw(second->begin, second->end)), name.begin, second->end + 1, 0.8);
      }
      return;
    }
    std::size_t verb = name.end;
    const bool apposition =
        sentence_.gap_before(verb).starts_with(',') && sentence_.is_one_of(verb, {"the", "a", "an", "our"});
    if (apposition) {
      while (verb < sentence_.size() && verb < name.end + apposition_tokens_max &&
             (verb == name.end || sentence_.gap_before(verb).find(',') == std::string_view::npos))
        ++verb;
      if (!sentence_.gap_before(verb).starts_with(',')) return;
    } else if (!sentence_.joined(verb)) {
      return;
    }
    if (sentence_.word(verb) != "is") return;
    say(named(sentence_.raw(name.begin, name.end)), name.begin, verb + 1, name.size() > 1 ? 0.9 : 0.8);
  }

  void say(const EntityName& subject, std::size_t begin, std::size_t complement, double confidence) {
    if (complement >= sentence_.size() || !sentence_.joined(complement)) return;
    const std::size_t end = clause_end(
        read_, complement,
        {"but", "because", "which", "while", "whereas", "although", "that", "if", "when", "unless", "than", "so"});
    if (end <= complement || end - complement > complement_tokens_max) return;
    if (sentence_.word(complement) == "to" || is_courtesy(sentence_, complement) ||
        is_progressive(sentence_, complement))
      return;
    // "is that ...", "is it": nothing is left to say; one stop word alone is no property.
    if (end - complement == 1 && is_stop_word(sentence_.word(complement))) return;
    if (!is_whole(complement, end)) return;
    if (sentence_.is_one_of(complement, {"then", "now"}) && sentence_.is_one_of(complement + 1, {"off", "cancelled"}))
      return;
    facts_.push_back({FactKind::statement,
                      {subject, std::string{predicate::is}, Literal{LiteralType::text, sentence_.raw(complement, end)},
                       Cardinality::many},
                      sentence_.position(begin, end),
                      confidence});
  }

  /// "is an agile, dynamic language" would be cut to "an agile", "is in the "best" state" to "in the".
  [[nodiscard]] bool is_whole(std::size_t begin, std::size_t end) const {
    if (sentence_.is_one_of(
            end - 1, {"the", "a", "an", "of", "in", "to", "for", "with", "by", "on", "at", "and", "or", "as", "its"}))
      return false;
    const bool cut_list = sentence_.gap_before(end).starts_with(',') && sentence_.is_one_of(begin, {"a", "an", "the"});
    return !cut_list || end - begin > 3;
  }

  const ReadSentence& read_;
  const Sentence& sentence_;
  std::vector<ExtractedFact>& facts_;
};

class DecisionFinder {
 public:
  DecisionFinder(const ReadSentence& read, std::vector<ExtractedFact>& facts)
      : read_(read), sentence_(read.sentence), facts_(facts) {}

  void find() {
    if (sentence_.is_question || is_supposed(sentence_, sentence_.size())) return;
    for (std::size_t at = 0; at < sentence_.size(); ++at) {
      if (sentence_.begins_clause(at) && (agreed(at) || accepted(at))) return;
      if (decided(at)) return;
    }
  }

 private:
  /// "Agreed, we work to it", "Decision: the blue one".
  bool agreed(std::size_t at) {
    if (!sentence_.is_one_of(at, {"agreed", "decided", "decision", "resolved"})) return false;
    const std::string_view gap = sentence_.gap_before(at + 1);
    if (gap.empty() || (gap.front() != ',' && gap.front() != ':')) return false;
    return say(at + 1, sentence_.size(), at, 0.9);
  }

  /// "we have decided to order", "it was agreed that she comes".
  bool decided(std::size_t at) {
    if (!sentence_.is_one_of(at, {"decided", "agreed"}) || at == 0) return false;
    std::size_t before = at - 1;
    if (before > 0 && sentence_.is_one_of(before, {"have", "has", "was", "been", "is", "all", "just", "finally"}))
      --before;
    if (before > 0 && sentence_.is_one_of(before, {"have", "has"})) --before;
    const bool somebody = is_first_person(sentence_, before) || sentence_.word(before) == "it" ||
                          (sentence_.tokens[before].capital && !is_stop_word(sentence_.word(before)));
    if (!somebody || !sentence_.is_one_of(at + 1, {"to", "that", "on", "not"})) return false;
    const std::size_t object = sentence_.is_one_of(at + 1, {"not"}) ? at + 1 : at + 2;
    return say(object, clause_end(read_, object, {"but", "because", "although"}), before, 0.85);
  }

  /// "I accept your offer", "the customer approves the plan".
  bool accepted(std::size_t at) {
    std::size_t verb = at + 1;
    const bool first_person = is_first_person(sentence_, at);
    if (!first_person) {
      const auto name = name_at(sentence_, at);
      if (!name) return false;
      verb = name->end;
    }
    if (sentence_.is_one_of(verb, {"have", "has"})) ++verb;
    if (!sentence_.joined(verb) ||
        !sentence_.is_one_of(verb, {"accept", "accepts", "accepted", "approve", "approves", "approved"}))
      return false;
    if (!sentence_.is_one_of(verb + 1, {"the", "your", "our", "this", "his", "her", "their"})) return false;
    return say(at, clause_end(read_, verb + 1, {"but", "because", "and", "although", "that", "which"}), at, 0.85);
  }

  bool say(std::size_t begin, std::size_t end, std::size_t from, double confidence) {
    if (begin >= end || end - begin > decision_tokens_max) return false;
    facts_.push_back({FactKind::decision,
                      {read_.document.subject, std::string{predicate::decides},
                       Literal{LiteralType::text, sentence_.raw(begin, end)}, Cardinality::many},
                      sentence_.position(from, end),
                      confidence});
    return true;
  }

  const ReadSentence& read_;
  const Sentence& sentence_;
  std::vector<ExtractedFact>& facts_;
};

}  // namespace

void find_statements(const ReadSentence& read, std::vector<ExtractedFact>& facts) {
  StatementFinder{read, facts}.find();
}
void find_decisions(const ReadSentence& read, std::vector<ExtractedFact>& facts) { DecisionFinder{read, facts}.find(); }

}  // namespace commonbook::agents
