// From a parsed item to what an extractor reads, and from facts back to observations.
#include "commonbook/agents/extractor.hpp"

#include "commonbook/agents/time_zone.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <utility>

namespace commonbook::agents {
namespace {

bool repeats_title(std::string_view title) {
  for (const std::string_view prefix :
       {"Re:", "RE:", "re:", "Fwd:", "FWD:", "Fw:", "FW:", "AW:", "Aw:", "WG:", "SV:", "VS:"})
    if (title.starts_with(prefix)) return true;
  return false;
}

void add_people(std::vector<std::string>& people, const std::vector<MailAddress>& addresses) {
  for (const MailAddress& address : addresses)
    if (!address.name.empty()) people.push_back(address.name);
}

void read_mail(const MailMessage& message, ReadableText& text) {
  text.title = repeats_title(message.subject) ? std::string{} : message.subject;
  text.text = message.new_text;
  text.time = message.date;
  if (message.from.size() == 1 && message.from.front().address.find('@') != std::string::npos) {
    const std::string& address = message.from.front().address;
    text.author = EntityName{{Scheme::mailto, address, {}}, address};
  }
  for (const auto* addresses : {&message.to, &message.cc}) add_people(text.people, *addresses);
}

void read_event(const CalendarEvent& event, ReadableText& text) {
  text.title = event.summary;
  text.text = event.description;
  if (event.start) text.time = sort_key(*event.start);
  if (event.organiser && event.organiser->address.find('@') != std::string::npos)
    text.author = EntityName{{Scheme::mailto, event.organiser->address, {}}, event.organiser->address};
  if (event.organiser && !event.organiser->name.empty()) text.people.push_back(event.organiser->name);
  for (const Participant& attendee : event.attendees)
    if (!attendee.name.empty()) text.people.push_back(attendee.name);
}

void read_document(const Document& document, ReadableText& text) {
  text.text = document.text;
  text.time = document.time;
}

std::string position_text(const ImportItem& item, const ExtractedFact& fact, const std::string& extractor) {
  char confidence[16];
  std::snprintf(confidence, sizeof confidence, "%.2f", fact.confidence);
  return item.observation.position + (fact.position.part == TextPart::title ? " title " : " text ") +
         std::to_string(fact.position.begin) + '-' + std::to_string(fact.position.end) + ", " + extractor +
         ", confidence " + confidence;
}

class ExtractingSource final : public Source {
 public:
  ExtractingSource(std::unique_ptr<Source> source, std::unique_ptr<Extractor> extractor, std::string agent)
      : source_(std::move(source)), extractor_(std::move(extractor)), agent_(std::move(agent)) {}

  Result<std::optional<ImportItem>> next() override {
    if (!ready_.empty()) return take();
    auto item = source_->next();
    if (!item || !*item) return item;
    if (const auto text = readable_text(**item)) {
      auto facts = extractor_->extract(*text);
      if (facts) {
        std::vector<ImportItem> derived = derived_items(**item, *text, *facts, *extractor_, agent_);
        std::move(derived.begin(), derived.end(), std::back_inserter(ready_));
      } else {
        (*item)->dropped.push_back(
            {(*item)->observation.position, "nothing was extracted: " + to_string(facts.error())});
      }
    }
    return item;
  }
  [[nodiscard]] bool more_may_come() const override { return source_->more_may_come(); }
  [[nodiscard]] SourceProgress progress() const override { return source_->progress(); }
  [[nodiscard]] const std::vector<Dropped>& dropped() const override { return source_->dropped(); }

 private:
  Result<std::optional<ImportItem>> take() {
    ImportItem item = std::move(ready_.front());
    ready_.pop_front();
    return std::optional{std::move(item)};
  }

  std::unique_ptr<Source> source_;
  std::unique_ptr<Extractor> extractor_;
  std::string agent_;
  std::deque<ImportItem> ready_;
};

}  // namespace

std::optional<ReadableText> readable_text(const ImportItem& item) {
  const auto& document = item.observation.document;
  if (!document || !document->subject) return std::nullopt;
  ReadableText text;
  text.document_id = document->id;
  text.subject = *document->subject;
  if (const auto* message = std::get_if<MailMessage>(&item.parsed))
    read_mail(*message, text);
  else if (const auto* event = std::get_if<CalendarEvent>(&item.parsed))
    read_event(*event, text);
  else if (document->kind == DocumentKind::text)  // an attachment: nobody says "I" in it
    read_document(*document, text);
  else
    return std::nullopt;
  if (text.title.empty() && text.text.empty()) return std::nullopt;
  return text;
}

std::vector<ImportItem> derived_items(const ImportItem& item, const ReadableText& text,
                                      const std::vector<ExtractedFact>& facts, const Extractor& extractor,
                                      const std::string& agent) {
  const std::string name = extractor.name();
  std::vector<ImportItem> items;
  std::map<std::string, std::size_t> at_position;
  for (const ExtractedFact& fact : facts) {
    std::string position = position_text(item, fact, name);
    const auto [known, fresh] = at_position.emplace(position, items.size());
    if (fresh) {
      Observation observation;
      observation.position = std::move(position);
      observation.time = item.observation.time;
      observation.revision = item.observation.revision;
      observation.valid_from = item.observation.valid_from;
      observation.specificity = item.observation.specificity;
      observation.trust = std::max(item.observation.trust, extractor.trust());
      observation.derived_from = {text.document_id};
      items.push_back({{}, std::move(observation), {}});
    }
    items[known->second].observation.triples.push_back(fact.triple);
  }
  // Flags and file of a message don't count: its text says the same wherever it lies.
  for (std::size_t at = 0; at < items.size(); ++at) {
    Observation& observation = items[at].observation;
    std::string identity = agent + '\n' + text.document_id + '\n' + item.observation.document->hash + '\n' + name +
                           '\n' + std::to_string(at) + '\n' + std::to_string(observation.time.unix_ms) + '\n' +
                           std::string{to_string(observation.trust)};
    for (const Triple& triple : observation.triples) {
      const auto* literal = std::get_if<Literal>(&triple.object);
      identity += '\n' + triple.subject.key.value + '\n' + triple.predicate + '\n' +
                  (literal != nullptr ? literal->text : std::get<EntityName>(triple.object).key.value);
    }
    observation.operation_id = content_hash(identity);
  }
  return items;
}

std::unique_ptr<Source> extracting(std::unique_ptr<Source> source, std::unique_ptr<Extractor> extractor,
                                   std::string agent) {
  return std::make_unique<ExtractingSource>(std::move(source), std::move(extractor), std::move(agent));
}

}  // namespace commonbook::agents
