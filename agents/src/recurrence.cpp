// expand(): each rule is walked in local time without a zone, from shortly before the window (rules with COUNT: from
// DTSTART) and never past its end; then RDATE comes in, EXDATE goes out, and the zone's rules give the instants.
//
// libical walks on inside one call while a rule matches nothing ("30 February"): up to 14 s, measured. It does stop at
// UNTIL, so every walk gets one: the earliest of the rule's own, the window's end, and what the step limit allows.
#include "commonbook/agents/recurrence.hpp"

#include "commonbook/agents/time_zone.hpp"
#include "commonbook/model/yield_point.hpp"
#include "recurrence_rule.hpp"

#include <algorithm>
#include <set>

namespace commonbook::agents {
namespace {

constexpr std::int64_t second_ms = 1000;
constexpr std::int64_t margin_ms = std::int64_t{26} * 3600 * second_ms;  // two zones' clocks differ by 26 h at most

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
  RuleWalk(const Series& series, const SeriesClock& clock, const TimeWindow& window)
      : series_(series), clock_(clock), window_(window) {}

  Result<void> walk(RecurrenceRule& rule, std::size_t instances_max, std::size_t& steps_left,
                    std::vector<EventTime>& instances) const {
    const CivilTime begin = begin_of_walk(rule);
    bound(rule, begin, steps_left);
    icalerror_clear_errno();
    yield_point("recurrence.walk");
    const RuleIterator iterator{
        icalrecur_iterator_new(rule.parsed, to_icaltime(series_.start.local, series_.start.date_only))};
    if (!iterator) {
      if (icalerrno == ICAL_MALFORMEDDATA_ERROR) {
        return Error{ErrorCode::parse_error, "a recurrence rule has parts that do not go together"};
      }
      return {};  // matches nothing up to its bound
    }
    if (begin > series_.start.local &&
        icalrecur_iterator_set_start(iterator.get(), to_icaltime(begin, series_.start.date_only)) == 0) {
      return {};
    }
    std::size_t found = 0;
    while (steps_left > 0 && found < instances_max) {
      --steps_left;
      yield_point("recurrence.step");
      const icaltimetype next = icalrecur_iterator_next(iterator.get());
      if (icaltime_is_null_time(next) != 0) break;
      EventTime instance = clock_.at(to_civil(next));
      const Timestamp key = sort_key(instance);
      if (key >= window_.to) break;
      if (key < window_.from) continue;
      instances.push_back(std::move(instance));
      ++found;
    }
    return {};
  }

 private:
  /// Shortly before the window; DTSTART where the window begins before it or where COUNT makes every instance matter.
  [[nodiscard]] CivilTime begin_of_walk(const RecurrenceRule& rule) const {
    if (rule.counted) return series_.start.local;
    CivilTime begin = clock_.local_of({window_.from.unix_ms - 2 * 3600 * second_ms});
    if (series_.start.date_only) begin = {begin.date, 0, 0, 0};
    return std::max(begin, series_.start.local);
  }

  /// Gives libical the UNTIL that ends its walk.
  void bound(RecurrenceRule& rule, const CivilTime& begin, std::size_t steps_left) const {
    const std::int64_t periods = static_cast<std::int64_t>(steps_left) / rule.period_steps();
    std::int64_t last_ms = as_utc(begin).unix_ms + periods * rule.period_seconds() * second_ms;
    last_ms = std::min(last_ms, as_utc(clock_.local_of(window_.to)).unix_ms + margin_ms);
    if (rule.until) {
      CivilTime until = *rule.until;
      if (rule.until_is_utc && series_.start.utc) until = clock_.local_of(as_utc(until));
      // A DATE ends with its day, whatever the time of DTSTART: who writes one means that the day is included.
      if (rule.until_is_date) until = {until.date, 23, 59, 59};
      last_ms = std::min(last_ms, as_utc(until).unix_ms);
    }
    rule.parsed.until = to_icaltime(utc_time({last_ms}), series_.start.date_only);
  }

  const Series& series_;
  const SeriesClock& clock_;
  TimeWindow window_;
};

}  // namespace

Result<std::vector<EventTime>> expand(const Series& series, const TimeWindow& window, const ExpansionLimits& limits) {
  const SeriesClock clock{series.start};
  const RuleWalk walker{series, clock, window};
  std::size_t steps_left = limits.steps_max;
  std::vector<EventTime> instances;
  for (const std::string& text : series.rules) {
    auto rule = RecurrenceRule::parse(text);
    if (!rule) return rule.error();
    // Excluded ones are found and dropped later, so there may be as many of them again.
    auto walked = walker.walk(*rule, limits.instances_max + series.excluded.size(), steps_left, instances);
    if (!walked) return walked.error();
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

  const Exclusions exclusions{series.excluded, series.start.date_only};
  std::erase_if(instances, [&](const EventTime& instance) {
    const Timestamp key = sort_key(instance);
    return key < window.from || key >= window.to || exclusions.hold(instance);
  });
  const auto earlier = [](const EventTime& a, const EventTime& b) { return sort_key(a) < sort_key(b); };
  const auto same = [](const EventTime& a, const EventTime& b) { return sort_key(a) == sort_key(b); };
  std::stable_sort(instances.begin(), instances.end(), earlier);
  instances.erase(std::unique(instances.begin(), instances.end(), same), instances.end());
  if (instances.size() > limits.instances_max) instances.resize(limits.instances_max);
  return instances;
}

}  // namespace commonbook::agents
