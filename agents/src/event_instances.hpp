// Events rebuilt from facts, and the instances that a series really has: its rule, less what was excluded, with moved
// and cancelled instances in their place.
#pragma once
#include "fact_index.hpp"
#include "commonbook/agents/recurrence.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

/// What facts say about one event: a single one, a series, or the override of one instance.
struct EventRecord {
  EntityView entity;
  std::string title;
  std::string description;
  std::string location;
  std::string status;  ///< "confirmed", "tentative", "cancelled", or empty
  std::optional<EventTime> start;
  std::optional<EventTime> end;           ///< exclusive
  std::vector<EventTime> earlier_starts;  ///< superseded by later revisions, latest first
  std::vector<std::string> rules;
  std::vector<EventTime> excluded;
  std::vector<EventTime> added;
  std::optional<EventTime> replaces;   ///< an override's instance, as the rule has it
  std::optional<std::int64_t> series;  ///< an override's series
  std::vector<std::string> organisers;
  std::vector<std::string> attendees;  ///< everybody invited
  std::vector<std::string> accepted;
  std::vector<std::string> declined;
  std::vector<Citation> citations;  ///< documents that state it, best first
  [[nodiscard]] bool cancelled() const { return status == "cancelled"; }
  [[nodiscard]] bool recurring() const { return !rules.empty() || !added.empty(); }
};

/// A single event or a series with its overrides.
struct Event {
  EventRecord main;  ///< of a series that was not found: the override alone
  std::vector<EventRecord> overrides;
};

/// One time at which an event takes place, or would have.
struct EventInstance {
  EventTime start;
  std::optional<EventTime> end;         ///< exclusive
  const EventRecord* record = nullptr;  ///< the override, else the event itself; owned by the Event
  bool cancelled = false;               ///< by an override, by EXDATE, or with the whole event
  bool moved = false;                   ///< an override starts it at another time than its rule says
};

/// Every event among the facts, by key.
[[nodiscard]] std::vector<Event> events_of(const FactIndex& facts);

/// Instances whose time span touches the window, by start; cancelled ones are marked, not left out. A moved instance is
/// also reported, as cancelled, at the time that its rule has. A rule that can't be read gives the first instance
/// alone.
[[nodiscard]] std::vector<EventInstance> instances_of(const Event& event, const TimeWindow& window);

/// The instant that a time means to a reader: its UTC, else its local time read as UTC.
[[nodiscard]] inline Timestamp instant(const EventTime& time) { return sort_key(time); }

}  // namespace commonbook::agents
