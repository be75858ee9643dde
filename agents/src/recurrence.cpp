// expand(): each rule is walked period by period in local time without a zone, from shortly before the window (rules
// with COUNT: from DTSTART) and never past its end; then RDATE comes in, EXDATE goes out, and the zone's rules give the
// instants. A step is one period or one candidate, so that a rule which matches nothing ends too.
#include "commonbook/agents/recurrence.hpp"

#include "commonbook/agents/time_zone.hpp"
#include "commonbook/model/yield_point.hpp"
#include "recurrence_periods.hpp"

#include <algorithm>
#include <set>

namespace commonbook::agents {
namespace {

constexpr std::int64_t margin_ms = std::int64_t{2} * 3600 * 1000;  // more than any clock change

/// The zone of DTSTART, looked up once for all instances.
class SeriesClock {
 public:
  explicit SeriesClock(const EventTime& start) : start_(start) {
    if (start.utc && start.zone != "UTC") zone_ = TimeZone::find(start.zone);
  }
  [[nodiscard]] EventTime at(const CivilTime& local) const {
    if (!zone_) return at_local(start_, local);
    EventTime time = start_;
    time.utc = zone_->to_utc(local);
    time.local = zone_->to_local(*time.utc);
    return time;
  }
  /// The local time at which the clock stands when `sort_key` is reached.
  [[nodiscard]] CivilTime local_of(Timestamp sort_key) const {
    if (zone_) return zone_->to_local(sort_key);
    if (!start_.utc) return utc_time(sort_key);
    return utc_time({sort_key.unix_ms + as_utc(start_.local).unix_ms - start_.utc->unix_ms});
  }

 private:
  const EventTime& start_;
  std::optional<TimeZone> zone_;
};

/// EXDATE in its three forms: an instant, a local time, a whole day.
class Exclusions {
 public:
  Exclusions(const std::vector<EventTime>& excluded, bool series_of_days) {
    for (const EventTime& time : excluded) {
      if (time.date_only || series_of_days) {
        days_.insert(time.local.date);
      } else if (time.utc) {
        instants_.insert(time.utc->unix_ms);
      } else {
        locals_.insert(time.local);
      }
    }
  }
  [[nodiscard]] bool hold(const EventTime& instance) const {
    return days_.contains(instance.local.date) || locals_.contains(instance.local) ||
           (instance.utc && instants_.contains(instance.utc->unix_ms));
  }

 private:
  std::set<std::int64_t> instants_;
  std::set<CivilTime> locals_;
  std::set<CivilDate> days_;
};

/// Walks along one rule; `steps_left` is shared by all rules of a series.
class RuleWalk {
 public:
  RuleWalk(const Series& series, const SeriesClock& clock, const Exclusions& exclusions, const TimeWindow& window)
      : series_(series), clock_(clock), exclusions_(exclusions), window_(window) {}

  /// `instances_max` counts what stays in the list, so that one which is shorter is known to be complete: what EXDATE
  /// takes out has no place in it, nor has an hour that the clock leaves out and shows as the next one.
  void walk(const RecurrenceRule& rule, std::size_t instances_max, std::size_t& steps_left,
            std::vector<EventTime>& instances) const {
    const CivilTime& start = series_.start.local;
    const CivilTime last = last_moment(rule);
    const RulePeriods periods{rule, start, series_.start.date_only};
    int counted = 0;
    std::set<std::int64_t> found;
    for (std::int64_t index = first_period(rule, periods); periods.begin_of(index) <= last; index = periods.after(index)) {
      if (!take_step(steps_left)) return;
      const PeriodCandidates candidates = periods.candidates(index);
      for (std::size_t at = 0; at < candidates.size(); ++at) {
        const CivilTime local = candidates.at(at);
        if (local < start) continue;
        if (local > last || (rule.count && counted == *rule.count)) return;
        ++counted;
        if (found.size() == instances_max || !take_step(steps_left)) return;
        EventTime instance = clock_.at(local);
        const Timestamp key = sort_key(instance);
        if (key < window_.from || (key >= window_.to && !fault("planted.window_end"))) continue;
        if (exclusions_.hold(instance) || !found.insert(key.unix_ms).second) continue;
        instances.push_back(std::move(instance));
      }
    }
  }

