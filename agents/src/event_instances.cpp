#include "event_instances.hpp"
#include "commonbook/agents/time_zone.hpp"
#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace commonbook::agents {
namespace {

std::optional<EventTime> time_of(const FactIndex& facts, std::int64_t subject, std::string_view predicate) {
  const Fact* fact = facts.one(subject, predicate);
  if (fact == nullptr) return std::nullopt;
  const auto* literal = std::get_if<Literal>(&fact->object);
  return literal == nullptr ? std::nullopt : to_event_time(*literal);
}

std::vector<EventTime> times_of(const FactIndex& facts, std::int64_t subject, std::string_view predicate) {
  std::vector<EventTime> times;
  for (const Fact* fact : facts.current(subject, predicate))
    if (const auto* literal = std::get_if<Literal>(&fact->object))
      if (const auto time = to_event_time(*literal)) times.push_back(*time);
  return times;
}

std::vector<std::string> people_of(const FactIndex& facts, std::int64_t subject, std::string_view predicate) {
  std::vector<std::string> names;
  for (const Fact* fact : facts.current(subject, predicate))
    if (const auto* person = std::get_if<EntityView>(&fact->object)) names.push_back(person_name(*person));
  return names;
}

// Documents of the values that answers are made of, the start's first.
void collect_citations(const FactIndex& facts, std::int64_t subject, EventRecord& record) {
  std::set<std::string> seen;
  for (const std::string_view predicate :
       {predicate::starts, predicate::located_at, predicate::title, predicate::status, predicate::recurs_by,
        predicate::replaces, predicate::described_as})
    for (const Fact* fact : facts.current(subject, predicate))
      if (!fact->citation.document_id.empty() && seen.insert(fact->citation.document_id).second)
        record.citations.push_back(fact->citation);
}

EventRecord record_of(const FactIndex& facts, const EntityView& entity) {
  EventRecord record;
  record.entity = entity;
  record.title = facts.text(entity.id, predicate::title);
  record.description = facts.text(entity.id, predicate::described_as);
  record.location = facts.text(entity.id, predicate::located_at);
  record.status = facts.text(entity.id, predicate::status);
  record.start = time_of(facts, entity.id, predicate::starts);
  for (const Fact* fact : facts.all(entity.id, predicate::starts))
    if (const auto* literal = std::get_if<Literal>(&fact->object); literal != nullptr && fact->superseded)
      if (const auto time = to_event_time(*literal)) record.earlier_starts.push_back(*time);
  record.end = time_of(facts, entity.id, predicate::ends);
  // Declared single-valued, but iCalendar allows several rules; all in force count.
  for (const Fact* fact : facts.current(entity.id, predicate::recurs_by)) record.rules.push_back(shown(*fact));
  record.excluded = times_of(facts, entity.id, predicate::excludes);
  record.added = times_of(facts, entity.id, predicate::adds);
  record.replaces = time_of(facts, entity.id, predicate::replaces);
  if (const Fact* part = facts.one(entity.id, predicate::part_of_series))
    if (const auto* series = std::get_if<EntityView>(&part->object)) record.series = series->id;
  record.organisers = people_of(facts, entity.id, predicate::organised_by);
  record.attendees = people_of(facts, entity.id, predicate::attended_by);
  record.accepted = people_of(facts, entity.id, predicate::accepted_by);
  record.declined = people_of(facts, entity.id, predicate::declined_by);
  collect_citations(facts, entity.id, record);
  return record;
}

std::optional<std::chrono::seconds> duration_of(const EventRecord& record) {
  if (!record.start || !record.end) return std::nullopt;
  return std::chrono::seconds{(instant(*record.end).unix_ms - instant(*record.start).unix_ms) / 1000};
}

/// `start` plus an exact duration, shown on the clock of its own zone.
EventTime later_by(const EventTime& start, std::chrono::seconds duration) {
  const std::int64_t step_ms = duration.count() * 1000;
  EventTime end = start;
  if (start.utc) {
    end.utc = Timestamp{start.utc->unix_ms + step_ms};
    const auto zone = TimeZone::find(start.zone);
    end.local = zone ? zone->to_local(*end.utc) : utc_time(Timestamp{as_utc(start.local).unix_ms + step_ms});
  } else {
    end.local = utc_time(Timestamp{as_utc(start.local).unix_ms + step_ms});
  }
  return end;
}

EventInstance instance_of(const EventRecord& record, bool cancelled) {
  return {*record.start, record.end, &record, cancelled || record.cancelled(), false};
}

bool touches(const EventInstance& instance, const TimeWindow& window) {
  const std::int64_t from = instant(instance.start).unix_ms;
  const std::int64_t to = instance.end ? std::max(instant(*instance.end).unix_ms, from + 1) : from + 1;
  return from < window.to.unix_ms && to > window.from.unix_ms;
}

/// Instances of the rule in the window, widened so that a long one that began before it is found; excluded ones marked.
std::vector<EventInstance> rule_instances(const EventRecord& series, const TimeWindow& window) {
  std::vector<EventInstance> instances;
  const auto duration = duration_of(series);
  const TimeWindow wide{{window.from.unix_ms - (duration ? duration->count() * 1000 : 0)}, window.to};
  const auto starts_of = [&](std::vector<EventTime> excluded) {
    return expand({*series.start, duration, series.rules, series.added, std::move(excluded)}, wide);
  };
  const auto all = starts_of({});
  const auto kept = starts_of(series.excluded);
  if (!all || !kept) return {instance_of(series, false)};
  std::set<std::int64_t> kept_keys;
  for (const EventTime& start : *kept) kept_keys.insert(instant(start).unix_ms);
  for (const EventTime& start : *all) {
    EventInstance instance{start, std::nullopt, &series,
                           series.cancelled() || kept_keys.count(instant(start).unix_ms) == 0, false};
    if (duration) instance.end = later_by(start, *duration);
    instances.push_back(std::move(instance));
  }
  return instances;
}

}  // namespace

