// One document as `import --dry-run --json` prints it.
#pragma once
#include "json_output.hpp"

#include "commonbook/agents/source.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::apps {

/// Events with a RECURRENCE-ID, by UID: each stands for one instance of its series.
using Overrides = std::map<std::string, std::vector<agents::CalendarEvent>>;

/// Keeps `event` where it overrides an instance; of two for one instance the higher SEQUENCE.
void note_override(Overrides& overrides, const agents::CalendarEvent& event);

/// kind, document, the fields of its kind, triples, dropped. Thread: any.
/// @param from, until  window of an event's instances; nullopt: from its start, for two years.
[[nodiscard]] Json document_json(const agents::ImportItem& item, const Overrides& overrides,
                                 std::optional<Timestamp> from, std::optional<Timestamp> until);

}  // namespace commonbook::apps
