// A series and a window: the first line is "ZONE START DAYS-TO-WINDOW DAYS-OF-WINDOW", each line after it an RRULE, or,
// with "+" or "-" before it, an RDATE or EXDATE. What cannot be read is left out.
#include "fuzz_support.hpp"

#include "commonbook/agents/recurrence.hpp"
#include "commonbook/agents/time_zone.hpp"
#include "recurrence_rule.hpp"

#include <algorithm>
#include <sstream>

using namespace commonbook;
using namespace commonbook::agents;
using namespace commonbook::fuzz;

namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t days_max = 40'000;

std::optional<EventTime> time_in(const std::string& zone, const std::string& text) {
  const auto read = BasicTime::parse(text);
  if (!read) return std::nullopt;
  EventTime time;
  time.local = read->time;
  time.date_only = read->is_date;
  if (time.date_only) return time;
  if (read->is_utc || zone == "UTC") {
    time.zone = "UTC";
    time.utc = as_utc(time.local);
  } else if (const auto found = TimeZone::find(zone)) {
    time.zone = zone;
    time.utc = found->to_utc(time.local);
    time.local = found->to_local(*time.utc);
  }
  return time;
}

struct Input {
  Series series;
  TimeWindow window;
};

std::optional<Input> read_input(const std::string& text) {
  std::istringstream lines{text};
  std::string zone;
  std::string start;
  std::int64_t days_before = 0;
  std::int64_t days = 0;
  std::string first;
  std::getline(lines, first);
  std::istringstream head{first};
  if (!(head >> zone >> start >> days_before >> days)) return std::nullopt;
  Input input;
  const auto time = time_in(zone, start);
  if (!time) return std::nullopt;
  input.series.start = *time;
  input.window.from = {sort_key(*time).unix_ms + std::clamp(days_before, -days_max, days_max) * day_ms};
  input.window.to = {input.window.from.unix_ms + std::clamp(days, std::int64_t{0}, days_max) * day_ms};
  constexpr std::size_t lines_max = 20;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line) && count < lines_max; ++count) {
    if (line.empty()) continue;
    if (line.front() == '+' || line.front() == '-') {
      auto& list = line.front() == '+' ? input.series.added : input.series.excluded;
      if (auto listed = time_in(zone, line.substr(1))) list.push_back(std::move(*listed));
    } else {
      input.series.rules.push_back(line);
    }
  }
  return input;
}

bool is_excluded(const EventTime& instance, const Series& series) {
  return std::any_of(series.excluded.begin(), series.excluded.end(), [&](const EventTime& excluded) {
    return excluded.date_only ? excluded.local.date == instance.local.date
                              : excluded.utc && instance.utc && excluded.utc == instance.utc;
  });
}

void require_in_order(const std::vector<EventTime>& instances, const Input& input) {
  for (std::size_t at = 0; at < instances.size(); ++at) {
    const Timestamp key = sort_key(instances[at]);
    require(key >= input.window.from && key < input.window.to, "an instance lies in the window");
    require(at == 0 || sort_key(instances[at - 1]) < key, "instances come in order, each once");
    require(!is_excluded(instances[at], input.series), "an excluded instance does not happen");
  }
}

/// The second half of the window alone must show what the whole window shows there.
void require_same_in_half(const Input& input, const std::vector<EventTime>& whole, const ExpansionLimits& limits) {
  const TimeWindow half{{input.window.from.unix_ms + (input.window.to.unix_ms - input.window.from.unix_ms) / 2},
                        input.window.to};
  const auto part = expand(input.series, half, limits);
  if (take_step_count() >= limits.steps_max || !part) return;
  std::vector<EventTime> expected;
  for (const EventTime& instance : whole)
    if (sort_key(instance) >= half.from) expected.push_back(instance);
  require(*part == expected, "a part of the window shows what the whole window shows there");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  const auto input = read_input(text_of(bytes, count));
  if (!input) return 0;
  const ExpansionLimits limits{200, 2'000};
  (void)take_step_count();
  const auto instances = expand(input->series, input->window, limits);
  const std::uint64_t steps = take_step_count();
  require(steps <= limits.steps_max, "an expansion keeps to its steps");
  if (!instances) {
    const ErrorCode code = instances.error().code;
    require(code == ErrorCode::parse_error || code == ErrorCode::not_supported, "a rule is refused with its reason",
            to_string(instances.error()));
    return 0;
  }
  require(instances->size() <= limits.instances_max, "an expansion keeps to its instances");
  require_in_order(*instances, *input);
  const bool was_cut = steps >= limits.steps_max || instances->size() >= limits.instances_max;
  if (!was_cut) require_same_in_half(*input, *instances, limits);
  return 0;
}