std::vector<Event> events_of(const FactIndex& facts) {
  std::map<std::int64_t, Event> events;
  std::vector<EventRecord> overrides;
  for (const auto& [id, entity] : facts.subjects()) {
    if (entity.key.scheme != Scheme::ical_uid) continue;
    EventRecord record = record_of(facts, entity);
    if (!record.start && !record.replaces) continue;
    if (record.series || record.replaces)
      overrides.push_back(std::move(record));
    else
      events[id].main = std::move(record);
  }
  for (EventRecord& record : overrides) {
    const auto series = record.series ? events.find(*record.series) : events.end();
    if (series != events.end()) {
      EventRecord& main = series->second.main;
      if (record.title.empty()) record.title = main.title;
      if (record.location.empty()) record.location = main.location;
      series->second.overrides.push_back(std::move(record));
    } else if (record.start) {
      const std::int64_t id = record.entity.id;
      events[id].main = std::move(record);
    }
  }
  std::vector<Event> list;
  for (auto& [id, event] : events) list.push_back(std::move(event));
  // By key, not by id: ids depend on the order of arrival.
  std::sort(list.begin(), list.end(),
            [](const Event& left, const Event& right) { return left.main.entity.key < right.main.entity.key; });
  return list;
}

std::vector<EventInstance> instances_of(const Event& event, const TimeWindow& window) {
  std::vector<EventInstance> instances;
  if (!event.main.start) return instances;
  if (event.main.recurring())
    instances = rule_instances(event.main, window);
  else
    instances.push_back(instance_of(event.main, false));
  for (const EventRecord& record : event.overrides) {
    const std::optional<EventTime> original = record.replaces;
    const auto same = [&](const EventInstance& instance) {
      if (!original) return false;
      if (original->date_only && !instance.start.date_only) return original->local.date == instance.start.local.date;
      return instant(instance.start) == instant(*original);
    };
    const auto replaced = std::find_if(instances.begin(), instances.end(), same);
    const bool has_start = record.start.has_value();
    const bool moved = has_start && original && instant(*record.start) != instant(*original);
    if (replaced != instances.end()) {
      if (moved) {
        replaced->cancelled = true;
        replaced->moved = true;
        replaced->record = &record;
      } else {
        instances.erase(replaced);
      }
    }
    if (!has_start) continue;
    EventInstance instance = instance_of(record, event.main.cancelled());
    instance.moved = moved;
    if (!instance.end)
      if (const auto duration = duration_of(event.main)) instance.end = later_by(instance.start, *duration);
    instances.push_back(std::move(instance));
  }
  std::erase_if(instances, [&](const EventInstance& instance) { return !touches(instance, window); });
  std::stable_sort(instances.begin(), instances.end(), [](const EventInstance& left, const EventInstance& right) {
    return instant(left.start) < instant(right.start);
  });
  return instances;
}

}  // namespace commonbook::agents
