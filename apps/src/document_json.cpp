#include "document_json.hpp"

#include "commonbook/model/civil_time.hpp"

#include <algorithm>

namespace commonbook::apps {

namespace {

constexpr std::int64_t two_years_ms = 2 * 366ll * 86'400'000;

Json text_or_null(const std::string& text) { return text.empty() ? Json{} : Json(text); }

/// {value, zone, utc}: as written, the zone's IANA name (null: a date or a floating time), and in UTC.
Json time_json(const std::optional<agents::EventTime>& time) {
  if (!time) return {};
  return {{"value", time->date_only ? format_date(time->local.date) : format_time(time->local)},
          {"zone", text_or_null(time->zone)},
          {"utc", time->utc ? Json(format_utc(*time->utc)) : Json{}}};
}

Json participant_json(const agents::Participant& participant) {
  return {{"name", participant.name},
          {"address", participant.address},
          {"status", text_or_null(participant.status)},
          {"role", text_or_null(participant.role)}};
}

/// The starts in the window, with overrides in place of the instances that they replace.
Json instances_json(const agents::CalendarEvent& event, const Overrides& overrides, std::optional<Timestamp> from,
                    std::optional<Timestamp> until, std::vector<agents::Dropped>& dropped) {
  Json list = Json::array();
  if (!event.start) return list;
  TimeWindow window;
  window.from = from.value_or(agents::sort_key(*event.start));
  window.to = until.value_or(Timestamp{window.from.unix_ms + two_years_ms});
  const auto inside = [&window](const agents::EventTime& time) {
    return agents::sort_key(time) >= window.from && agents::sort_key(time) < window.to;
  };
  agents::Series series;
  series.start = *event.start;
  if (!event.recurrence_id) {
    series.rules = event.rules;
    series.added = event.added;
    series.excluded = event.excluded;
  }
  auto starts = agents::expand(series, window);
  if (!starts) {
    dropped.push_back({"recurrence rule", to_string(starts.error())});
    return list;
  }
  if (const auto found = overrides.find(event.uid); found != overrides.end() && !event.recurrence_id) {
    for (const agents::CalendarEvent& other : found->second) {
      const auto replaced = std::remove_if(starts->begin(), starts->end(), [&other](const agents::EventTime& start) {
        return agents::sort_key(start) == agents::sort_key(*other.recurrence_id);
      });
      starts->erase(replaced, starts->end());
      if (other.start && other.status != "CANCELLED" && inside(*other.start)) starts->push_back(*other.start);
    }
    std::sort(starts->begin(), starts->end(), [](const agents::EventTime& left, const agents::EventTime& right) {
      return agents::sort_key(left) < agents::sort_key(right);
    });
  }
  for (const agents::EventTime& start : *starts) list.push_back(time_json(start));
  return list;
}

void add_event(Json& document, const agents::CalendarEvent& event, Json instances) {
  std::string rule;
  for (const std::string& one : event.rules) rule += (rule.empty() ? "" : "\n") + one;
  Json attendees = Json::array();
  for (const agents::Participant& attendee : event.attendees) attendees.push_back(participant_json(attendee));
  document["uid"] = text_or_null(event.uid);
  document["recurrence_id"] = time_json(event.recurrence_id);
  document["sequence"] = event.sequence;
  document["summary"] = event.summary;
  document["start"] = time_json(event.start);
  document["end"] = time_json(event.end);
  document["status"] = text_or_null(event.status);
  document["organiser"] = event.organiser ? participant_json(*event.organiser) : Json{};
  document["attendees"] = std::move(attendees);
  document["location"] = text_or_null(event.location);
  document["recurrence_rule"] = text_or_null(rule);
  document["instances"] = std::move(instances);
}

Json addresses_json(const std::vector<agents::MailAddress>& addresses) {
  Json list = Json::array();
  for (const agents::MailAddress& address : addresses)
    list.push_back({{"name", address.name}, {"address", address.address}});
  return list;
}

void add_message(Json& document, const agents::MailMessage& message) {
  Json attachments = Json::array();
  for (const agents::MailAttachment& attachment : message.attachments)
    attachments.push_back({{"name", attachment.name},
                           {"media_type", attachment.media_type},
                           {"bytes", attachment.bytes},
                           {"hash", attachment.hash}});
  document["message_id"] = message.message_id;
  document["from"] = addresses_json(message.from);
  document["to"] = addresses_json(message.to);
  document["cc"] = addresses_json(message.cc);
  document["subject"] = message.subject;
  document["date"] = message.date ? Json(format_utc(*message.date)) : Json{};
  document["in_reply_to"] = text_or_null(message.in_reply_to);
  document["references"] = message.references;
  document["attachments"] = std::move(attachments);
  document["new_text"] = message.new_text;
}

}  // namespace

void note_override(Overrides& overrides, const agents::CalendarEvent& event) {
  if (!event.recurrence_id || event.uid.empty()) return;
  auto& known = overrides[event.uid];
  const auto same = std::find_if(known.begin(), known.end(), [&event](const agents::CalendarEvent& other) {
    return agents::sort_key(*other.recurrence_id) == agents::sort_key(*event.recurrence_id);
  });
  if (same == known.end())
    known.push_back(event);
  else if (same->sequence <= event.sequence)
    *same = event;
}

Json document_json(const agents::ImportItem& item, const Overrides& overrides, std::optional<Timestamp> from,
                   std::optional<Timestamp> until) {
  Json document;
  const bool known = item.observation.document.has_value();
  document["kind"] = known ? to_string(item.observation.document->kind) : "observation";
  document["document"] = known ? item.observation.document->id : std::string{};
  if (!known && !item.observation.derived_from.empty()) {  // what an extractor found in the document before it
    document["kind"] = "facts";
    document["document"] = item.observation.derived_from.front();
    document["position"] = item.observation.position;
  }
  std::vector<agents::Dropped> dropped = item.dropped;
  if (const auto* event = std::get_if<agents::CalendarEvent>(&item.parsed))
    add_event(document, *event, instances_json(*event, overrides, from, until, dropped));
  else if (const auto* message = std::get_if<agents::MailMessage>(&item.parsed))
    add_message(document, *message);
  Json triples = Json::array();
  for (const Triple& triple : item.observation.triples) triples.push_back(triple_json(triple));
  document["triples"] = std::move(triples);
  document["dropped"] = dropped_json(dropped);
  return document;
}

}  // namespace commonbook::apps
