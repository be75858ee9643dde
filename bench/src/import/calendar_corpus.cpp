#include "corpus.hpp"
#include "corpus_file.hpp"
#include "made_up_text.hpp"

#include "commonbook/model/civil_time.hpp"

#include <array>
#include <string_view>

namespace commonbook::bench {
namespace {

constexpr std::string_view calendar_head =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//benchmark//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"
    "BEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
    "END:VTIMEZONE\r\n";
constexpr std::array recurrence_rules{"FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=20", "FREQ=MONTHLY;BYDAY=1WE",
                           "FREQ=DAILY;COUNT=10", "FREQ=YEARLY"};
constexpr std::array participation{"ACCEPTED", "DECLINED", "TENTATIVE", "NEEDS-ACTION"};

/// One content line, folded at 75 bytes.
void add_line(std::string& event, std::string_view line) {
  for (std::size_t limit = 75; line.size() > limit; limit = 74) {
    event.append(line.substr(0, limit)).append("\r\n ");
    line.remove_prefix(limit);
  }
  event.append(line).append("\r\n");
}

/// "20260120T160000".
std::string compact(std::int64_t unix_ms) {
  const std::string utc = format_utc(Timestamp{unix_ms});
  return utc.substr(0, 4) + utc.substr(5, 2) + utc.substr(8, 2) + 'T' + utc.substr(11, 2) + utc.substr(14, 2) + utc.substr(17, 2);
}

class CalendarMaker {
 public:
  std::string event(std::int64_t number) {
    // An event every half hour from 2015-01-01, on quarters of an hour.
    const std::int64_t start = 1'420'070'400'000 + number * 1'800'000;
    const std::int64_t end = start + static_cast<std::int64_t>(1 + text_.below(8)) * 900'000;
    const bool replaces = series_ >= 0 && text_.below(100) == 0;
    const bool recurs = !replaces && text_.below(10) == 0;
    std::string made;
    add_line(made, "BEGIN:VEVENT");
    add_line(made, "UID:event-" + std::to_string(replaces ? series_ : number) + "@example.org");
    if (replaces) add_line(made, "RECURRENCE-ID;TZID=Europe/Berlin:" + compact(start));
    add_line(made, "DTSTAMP:" + compact(start - 86'400'000) + 'Z');
    add_line(made, "DTSTART;TZID=Europe/Berlin:" + compact(start));
    add_line(made, "DTEND;TZID=Europe/Berlin:" + compact(end));
    add_line(made, "SUMMARY:" + text_.words(2 + text_.below(6)));
    add_line(made, "LOCATION:Room " + std::to_string(text_.below(200)) + "\\, " + text_.words(1));
    if (text_.below(2) == 0) add_line(made, "DESCRIPTION:" + text_.words(10 + text_.below(60)) + "\\n" + text_.words(8));
    add_line(made, "STATUS:CONFIRMED");
    const MadeUpPerson& organiser = text_.person();
    add_line(made, "ORGANIZER;CN=" + organiser.name + ":mailto:" + organiser.address);
    for (std::size_t left = text_.below(7); left > 0; --left) {
      const MadeUpPerson& attendee = text_.person();
      add_line(made, std::string{"ATTENDEE;PARTSTAT="} + participation[text_.below(participation.size())] + ";CN=" + attendee.name +
                         ":mailto:" + attendee.address);
    }
    if (recurs) {
      add_line(made, std::string{"RRULE:"} + recurrence_rules[text_.below(recurrence_rules.size())]);
      if (text_.below(5) == 0) add_line(made, "EXDATE;TZID=Europe/Berlin:" + compact(start + 7 * 86'400'000ll));
      series_ = number;
    }
    add_line(made, "END:VEVENT");
    return made;
  }

 private:
  MadeUpText text_{11};
  std::int64_t series_ = -1;  // the last event that recurs
};

}  // namespace

Corpus make_calendar(const std::filesystem::path& folder, std::int64_t events) {
  return make_corpus_file(folder / ("calendar-" + std::to_string(events) + ".ics"), [events](std::ofstream& file) {
    CalendarMaker maker;
    file << calendar_head;
    for (std::int64_t number = 0; number < events; ++number) file << maker.event(number);
    file << "END:VCALENDAR\r\n";
    return events;
  });
}

}  // namespace commonbook::bench
