#include "extraction_clauses.hpp"

#include <algorithm>
#include <array>

namespace commonbook::agents {
namespace {

constexpr std::size_t name_tokens_max = 8;

/// Words with a capital at the start of a sentence that are no names.
bool opens_sentence_only(std::string_view word) {
  constexpr std::array<std::string_view, 80> openers{
      "monday",   "tuesday",   "wednesday",  "thursday",  "friday",    "saturday", "sunday",    "january",
      "february", "march",     "april",      "june",      "july",      "august",   "september", "october",
      "november", "december",  "everything", "everybody", "everyone",  "anything", "anyone",    "anybody",
      "nothing",  "nobody",    "something",  "someone",   "somebody",  "today",    "tomorrow",  "yesterday",
      "now",      "once",      "only",       "even",      "yes",       "ok",       "okay",      "thanks",
      "thank",    "hi",        "hello",      "dear",      "hey",       "sorry",    "maybe",     "perhaps",
      "however",  "otherwise", "therefore",  "actually",  "currently", "here",     "while",     "whether",
      "unless",   "although",  "though",     "each",      "every",     "both",     "most",      "many",
      "few",      "another",   "other",      "less",      "more",      "same",     "part",      "worse",
      "better",   "people",    "attached",   "enclosed",  "included",  "next",     "first",     "finally"};
  return is_stop_word(word) || std::find(openers.begin(), openers.end(), word) != openers.end();
}

bool is_name_word(const Sentence& sentence, std::size_t at) {
  if (at >= sentence.size()) return false;
  const Token& token = sentence.tokens[at];
  return token.capital && !(opens_sentence_only(token.text) && token.raw.size() > 1);
}

/// Meetings and other things that have a day: what can move or not take place.
bool is_event_word(std::string_view word) {
  constexpr std::array<std::string_view, 68> events{
      "meeting",   "meetings",   "call",         "calls",      "visit",      "test",          "tests",
      "review",    "interview",  "delivery",     "deliveries", "kick-off",   "kickoff",       "status",
      "stand-up",  "standup",    "session",      "sessions",   "demo",       "dinner",        "lunch",
      "breakfast", "training",   "workshop",     "release",    "launch",     "deadline",      "appointment",
      "flight",    "conference", "presentation", "talk",       "seminar",    "lecture",       "class",
      "course",    "exam",       "party",        "trip",       "tour",       "retrospective", "planning",
      "sync",      "briefing",   "hearing",      "audit",      "inspection", "maintenance",   "pick-up",
      "pickup",    "shipment",   "installation", "handover",   "rehearsal",  "drill",         "match",
      "game",      "concert",    "wedding",      "ceremony",   "webinar",    "meetup",        "outage",
      "booking",   "order",      "up",           "off",        "run"};
  return std::find(events.begin(), events.end(), word) != events.end();
}

/// "stand-up" and "kick-off" are two tokens: their second counts only behind a hyphen.
bool ends_event(const Sentence& sentence, std::size_t at) {
  const std::string_view word = sentence.word(at);
  const bool particle = word == "up" || word == "off" || word == "run";
  return is_event_word(word) && (!particle || (at < sentence.size() && sentence.tokens[at].after_hyphen));
}

bool is_article(const Sentence& sentence, std::size_t at) {
  return sentence.is_one_of(at, {"the", "our", "your", "my", "this", "a", "an", "his", "her", "their", "next", "that"});
}

}  // namespace

std::optional<TokenRange> name_at(const Sentence& sentence, std::size_t at) {
  if (!is_name_word(sentence, at) || is_number(sentence.word(at))) return std::nullopt;
  // "Testing is hard", "Sending works": a gerund names nothing.
  if (sentence.word(at).size() > 5 && sentence.word(at).ends_with("ing") && !is_name_word(sentence, at + 1))
    return std::nullopt;
  TokenRange name{at, at + 1};
  while (name.size() < name_tokens_max) {
    const bool joined = sentence.joined(name.end);
    const bool hyphen = name.end < sentence.size() && sentence.tokens[name.end].after_hyphen;
    // An initial: "M. Tessaly".
    const bool initial = name.end < sentence.size() && sentence.tokens[name.end - 1].raw.size() == 1 &&
                         sentence.gap_before(name.end) == ". ";
    if ((joined || hyphen || initial) && (is_name_word(sentence, name.end) || hyphen)) {
      ++name.end;
    } else if (joined && sentence.is_one_of(name.end, {"for", "of"}) && sentence.joined(name.end + 1) &&
               is_name_word(sentence, name.end + 1) && !is_number(sentence.word(name.end + 1))) {
      name.end += 2;
    } else {
      break;
    }
  }
  return name;
}

bool is_first_person(const Sentence& sentence, std::size_t at) {
  if (at >= sentence.size()) return false;
  return sentence.tokens[at].raw == "I" || sentence.word(at) == "we";
}

const DateMention* date_in(const std::vector<DateMention>& dates, TokenRange range) {
  const auto found = std::find_if(dates.begin(), dates.end(), [&](const DateMention& date) {
    return date.token_begin >= range.begin && date.token_begin < range.end;
  });
  return found == dates.end() ? nullptr : &*found;
}

const DateMention* date_at(const Sentence& sentence, const std::vector<DateMention>& dates, std::size_t at) {
  std::size_t next = at;
  while (next < at + 2 && sentence.is_one_of(next, {"on", "by", "for", "the"})) ++next;
  for (const DateMention& date : dates)
    if (date.token_begin >= at && date.token_begin <= next) return &date;
  return nullptr;
}

std::size_t clause_end(const ReadSentence& read, std::size_t at, std::initializer_list<std::string_view> stops) {
  const Sentence& sentence = read.sentence;
  for (std::size_t end = at; end < sentence.size(); ++end) {
    const bool in_date = std::any_of(read.dates.begin(), read.dates.end(), [&](const DateMention& date) {
      return date.covers(end) && end > date.token_begin;
    });
    if (in_date) continue;
    if (end > at && sentence.gap_before(end).find_first_of(",;:!?()\"") != std::string_view::npos) return end;
    if (end > at && sentence.gap_before(end).find("--") != std::string_view::npos) return end;
    if (sentence.is_one_of(end, stops)) return end;
  }
  return sentence.size();
}

std::optional<TokenRange> event_phrase_before(const Sentence& sentence, std::size_t end) {
  // "the visit of the queen is moved": what stands behind "of" belongs to it, but is not looked into.
  if (end == 0 || !ends_event(sentence, end - 1)) return std::nullopt;
  TokenRange phrase{end - 1, end};
  while (phrase.begin > 0 && phrase.size() < 4) {
    const std::size_t before = phrase.begin - 1;
    if (!sentence.joined(phrase.begin) && !sentence.tokens[phrase.begin].after_hyphen) break;
    if (is_article(sentence, before) || is_stop_word(sentence.word(before))) break;
    --phrase.begin;
  }
  return phrase;
}

std::optional<TokenRange> event_phrase_at(const Sentence& sentence, std::size_t begin) {
  if (is_article(sentence, begin)) ++begin;
  for (std::size_t end = begin + 1; end <= begin + 4 && end <= sentence.size(); ++end) {
    if (end > begin + 1 && !sentence.joined(end - 1) && !sentence.tokens[end - 1].after_hyphen) return std::nullopt;
    if (is_stop_word(sentence.word(end - 1))) return std::nullopt;
    if (!ends_event(sentence, end - 1)) continue;
    // "status meeting": the longest that ends in such a word.
    while (end < sentence.size() && end < begin + 4 && (sentence.joined(end) || sentence.tokens[end].after_hyphen) &&
           ends_event(sentence, end))
      ++end;
    return TokenRange{begin, end};
  }
  return std::nullopt;
}

bool is_supposed(const Sentence& sentence, std::size_t at) {
  for (std::size_t i = 0; i < std::min(at, sentence.size()); ++i)
    if (sentence.is_one_of(i, {"if", "whether", "unless", "when", "suppose", "assuming", "should"})) return true;
  return false;
}

}  // namespace commonbook::agents
