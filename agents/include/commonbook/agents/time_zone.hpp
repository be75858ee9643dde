// Time zones by name: IANA names, the names that Windows programs write, and large cities. Rules come from the
// system's zoneinfo files.
#pragma once
#include "commonbook/model/civil_time.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// A zone; cheap to copy. Thread: any.
class TimeZone {
 public:
  /// @param name  "Europe/Berlin", "W. Europe Standard Time", "UTC"; case as written. nullopt: not known.
  static std::optional<TimeZone> find(std::string_view name);
  /// @param city  "Berlin", "Boston", "new york"; any case. nullopt: not known.
  static std::optional<TimeZone> of_city(std::string_view city);

  /// A zone that a calendar file defines itself (VTIMEZONE).
  struct OffsetChange {
    Timestamp at;
    int offset_seconds = 0;  ///< from then on
  };
  /// @param changes  in order of time.
  static TimeZone of_changes(std::string name, int offset_before, const std::vector<OffsetChange>& changes);

  [[nodiscard]] const std::string& name() const noexcept;  ///< the IANA name
  [[nodiscard]] int offset_seconds(Timestamp at) const;    ///< east of Greenwich is positive
  [[nodiscard]] CivilTime to_local(Timestamp at) const;
  /// A local time that does not exist is read with the offset before the gap; one that exists twice is
  /// the first of both (RFC 5545, 3.3.5).
  [[nodiscard]] Timestamp to_utc(const CivilTime& local) const;

 private:
  struct Rules;
  explicit TimeZone(std::shared_ptr<const Rules> rules);
  std::shared_ptr<const Rules> rules_;
};

}  // namespace commonbook::agents
