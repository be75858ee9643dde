// Who will do what, by when: "I will wash and cut them", "Emmy brings the drawings on Thursday".
#include "extraction_clauses.hpp"

#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>
#include <array>

namespace commonbook::agents {
namespace {

constexpr std::size_t action_tokens_max = 16;

/// Verbs of the mind and of talk: what people think and say is not what they undertake.
bool is_talk(std::string_view verb) {
  constexpr std::array<std::string_view, 77> verbs{
      "be",       "have",    "has",       "is",         "am",       "are",        "was",    "do",     "does",
      "hope",     "think",   "believe",   "guess",      "know",     "suppose",    "see",    "say",    "says",
      "write",    "writes",  "mean",      "want",       "need",     "like",       "prefer", "wonder", "feel",
      "suggest",  "propose", "agree",     "disagree",   "remember", "forget",     "seem",   "look",   "expect",
      "wish",     "love",    "hate",      "understand", "accept",   "appreciate", "assume", "doubt",  "recommend",
      "report",   "ask",     "argue",     "note",       "mention",  "can",        "could",  "would",  "should",
      "may",      "might",   "must",      "cannot",     "use",      "find",       "get",    "run",    "work",
      "try",      "never",   "not",       "also",       "let",      "only",       "still",  "just",   "always",
      "probably", "likely",  "hopefully", "possibly",   "surely"};
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

bool is_letters(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// "fetches" is "fetch", "goes" is "go", "carries" is "carry"; empty: no third person.
std::string base_form(std::string_view verb) {
  if (!is_letters(verb) || verb.size() < 4 || !verb.ends_with('s') || verb.ends_with("ss") || verb.ends_with("us") ||
      verb.ends_with("is"))
    return {};
  if (verb.ends_with("ies")) return std::string{verb.substr(0, verb.size() - 3)} + 'y';
  for (const std::string_view ending : {"sses", "ches", "shes", "xes", "oes", "zzes"})
    if (verb.ends_with(ending)) return std::string{verb.substr(0, verb.size() - 2)};
  return std::string{verb.substr(0, verb.size() - 1)};
}

class UndertakingFinder {
 public:
  UndertakingFinder(const ReadSentence& read, std::vector<ExtractedFact>& facts)
      : read_(read), sentence_(read.sentence), facts_(facts) {}

  void find() {
    if (sentence_.is_question) return;
    for (std::size_t at = 0; at < sentence_.size(); ++at) {
      if (is_supposed(sentence_, at)) return;
      if (is_first_person(sentence_, at) && read_.document.author)
        of_person(*read_.document.author, at, at + 1, true, true);
      else if (!sentence_.begins_clause(at))
        continue;
      else if (const auto name = name_at(sentence_, at)) {
        const std::string spelled = sentence_.raw(name->begin, name->end);
        of_person(named(spelled), at, name->end, false, is_known(spelled));
      }
    }
  }

 private:
  /// Is it somebody to whom the document went? "Ada" and "Ada Lovelace" are. (Who writes says "I": a sender's own name
  /// is that of a firm that speaks of itself.)
  [[nodiscard]] bool is_known(const std::string& spelled) const {
    const std::string wanted = ' ' + fold(spelled) + ' ';
    return std::any_of(read_.document.people.begin(), read_.document.people.end(), [&](const std::string& person) {
      std::string words = " ";
      for (const Token& token : tokenise(person)) words += token.text + ' ';
      return words.find(wanted) != std::string::npos;
    });
  }

  void of_person(const EntityName& person, std::size_t begin, std::size_t verb, bool first_person, bool known) {
    if (!sentence_.joined(verb)) {
      // "I'll send it".
      if (first_person && sentence_.word(verb) == "ll" && !is_talk(sentence_.word(verb + 1)))
        say(person, begin, verb + 1, sentence_.raw(verb + 1, verb + 2), 0.85, false);
      return;
    }
    if (sentence_.is_one_of(verb, {"will", "shall"})) {
      if (!first_person && !known) return;
      ++verb;
      if (sentence_.is_one_of(verb, {"then", "also", "now", "both", "personally"})) ++verb;
      if (!is_letters(sentence_.word(verb)) || is_talk(sentence_.word(verb))) return;
      say(person, begin, verb, sentence_.raw(verb, verb + 1), 0.9, false);
      return;
    }
    if (sentence_.is_one_of(verb, {"am", "is", "are"}) && sentence_.word(verb + 1) == "going" &&
        sentence_.word(verb + 2) == "to") {
      if ((first_person || known) && is_letters(sentence_.word(verb + 3)) && !is_talk(sentence_.word(verb + 3)))
        say(person, begin, verb + 3, sentence_.raw(verb + 3, verb + 4), 0.85, false);
      return;
    }
    in_present_tense(person, begin, verb, first_person, known);
  }

  /// "I fly on Sunday", "Emmy sends it": the present tense means the future where a later day stands beside it, or
  /// where somebody known is told off for it.
  void in_present_tense(const EntityName& person, std::size_t begin, std::size_t verb, bool first_person, bool known) {
    const std::string_view word = sentence_.word(verb);
    const std::string base = first_person ? std::string{word} : base_form(word);
    const bool past = word.ends_with("ed") || (first_person && word.ends_with('s') && !word.ends_with("ss"));
    if (base.size() < 2 || !is_letters(base) || is_stop_word(word) || is_talk(base) || past) return;
    say(person, begin, verb, base, first_person || !known ? 0.8 : 0.65, first_person || !known);
  }

  /// @param needs_day  only with a day after the document's.
  void say(const EntityName& person, std::size_t begin, std::size_t verb, const std::string& base, double confidence,
           bool needs_day) {
    std::size_t end =
        clause_end(read_, verb, {"so", "but", "because", "if", "while", "which", "when", "unless", "until", "since"});
    const DateMention* day = date_in(read_.dates, {verb, end});
    if (day == nullptr && end < sentence_.size() && sentence_.gap_before(end).starts_with(',')) {
      day = date_at(sentence_, read_.dates, end);
      if (day != nullptr) end = day->token_end;
    }
    if (day != nullptr && !is_later(*day)) day = nullptr;
    if (needs_day && (day == nullptr || !is_beside(verb, *day))) return;
    if (end - verb > action_tokens_max) return;
    std::string action = base;
    append(action, verb + 1, day == nullptr ? end : without_preposition(verb, *day));
    if (day != nullptr) {
      append(action, day->token_end, end);
      action += " (" + to_literal(*day).text + ')';
    }
    facts_.push_back(
        {FactKind::undertaking,
         {person, std::string{predicate::will}, Literal{LiteralType::text, std::move(action)}, Cardinality::many},
         sentence_.position(begin, end),
         confidence});
  }

  void append(std::string& action, std::size_t from, std::size_t to) const {
    if (from < to) action += ' ' + sentence_.raw(from, to);
  }

  [[nodiscard]] std::size_t without_preposition(std::size_t verb, const DateMention& day) const {
    std::size_t end = day.token_begin;
    while (end > verb + 1 && sentence_.is_one_of(end - 1, {"on", "by", "for", "the", "until", "at"})) --end;
    return end;
  }

  [[nodiscard]] bool is_later(const DateMention& day) const {
    if (!read_.document.time) return false;
    return days_since_epoch(day.first.local.date) > days_since_epoch(utc_time(*read_.document.time).date);
  }

  /// "I fly on Sunday", not "I stay for a while and leave on the 9th".
  [[nodiscard]] bool is_beside(std::size_t verb, const DateMention& day) const {
    if (day.token_begin > verb + 9) return false;
    for (std::size_t at = verb; at < day.token_begin; ++at)
      if (sentence_.is_one_of(at, {"and", "or", "not", "to", "that", "who", "which"})) return false;
    return true;
  }

  const ReadSentence& read_;
  const Sentence& sentence_;
  std::vector<ExtractedFact>& facts_;
};

}  // namespace

void find_undertakings(const ReadSentence& read, std::vector<ExtractedFact>& facts) {
  UndertakingFinder{read, facts}.find();
}

}  // namespace commonbook::agents
