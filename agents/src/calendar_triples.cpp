#include "calendar_triples.hpp"

#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace commonbook::agents {
namespace {

/// Part of every operation id: raise it when the triples of the same VEVENT change.
constexpr std::string_view extractor_version = "calendar 1";

constexpr std::size_t name_bytes_max = 2048;       // the limits of a name key
constexpr std::size_t name_code_points_max = 512;
constexpr std::size_t title_bytes_max = 4096;
constexpr std::size_t dates_in_triples_max = 1000; // EXDATE and RDATE each: 4,096 triples are an observation's limit

/// Methods whose sender does not say how the event is: a wish or a counter-proposal.
bool states_nothing(const std::string& method) {
  return method == "REFRESH" || method == "COUNTER" || method == "DECLINECOUNTER";
}

std::string_view predicate_of_status(const std::string& status) {
  if (status == "ACCEPTED") return predicate::accepted_by;
  if (status == "DECLINED") return predicate::declined_by;
  if (status == "TENTATIVE") return predicate::tentative_by;
  if (status == "NEEDS-ACTION") return predicate::unanswered_by;
  return {};
}

std::string weekday_and_day(const CivilDate& date) {
  constexpr auto weekdays = std::to_array<std::string_view>(
      {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"});
  constexpr auto months = std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July",
                                                           "August", "September", "October", "November", "December"});
  std::string text{weekdays[static_cast<std::size_t>(weekday_of(date))]};
  text += ' ' + std::to_string(date.day) + ' ';
  text += months[static_cast<std::size_t>(date.month - 1)];
  return text + ' ' + std::to_string(date.year);
}

/// "Tuesday 20 January 2026, 16:00 (Europe/Berlin)".
std::string readable(const EventTime& time) {
  std::string text = weekday_and_day(time.local.date);
  if (time.date_only) return text;
  text += ", " + format_time(time.local).substr(11, 5);
  if (!time.zone.empty()) text += " (" + time.zone + ')';
  return text;
}

std::string readable_name(const Participant& person) {
  if (person.name.empty()) return person.address;
  return person.address.empty() ? person.name : person.name + " <" + person.address + '>';
}

/// Builds the observation of one event.
class ItemBuilder {
 public:
  ItemBuilder(ReadEvent& read, const std::string& place, ImportItem& item)
      : read_(read), event_(read.event), observation_(item.observation), item_(item), place_(place) {
    subject_ = {event_key(event_, read.hash), cut_text(in_one_line(event_.summary), name_bytes_max, name_code_points_max)};
  }

  void build(const std::string& agent) {
    add_document();
    if (event_.method == "REPLY") {
      for (const Participant& person : event_.attendees) add_status(person);
    } else if (!states_nothing(event_.method)) {
      add_facts();
      add_people();
    }
    observation_.position = place_ + ':' + std::to_string(read_.first_line);
    observation_.revision = event_.sequence;
    observation_.valid_from = valid_from();
    observation_.time = observation_.valid_from;
    observation_.specificity = event_.rules.empty() && event_.added.empty() ? 1 : 0;
    observation_.trust = Trust::imported;
    observation_.operation_id = operation_id(agent);
  }

 private:
  /// Who read what, in which version of this reader. METHOD and the instants stand outside the VEVENT's own lines: the
  /// same lines under another METHOD or VTIMEZONE say something else, and one id must never have two payloads.
  [[nodiscard]] std::string operation_id(const std::string& agent) const {
    const std::string recurrence_id = recurrence_id_text();
    std::vector<std::string_view> parts{agent, observation_.document->id, recurrence_id, read_.canonical, extractor_version,
                                        event_.method};
    for (const Triple& triple : observation_.triples) {
      const auto* literal = std::get_if<Literal>(&triple.object);
      if (literal != nullptr && literal->type == LiteralType::timestamp) parts.push_back(literal->text);
    }
    std::string identity;
    identity.reserve(read_.canonical.size() + 512);
    for (const std::string_view part : parts) identity.append(std::to_string(part.size())).append(":").append(part);
    return content_hash(identity);
  }

  void add(std::string_view name, Object object, Cardinality cardinality) {
    auto& triples = observation_.triples;
    // All have one subject, so what tells them apart is looked at alone.
    const bool is_known = std::any_of(triples.begin(), triples.end(), [&](const Triple& other) {
      return other.predicate == name && other.object == object && other.cardinality == cardinality;
    });
    if (!is_known) triples.push_back({subject_, std::string{name}, std::move(object), cardinality});
  }
  void add_text(std::string_view name, std::string text, Cardinality cardinality) {
    if (!text.empty()) add(name, Literal{LiteralType::text, std::move(text)}, cardinality);
  }
  void drop(std::string reason) { item_.dropped.push_back({place_ + ':' + std::to_string(read_.first_line), std::move(reason)}); }

