// What moved, from when, to when; what does not take place.
#include "extraction_clauses.hpp"

#include "commonbook/agents/vocabulary.hpp"

namespace commonbook::agents {
namespace {

bool is_move_verb(const Sentence& sentence, std::size_t at) {
  return sentence.is_one_of(
      at, {"moved", "moves", "move", "postponed", "rescheduled", "shifted", "postpone", "reschedule"});
}

class EventFinder {
 public:
  EventFinder(const ReadSentence& read, std::vector<ExtractedFact>& facts)
      : read_(read), sentence_(read.sentence), facts_(facts) {}

  void find_moves() {
    if (sentence_.is_question) return;
    for (std::size_t at = 0; at < sentence_.size(); ++at)
      if (is_move_verb(sentence_, at) && !is_supposed(sentence_, at)) of_verb(at);
    planned_before();
    later();
    one_instead_of_other();
  }

  void find_cancellations() {
    if (sentence_.is_question) return;
    for (std::size_t at = 0; at < sentence_.size(); ++at) {
      if (is_supposed(sentence_, at)) return;
      absent(at);
      called_off(at);
    }
  }

 private:
  void add(FactKind kind, std::string_view name, Literal object, TokenRange words, double confidence) {
    facts_.push_back({kind,
                      {read_.document.subject, std::string{name}, std::move(object), Cardinality::many},
                      sentence_.position(words.begin, words.end),
                      confidence});
  }
  void add_what(FactKind kind, std::string_view name, TokenRange what, TokenRange words, double confidence) {
    add(kind, name, {LiteralType::text, sentence_.raw(what.begin, what.end)}, words, confidence);
  }
  void add_date(std::string_view name, const DateMention& date, std::size_t from) {
    add(FactKind::move, name, to_literal(date), {std::min(from, date.token_begin), std::max(date.token_end, from + 1)},
        0.9);
  }
  [[nodiscard]] const DateMention* date_behind(std::size_t at) const { return date_at(sentence_, read_.dates, at); }

  /// "the call moves to ...", "has been moved from ... to ...", "I must move the exam".
  void of_verb(std::size_t verb) {
    std::size_t subject_end = verb;
    while (subject_end > 0 && sentence_.is_one_of(subject_end - 1, {"is", "was", "are", "has", "have", "been", "be",
                                                                    "will", "must", "now", "to", "had", "just"}))
      --subject_end;
    const bool active = sentence_.is_one_of(verb, {"moved", "moves", "postponed", "rescheduled", "shifted"});
    auto what = event_phrase_before(sentence_, subject_end);
    if (what && (active || subject_end < verb)) {
      add_what(FactKind::move, predicate::moves, *what, {what->begin, verb + 1}, 0.85);
    } else if (subject_end > 0 && is_first_person(sentence_, subject_end - 1) &&
               !sentence_.is_one_of(verb, {"moves"})) {
      what = event_phrase_at(sentence_, verb + 1);
      if (what) add_what(FactKind::move, predicate::moves, *what, {subject_end - 1, what->end}, 0.85);
    }
    const std::size_t behind = what && what->begin > verb ? what->end : verb + 1;
    const bool begins = sentence_.begins_clause(verb);
    if (!what && !begins) return;
    dates_behind(behind, verb);
  }

  void dates_behind(std::size_t at, std::size_t verb) {
    if (sentence_.word(at) == "from") {
      const DateMention* from = date_behind(at + 1);
      if (from == nullptr) from = date_behind(at);
      if (from == nullptr) return;
      // "moved from 7 to 9 July" reads like a period, but is two days.
      if (from->last && from->last->date_only && sentence_.word(from->token_end) != "to") {
        DateMention first = *from;
        first.last.reset();
        DateMention last = first;
        last.first = *from->last;
        add_date(predicate::moved_from, first, verb);
        add_date(predicate::moved_to, last, verb);
        return;
      }
      add_date(predicate::moved_from, *from, verb);
      at = from->token_end;
    }
    if (sentence_.word(at) != "to") return;
    if (const DateMention* to = date_behind(at + 1)) add_date(predicate::moved_to, *to, verb);
  }

  /// "Was 7 July.", "Was planned for 7 July.": of an event that has its new day already.
  void planned_before() {
    if (sentence_.word(0) != "was") return;
    std::size_t at = 1;
    if (sentence_.is_one_of(at, {"planned", "scheduled", "originally", "previously"})) ++at;
    if (const DateMention* date = date_behind(at)) add_date(predicate::moved_from, *date, 0);
  }

