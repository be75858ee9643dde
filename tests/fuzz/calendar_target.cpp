// Bytes as an iCalendar file.
#include "fuzz_support.hpp"
#include "observation_promises.hpp"

#include "commonbook/agents/source.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::fuzz;

namespace {

struct Reading {
  std::vector<agents::ImportItem> items;
  std::vector<agents::Dropped> dropped;
};

Reading read(const std::string& text) {
  Reading reading;
  reading.items = agents::read_calendar(text, "fuzz.ics", "calendar", reading.dropped);
  return reading;
}

void require_event_limits(const agents::CalendarEvent& event) {
  require(event.uid.size() <= 1024, "a UID has at most 1 KiB");
  require(event.attendees.size() <= 1000, "an event has at most 1,000 attendees");
  require(event.added.size() <= 10'000 && event.excluded.size() <= 10'000, "10,000 RDATEs and EXDATEs at most");
  require(event.summary.size() <= 2 * 64 * 1024, "an unfolded line has at most 64 KiB");
  require(event.sequence >= 0, "a SEQUENCE is no negative number");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  const std::string text = text_of(bytes, count);
  const Reading reading = read(text);
  for (const agents::ImportItem& item : reading.items) {
    require_event_limits(std::get<agents::CalendarEvent>(item.parsed));
    require_storable(item.observation, Trust::imported);
    for (const agents::Dropped& dropped : item.dropped) require(dropped.place.starts_with("fuzz.ics:"), "a drop has a place");
  }
  for (const agents::Dropped& dropped : reading.dropped) require_clean_text(dropped.reason, "reason");
  require(!reading.items.empty() || !reading.dropped.empty() || text.find(':') != std::string::npos,
          "a file without any component is reported");
  const Reading again = read(text);
  const auto same = [](const agents::ImportItem& left, const agents::ImportItem& right) {
    return left.observation == right.observation;
  };
  require(std::equal(reading.items.begin(), reading.items.end(), again.items.begin(), again.items.end(), same),
          "reading twice gives the same observations");
  return 0;
}
