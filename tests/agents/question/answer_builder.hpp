// Hand-made answers: facts of events and messages as a reader would give them.
#pragma once
#include "commonbook/agents/recurrence.hpp"
#include "commonbook/agents/vocabulary.hpp"
#include "commonbook/model/answer.hpp"

#include <string>
#include <string_view>

namespace commonbook::testing {

class AnswerBuilder {
 public:
  /// A further subject; later facts are about it.
  AnswerBuilder& subject(Scheme scheme, const std::string& value, const std::string& document = {}) {
    current_ = {++last_id_, {scheme, value, {}}, value};
    citation_.document_id = document.empty() ? value : document;
    citation_.kind = scheme == Scheme::mid ? DocumentKind::message : DocumentKind::event;
    citation_.agent = "test";
    return *this;
  }
  AnswerBuilder& event(const std::string& uid, const std::string& title, const std::string& starts,
                       const std::string& ends = {}) {
    subject(Scheme::ical_uid, uid).text(agents::predicate::title, title).time(agents::predicate::starts, starts);
    citation_.title = title;
    return ends.empty() ? *this : time(agents::predicate::ends, ends);
  }
  AnswerBuilder& override_of(const EntityView& series, const std::string& instance, const std::string& starts) {
    subject(Scheme::ical_uid, series.key.value + "?recurrence-id=" + instance, series.key.value);
    add(agents::predicate::part_of_series, series);
    return time(agents::predicate::replaces, instance).time(agents::predicate::starts, starts);
  }
  AnswerBuilder& text(std::string_view predicate, const std::string& value) {
    return add(predicate, Literal{LiteralType::text, value});
  }
  AnswerBuilder& time(std::string_view predicate, const std::string& value) {
    return add(predicate, Literal{value.size() == 10 ? LiteralType::date : LiteralType::timestamp, value});
  }
  AnswerBuilder& place(const std::string& name) {
    return add(agents::predicate::located_at, EntityView{++last_id_, {Scheme::name, name, {}}, name});
  }
  AnswerBuilder& person(std::string_view predicate, const std::string& address) {
    return add(predicate, EntityView{++last_id_, {Scheme::mailto, address, {}}, address});
  }
  AnswerBuilder& link(std::string_view predicate, const EntityView& object) { return add(predicate, object); }
  AnswerBuilder& superseded() {
    answer_.facts.back().superseded = true;
    return *this;
  }
  /// The current subject's document as a passage.
  AnswerBuilder& passage(const std::string& title, const std::string& body, Timestamp sent) {
    Passage passage{citation_, body, current_, 1.0 / static_cast<double>(answer_.passages.size() + 1)};
    passage.citation.title = title;
    passage.citation.time = sent;
    answer_.passages.push_back(passage);
    return *this;
  }
  [[nodiscard]] const EntityView& current() const { return current_; }
  [[nodiscard]] const Answer& answer() const { return answer_; }

 private:
  AnswerBuilder& add(std::string_view predicate, std::variant<EntityView, Literal> object) {
    Fact fact;
    fact.subject = current_;
    fact.predicate = predicate;
    fact.object = std::move(object);
    fact.citation = citation_;
    answer_.facts.push_back(std::move(fact));
    return *this;
  }
  Answer answer_;
  EntityView current_;
  Citation citation_;
  std::int64_t last_id_ = 0;
};

}  // namespace commonbook::testing
