// Made-up mail and calendars for the import benchmark: the same bytes for the same size, on every machine.
//
// mail      one mbox: threads of people who answer each other, quotations, signatures; of twenty messages ten are plain,
//           four quoted-printable, two base64, three have an HTML alternative and one an attachment of 6 to 40 kB
// calendar  one iCalendar file: events of a time zone with one organiser and up to six attendees, a tenth of them
//           recurring, a fiftieth with exceptions, a hundredth in place of an instance
#pragma once
#include <cstdint>
#include <filesystem>

namespace commonbook::bench {

struct Corpus {
  std::filesystem::path file;
  std::int64_t documents = 0;  ///< messages or events
  std::int64_t bytes = 0;
};

/// Writes mail of about `megabytes` (of 10^6 bytes) into `folder`, or finds it there from an earlier call.
/// @throws std::runtime_error where it can't be written. Thread: any.
[[nodiscard]] Corpus make_mail(const std::filesystem::path& folder, std::int64_t megabytes);
/// The same for a calendar of so many events.
[[nodiscard]] Corpus make_calendar(const std::filesystem::path& folder, std::int64_t events);

}  // namespace commonbook::bench
