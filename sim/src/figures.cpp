#include "commonbook/sim/figures.hpp"

#include <algorithm>
#include <functional>

namespace commonbook::sim {

namespace {

struct Named {
  std::string_view name;
  double (*value)(const Figures&);
};

template <auto Member>
double number(const Figures& figures) {
  return static_cast<double>(figures.*Member);
}
template <auto Durations, auto Member>
double microseconds(const Figures& figures) {
  return static_cast<double>((figures.*Durations).*Member);
}

// Sorted by name.
constexpr Named names[] = {
    {"acknowledge_max_us", &microseconds<&Figures::acknowledge, &DurationFigures::max_us>},
    {"acknowledge_p50_us", &microseconds<&Figures::acknowledge, &DurationFigures::p50_us>},
    {"acknowledge_p99_us", &microseconds<&Figures::acknowledge, &DurationFigures::p99_us>},
    {"acknowledged", &number<&Figures::acknowledged>},
    {"asked", &number<&Figures::asked>},
    {"constraint_failures", &number<&Figures::constraint_failures>},
    {"crashes", &number<&Figures::crashes>},
    {"created_answers", &number<&Figures::created_answers>},
    {"dangling", &number<&Figures::dangling>},
    {"deadlocks", &number<&Figures::deadlocks>},
    {"duplicates", &number<&Figures::duplicates>},
    {"entities", &number<&Figures::entities>},
    {"failed", &number<&Figures::failed>},
    {"failures", [](const Figures& figures) { return static_cast<double>(failures(figures)); }},
    {"fallbacks", &number<&Figures::fallbacks>},
    {"foreign_look_ups", &number<&Figures::foreign_look_ups>},
    {"half_written", &number<&Figures::half_written>},
    {"history_operations", &number<&Figures::history_operations>},
    {"history_violations", &number<&Figures::history_violations>},
    {"invisible_entities", &number<&Figures::invisible_entities>},
    {"locked_reads", &number<&Figures::locked_reads>},
    {"locked_writes", &number<&Figures::locked_writes>},
    {"lost_acknowledged", &number<&Figures::lost_acknowledged>},
    {"misuse", &number<&Figures::misuse>},
    {"nested_transactions", &number<&Figures::nested_transactions>},
    {"operations_per_second", &number<&Figures::operations_per_second>},
    {"processes", &number<&Figures::processes>},
    {"reads", &number<&Figures::reads>},
    {"reads_failed", &number<&Figures::reads_failed>},
    {"seconds", &number<&Figures::seconds>},
    {"snapshot_conflicts", &number<&Figures::snapshot_conflicts>},
    {"threads", &number<&Figures::threads>},
    {"timeouts", &number<&Figures::timeouts>},
    {"unanswered", &number<&Figures::unanswered>},
    {"unreadable_count", &microseconds<&Figures::unreadable, &DurationFigures::count>},
    {"unreadable_max_us", &microseconds<&Figures::unreadable, &DurationFigures::max_us>},
    {"unreadable_p50_us", &microseconds<&Figures::unreadable, &DurationFigures::p50_us>},
    {"unreadable_p99_us", &microseconds<&Figures::unreadable, &DurationFigures::p99_us>},
    {"verify_failures", &number<&Figures::verify_failures>},
    {"wal_bytes_max", &number<&Figures::wal_bytes_max>},
};

}  // namespace

const std::vector<std::string>& figure_names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    for (const Named& each : names) made.emplace_back(each.name);
    return made;
  }();
  return all;
}

std::optional<double> figure(const Figures& figures, std::string_view name) {
  const auto found = std::ranges::lower_bound(names, name, std::less<>{}, &Named::name);
  if (found == std::end(names) || found->name != name) return std::nullopt;
  return found->value(figures);
}

std::uint64_t failures(const Figures& figures) {
  return figures.failed + figures.reads_failed + figures.timeouts + figures.deadlocks + figures.crashes +
         figures.duplicates + figures.invisible_entities + figures.lost_acknowledged + figures.half_written +
         figures.dangling + figures.history_violations + figures.verify_failures;
}

}  // namespace commonbook::sim