  void add_facts() {
    using enum Cardinality;
    const bool recurring = !event_.rules.empty() || !event_.added.empty();
    add_text(predicate::type, recurring ? "recurring event" : "event", many);
    add_text(predicate::title, cut_text(in_one_line(event_.summary), title_bytes_max, title_bytes_max), single);
    if (event_.start) add(predicate::starts, to_literal(*event_.start), single);
    if (event_.end) add(predicate::ends, to_literal(*event_.end), single);
    if (const std::string location = in_one_line(event_.location); !location.empty()) {
      add(predicate::located_at, named(cut_text(location, name_bytes_max, name_code_points_max)), single);
    }
    add_text(predicate::status, status(), single);
    add_text(predicate::described_as, std::string{trimmed(event_.description)}, single);
    for (const std::string& category : event_.categories) add_text(predicate::categorised_as, category, many);
    for (const std::string& rule : event_.rules) {
      // Several rules in one event are rare and all hold: then no value displaces another.
      add_text(predicate::recurs_by, rule, event_.rules.size() == 1 ? single : many);
    }
    add_dates(predicate::excludes, event_.excluded);
    add_dates(predicate::adds, event_.added);
    if (event_.recurrence_id && !event_.uid.empty()) {
      add(predicate::part_of_series, EntityName{series_key(event_), {}}, single);
      add(predicate::replaces, to_literal(*event_.recurrence_id), single);
    }
  }

  void add_dates(std::string_view name, const std::vector<EventTime>& dates) {
    if (dates.size() > dates_in_triples_max) drop("more than 1,000 '" + std::string{name} + "' dates; the rest is left out");
    for (std::size_t index = 0; index < std::min(dates.size(), dates_in_triples_max); ++index) {
      observation_.triples.push_back({subject_, std::string{name}, to_literal(dates[index]), Cardinality::many});
    }
  }

  void add_people() {
    if (event_.organiser) {
      if (const auto person = entity_of(*event_.organiser)) add(predicate::organised_by, *person, Cardinality::single);
    }
    for (const Participant& attendee : event_.attendees) {
      if (const auto person = entity_of(attendee)) add(predicate::attended_by, *person, Cardinality::many);
      add_status(attendee);
    }
  }

  void add_status(const Participant& attendee) {
    const std::string_view name = predicate_of_status(attendee.status);
    const auto person = name.empty() ? std::nullopt : entity_of(attendee);
    if (person) add(name, *person, Cardinality::many);
  }

  /// By address where there is one, its display name a claim; else by name alone.
  std::optional<EntityName> entity_of(const Participant& person) {
    const std::string name = cut_text(in_one_line(person.name), name_bytes_max, name_code_points_max);
    if (person.address.empty()) return name.empty() ? std::nullopt : std::optional{named(name)};
    EntityName entity{{Scheme::mailto, person.address, {}}, {}};
    if (!name.empty() && name != person.address) {
      NameClaim claim{entity, name};
      auto& claims = observation_.claims;
      if (std::find(claims.begin(), claims.end(), claim) == claims.end()) claims.push_back(std::move(claim));
    }
    return entity;
  }

  [[nodiscard]] std::string status() const {
    std::string text = event_.method == "CANCEL" ? "cancelled" : event_.status;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return cut_text(std::move(text), 100, 100);
  }

  [[nodiscard]] Timestamp valid_from() const {
    if (event_.stamp) return *event_.stamp;
    if (read_.last_modified) return *read_.last_modified;
    if (read_.created) return *read_.created;
    return event_.start ? sort_key(*event_.start) : Timestamp{};
  }

  [[nodiscard]] std::string recurrence_id_text() const {
    return event_.recurrence_id ? to_literal(*event_.recurrence_id).text : std::string{};
  }

  void add_document() {
    Document document;
    document.id = event_.uid.empty() ? read_.hash : event_.uid;
    document.kind = DocumentKind::event;
    document.title = cut_text(in_one_line(event_.summary), title_bytes_max, title_bytes_max);
    document.text = document_text();
    document.context = document_context();
    if (event_.start && event_.start->utc) document.time = event_.start->utc;
    document.hash = read_.hash;
    document.subject = subject_;
    observation_.document = std::move(document);
  }

  [[nodiscard]] std::string document_text() const {
    std::string text{trimmed(event_.summary)};
    const auto line = [&](std::string_view label, const std::string& value) {
      if (value.empty()) return;
      text.append("\n").append(label).append(": ").append(value);
    };
    if (event_.start) line("When", readable(*event_.start) + (event_.end ? " to " + readable(*event_.end) : ""));
    line("Where", in_one_line(event_.location));
    if (event_.organiser) line("Organised by", readable_name(*event_.organiser));
    line("Status", event_.status == "CONFIRMED" && event_.method != "CANCEL" ? std::string{} : status());
    for (const std::string& rule : event_.rules) line("Repeats", rule);
    if (event_.recurrence_id) line("In place of", readable(*event_.recurrence_id));
    const std::string description{trimmed(event_.description)};
    if (!description.empty()) text.append("\n").append(description);
    return text;
  }

  [[nodiscard]] std::string document_context() const {
    constexpr std::size_t context_bytes_max = 64 * 1024;
    std::string context = in_one_line(event_.location);
    const auto name = [&](const Participant& person) { context += '\n' + readable_name(person); };
    if (event_.organiser) name(*event_.organiser);
    for (const Participant& attendee : event_.attendees) name(attendee);
    return cut_text(std::move(context), context_bytes_max, context_bytes_max);
  }

  ReadEvent& read_;
  const CalendarEvent& event_;
  Observation& observation_;
  ImportItem& item_;
  const std::string& place_;
  EntityName subject_;
};

}  // namespace

ImportItem to_import_item(ReadEvent read, const std::string& place, const std::string& agent) {
  ImportItem item;
  item.dropped = std::move(read.dropped);
  ItemBuilder{read, place, item}.build(agent);
  item.parsed = std::move(read.event);
  return item;
}

}  // namespace commonbook::agents