  /// "One day later: 8 July".
  void later() {
    for (std::size_t at = 1; at + 1 < sentence_.size(); ++at) {
      if (!sentence_.is_one_of(at, {"later", "earlier"})) continue;
      if (!sentence_.is_one_of(at - 1, {"day", "days", "week", "weeks"}) ||
          !sentence_.gap_before(at + 1).starts_with(':'))
        continue;
      if (const DateMention* date = date_behind(at + 1)) add_date(predicate::moved_to, *date, at - 1);
    }
  }

  /// "on Tuesday, 7 July, not on 2 July", "on 3 May instead of 2 May".
  void one_instead_of_other() {
    for (std::size_t i = 0; i + 1 < read_.dates.size(); ++i) {
      const DateMention& first = read_.dates[i];
      const DateMention& second = read_.dates[i + 1];
      std::size_t at = first.token_end;
      if (sentence_.word(at) == "not") {
        ++at;
      } else if (sentence_.word(at) == "instead" && sentence_.word(at + 1) == "of") {
        at += 2;
      } else {
        continue;
      }
      if (date_behind(at) != &second || is_supposed(sentence_, first.token_begin)) continue;
      add_date(predicate::moved_to, first, first.token_begin);
      add_date(predicate::moved_from, second, first.token_begin);
    }
  }

  /// "there is no meeting on the 9th", "No rehearsal on 9 July".
  void absent(std::size_t at) {
    std::size_t no = at;
    if (sentence_.word(at) == "there" && sentence_.is_one_of(at + 1, {"is", "will"})) {
      no = at + 2;
      if (sentence_.word(no) == "be") ++no;
    } else if (at != 0) {
      return;
    }
    if (sentence_.word(no) != "no") return;
    const auto what = event_phrase_at(sentence_, no + 1);
    if (!what) return;
    const bool dated = date_behind(what->end) != nullptr;
    const bool in_short = sentence_.is_one_of(what->end, {"this", "next"}) || what->end == sentence_.size();
    if (dated || (no > at && in_short))
      add_what(FactKind::cancellation, predicate::cancels, *what, {at, what->end}, 0.9);
  }

  /// "the Friday lesson is then off", "the visit has been cancelled".
  void called_off(std::size_t at) {
    if (!sentence_.is_one_of(at, {"cancelled", "canceled", "off", "cancel"})) return;
    if (sentence_.is_one_of(at, {"cancelled", "canceled", "cancel"})) cancelled_by_writer(at);
    std::size_t end = at;
    if (sentence_.word(end) == "off" && end > 0 && sentence_.word(end - 1) == "called") --end;
    while (end > 0 && sentence_.is_one_of(end - 1, {"then", "now", "therefore", "been", "also", "be"})) --end;
    const bool closed = at + 1 >= sentence_.size() || !sentence_.joined(at + 1) || date_behind(at + 1) != nullptr ||
                        sentence_.is_one_of(at + 1, {"because", "since", "this", "due"});
    if (end == 0 || !sentence_.is_one_of(end - 1, {"is", "are", "was", "has", "will"}) || !closed) return;
    if (const auto what = event_phrase_before(sentence_, end - 1))
      add_what(FactKind::cancellation, predicate::cancels, *what, {what->begin, at + 1}, 0.9);
  }

  /// "we cancel the order", "I have cancelled our meeting".
  void cancelled_by_writer(std::size_t at) {
    if (at == 0) return;
    const std::size_t who = sentence_.is_one_of(at - 1, {"have", "must"}) && at > 1 ? at - 2 : at - 1;
    if (!is_first_person(sentence_, who) || !sentence_.is_one_of(at + 1, {"the", "our", "my"})) return;
    if (const auto what = event_phrase_at(sentence_, at + 1))
      add_what(FactKind::cancellation, predicate::cancels, *what, {who, what->end}, 0.9);
  }

  const ReadSentence& read_;
  const Sentence& sentence_;
  std::vector<ExtractedFact>& facts_;
};

}  // namespace

void find_moves(const ReadSentence& read, std::vector<ExtractedFact>& facts) { EventFinder{read, facts}.find_moves(); }
void find_cancellations(const ReadSentence& read, std::vector<ExtractedFact>& facts) {
  EventFinder{read, facts}.find_cancellations();
}

}  // namespace commonbook::agents
