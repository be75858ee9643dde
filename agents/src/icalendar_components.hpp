// Cuts a stream of calendar lines into its VEVENTs and VTIMEZONEs, one at a time, so that memory stays bounded and a
// bad component takes no good one with it.
#pragma once
#include "commonbook/agents/source.hpp"
#include "icalendar_text.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

/// A VEVENT or a VTIMEZONE as it stands.
struct CalendarComponent {
  std::string name;                    ///< in capitals
  std::string method;                  ///< of the VCALENDAR around it, in capitals
  std::vector<ContentLine> lines;      ///< its own; of VTIMEZONE also BEGIN and END of its parts
  std::string canonical;               ///< all unfolded lines, those of its parts too, joined by '\n'
  std::int64_t first_line = 0;
  std::vector<std::pair<std::int64_t, std::string>> dropped;  ///< line number, reason
};

class CalendarComponentReader {
 public:
  enum class Wanted : std::uint8_t { all = 1, time_zones };
  /// @param wanted  time_zones: VEVENTs are passed over, at the price of their lines alone.
  explicit CalendarComponentReader(std::istream& input, Wanted wanted = Wanted::all) : lines_(input), wanted_(wanted) {}
  /// nullopt at the end. A component without its END ends where the next one begins, or with the input.
  std::optional<CalendarComponent> next();
  [[nodiscard]] std::int64_t bytes_read() const noexcept { return lines_.bytes_read(); }
  /// True once any BEGIN was seen.
  [[nodiscard]] bool saw_component() const noexcept { return saw_component_; }

 private:
  struct Open;
  std::optional<CalendarComponent> take(Open& open, CalendarLine line);
  void outside(const ContentLine& line);

  [[nodiscard]] bool is_wanted(std::string_view name) const noexcept;

  CalendarLineReader lines_;
  Wanted wanted_;
  std::string method_;
  std::optional<CalendarLine> ahead_;  ///< the BEGIN that ended a component without END
  bool saw_component_ = false;
};

}  // namespace commonbook::agents
