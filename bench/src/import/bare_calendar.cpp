#include "import.hpp"

#include <libical/ical.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace commonbook::bench {
namespace {

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
struct FreeParser {
  void operator()(icalparser* parser) const { icalparser_free(parser); }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

char* next_line(char* into, std::size_t bytes, void* file) {
  return std::fgets(into, static_cast<int>(bytes), static_cast<std::FILE*>(file));
}

void take_event(icalcomponent* event, BareCount& count) {
  for (const char* text : {icalcomponent_get_uid(event), icalcomponent_get_summary(event), icalcomponent_get_location(event),
                           icalcomponent_get_description(event)})
    if (text != nullptr) count.text_bytes += static_cast<std::int64_t>(std::char_traits<char>::length(text));
  if (icaltime_is_null_time(icalcomponent_get_dtstart(event)) != 0) throw std::runtime_error("libical found an event without a start");
  count.people += icaltime_is_null_time(icalcomponent_get_dtend(event)) == 0 ? 0 : 1;
  for (icalproperty* person = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY); person != nullptr;
       person = icalcomponent_get_next_property(event, ICAL_ATTENDEE_PROPERTY))
    count.people += icalproperty_get_attendee(person) != nullptr ? 1 : 0;
}

}  // namespace

BareCount read_with_libical(const std::filesystem::path& calendar) {
  const std::unique_ptr<std::FILE, CloseFile> file{std::fopen(calendar.c_str(), "rb")};
  if (file == nullptr) throw std::runtime_error(calendar.native() + " can't be read");
  const std::unique_ptr<icalparser, FreeParser> parser{icalparser_new()};
  icalparser_set_gen_data(parser.get(), file.get());
  // libical gives a calendar as one tree: so its memory grows with the file.
  const std::unique_ptr<icalcomponent, FreeComponent> root{icalparser_parse(parser.get(), next_line)};
  if (root == nullptr) throw std::runtime_error("libical found no calendar");
  BareCount count;
  for (icalcomponent* event = icalcomponent_get_first_component(root.get(), ICAL_VEVENT_COMPONENT); event != nullptr;
       event = icalcomponent_get_next_component(root.get(), ICAL_VEVENT_COMPONENT)) {
    take_event(event, count);
    ++count.documents;
  }
  return count;
}

}  // namespace commonbook::bench
