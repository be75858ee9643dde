#include "icalendar_components.hpp"

#include <utility>

namespace commonbook::agents {
namespace {

constexpr std::size_t component_bytes_max = 1024 * 1024;
constexpr std::size_t component_lines_max = 20'000;
constexpr std::size_t drops_max = 100;  // of one component

bool is_kept(std::string_view name) { return name == "VEVENT" || name == "VTIMEZONE"; }
/// Components that never stand inside a VEVENT or VTIMEZONE: their BEGIN means that an END is missing.
bool is_top_level(std::string_view name) {
  return is_kept(name) || name == "VCALENDAR" || name == "VTODO" || name == "VJOURNAL" || name == "VFREEBUSY";
}

void drop(CalendarComponent& component, std::int64_t number, std::string reason) {
  if (component.dropped.size() < drops_max) component.dropped.emplace_back(number, std::move(reason));
}

}  // namespace

struct CalendarComponentReader::Open {
  CalendarComponent component;
  int parts = 0;  ///< open parts inside, e.g. a VALARM
  bool full = false;
};

bool CalendarComponentReader::is_wanted(std::string_view name) const noexcept {
  return is_kept(name) && (wanted_ == Wanted::all || name == "VTIMEZONE");
}

void CalendarComponentReader::outside(const ContentLine& line) {
  if (line.name == "BEGIN") {
    saw_component_ = true;
    if (in_capitals(trimmed(line.value)) == "VCALENDAR") method_.clear();
  } else if (line.name == "METHOD") {
    method_ = in_capitals(trimmed(line.value));
  }
}

std::optional<CalendarComponent> CalendarComponentReader::take(Open& open, CalendarLine line) {
  CalendarComponent& component = open.component;
  auto content = ContentLine::parse(line);
  const std::string marked = content && (content->name == "BEGIN" || content->name == "END")
                                 ? in_capitals(trimmed(content->value))
                                 : std::string{};
  const bool begins = !marked.empty() && content->name == "BEGIN";
  const bool ends = !marked.empty() && content->name == "END";
  if ((begins && is_top_level(marked)) || (ends && marked == "VCALENDAR")) {
    drop(component, line.number, component.name + " without END");
    if (begins) ahead_ = std::move(line);
    return std::move(component);
  }
  if (ends && marked == component.name) return std::move(component);

  if (component.canonical.size() + line.text.size() > component_bytes_max ||
      component.lines.size() >= component_lines_max) {
    if (!std::exchange(open.full, true)) drop(component, line.number, "component too large; the rest is left out");
    return std::nullopt;
  }
  if (!component.canonical.empty()) component.canonical += '\n';
  component.canonical += line.text;
  if (line.was_cut) drop(component, line.number, "line longer than 64 KiB; the rest is left out");
  if (begins) ++open.parts;
  const bool own = open.parts == 0 || component.name == "VTIMEZONE";
  if (ends && open.parts > 0) --open.parts;
  if (!content) {
    drop(component, line.number, "line without property name or value");
  } else if (own) {
    component.lines.push_back(std::move(*content));
  }
  return std::nullopt;
}

std::optional<CalendarComponent> CalendarComponentReader::next() {
  std::optional<Open> open;
  for (;;) {
    std::optional<CalendarLine> line = ahead_ ? std::exchange(ahead_, std::nullopt) : lines_.next();
    if (!line) break;
    if (open) {
      if (auto whole = take(*open, std::move(*line))) return whole;
      continue;
    }
    if (!has_name(*line, "BEGIN") && !has_name(*line, "METHOD")) continue;
    const auto content = ContentLine::parse(*line);
    if (!content) continue;
    outside(*content);
    const std::string name = in_capitals(trimmed(content->value));
    if (content->name == "BEGIN" && is_wanted(name)) {
      open.emplace();
      open->component.name = name;
      open->component.method = method_;
      open->component.first_line = line->number;
    }
  }
  if (!open) return std::nullopt;
  drop(open->component, open->component.first_line, open->component.name + " without END");
  return std::move(open->component);
}

}  // namespace commonbook::agents
