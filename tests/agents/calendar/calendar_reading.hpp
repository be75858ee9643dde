// Reads calendars that tests write down, and looks into what came out.
#pragma once
#include "commonbook/agents/source.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

struct Reading {
  std::vector<ImportItem> items;
  std::vector<Dropped> dropped;
};

[[nodiscard]] inline Reading read(std::string_view text, const std::string& agent = "calendar") {
  Reading reading;
  reading.items = read_calendar(text, "test.ics", agent, reading.dropped);
  return reading;
}

/// Lines of one VEVENT inside a VCALENDAR; `before` stands before the VEVENT.
[[nodiscard]] inline std::string calendar(std::string_view event, std::string_view before = {}) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + std::string{before} + "BEGIN:VEVENT\r\n" + std::string{event} +
         "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

[[nodiscard]] inline const CalendarEvent& event_of(const ImportItem& item) { return std::get<CalendarEvent>(item.parsed); }

/// "starts = 2026-...", "attended by = mailto:a@x", "organised by = name:Ada", in order.
[[nodiscard]] inline std::vector<std::string> statements(const Observation& observation) {
  std::vector<std::string> texts;
  for (const Triple& triple : observation.triples) {
    std::string text = triple.predicate + " = ";
    if (const auto* entity = std::get_if<EntityName>(&triple.object)) {
      text += std::string{to_string(entity->key.scheme)} + ':' + entity->key.value;
    } else {
      text += std::get<Literal>(triple.object).text;
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

[[nodiscard]] inline bool states(const Observation& observation, const std::string& statement) {
  const auto all = statements(observation);
  return std::find(all.begin(), all.end(), statement) != all.end();
}

}  // namespace commonbook::agents