 private:
  static bool take_step(std::size_t& steps_left) {
    if (steps_left == 0) return false;
    --steps_left;
    yield_point("recurrence.step");
    return true;
  }

  /// Shortly before the window; DTSTART's own period where COUNT makes every instance matter.
  [[nodiscard]] std::int64_t first_period(const RecurrenceRule& rule, const RulePeriods& periods) const {
    if (rule.count) return 0;
    return periods.index_of(clock_.local_of({window_.from.unix_ms - margin_ms}));
  }

  /// The window's end or UNTIL, whichever comes first.
  [[nodiscard]] CivilTime last_moment(const RecurrenceRule& rule) const {
    const CivilTime end = clock_.local_of({window_.to.unix_ms + margin_ms});
    if (!rule.until) return end;
    CivilTime until = *rule.until;
    if (rule.until_is_utc && series_.start.utc) until = clock_.local_of(as_utc(until));
    // A DATE ends with its day, whatever the time of DTSTART: who writes one means that the day is included.
    if (rule.until_is_date) until = {until.date, 23, 59, 59};
    return std::min(until, end);
  }

  const Series& series_;
  const SeriesClock& clock_;
  const Exclusions& exclusions_;
  TimeWindow window_;
};

}  // namespace

Result<std::vector<EventTime>> expand(const Series& series, const TimeWindow& asked, const ExpansionLimits& limits) {
  // "For ever" comes as the ends of the number range; arithmetic needs room beyond both ends.
  const Timestamp earliest = as_utc({{1, 1, 1}, 0, 0, 0});
  const Timestamp latest = as_utc({{9999, 1, 1}, 0, 0, 0});
  const TimeWindow window{std::clamp(asked.from, earliest, latest), std::clamp(asked.to, earliest, latest)};
  const SeriesClock clock{series.start};
  const Exclusions exclusions{series.excluded, series.start.date_only};
  const RuleWalk walker{series, clock, exclusions, window};
  std::size_t steps_left = limits.steps_max;
  std::vector<EventTime> instances;
  for (const std::string& text : series.rules) {
    auto rule = RecurrenceRule::parse(text);
    if (!rule) return rule.error();
    if (series.start.date_only && rule->frequency <= RecurrenceRule::Frequency::hourly)
      return Error{ErrorCode::not_supported, "a rule that repeats every hour, minute or second needs a start with a time"};
    walker.walk(*rule, limits.instances_max, steps_left, instances);
  }
  if (series.rules.empty()) instances.push_back(series.start);
  for (const EventTime& added : series.added) {
    if (steps_left == 0) break;
    --steps_left;
    const bool day_in_timed_series = added.date_only && !series.start.date_only;
    CivilTime local = series.start.local;
    local.date = added.local.date;
    instances.push_back(day_in_timed_series ? clock.at(local) : added);
  }

  std::erase_if(instances, [&](const EventTime& instance) {
    const Timestamp key = sort_key(instance);
    return key < window.from || (key >= window.to && !fault("planted.window_end")) || exclusions.hold(instance);
  });
  const auto earlier = [](const EventTime& a, const EventTime& b) { return sort_key(a) < sort_key(b); };
  const auto same = [](const EventTime& a, const EventTime& b) { return sort_key(a) == sort_key(b); };
  std::stable_sort(instances.begin(), instances.end(), earlier);
  instances.erase(std::unique(instances.begin(), instances.end(), same), instances.end());
  if (instances.size() > limits.instances_max) instances.resize(limits.instances_max);
  return instances;
}

}  // namespace commonbook::agents
