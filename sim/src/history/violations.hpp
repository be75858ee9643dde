// What a check found wrong: counted in full, told up to a limit.
#pragma once
#include "commonbook/sim/history.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace commonbook::sim {

class Violations {
 public:
  static constexpr std::size_t told_max = 100;
  explicit Violations(HistoryVerdict& verdict) noexcept : verdict_(verdict) {}
  /// @param invariant  "S3". @param where  "key", "item", "session" ... with its number. @param what  was found.
  void add(std::string_view invariant, std::string_view where, std::uint64_t number, std::string_view what) {
    ++verdict_.violation_count;
    ++verdict_.count_of[std::string{invariant}];
    if (verdict_.violations.size() == told_max) return;
    std::string told{invariant};
    told.append(": ").append(where).append(" ").append(std::to_string(number)).append(": ").append(what);
    verdict_.violations.push_back(std::move(told));
  }

 private:
  HistoryVerdict& verdict_;
};

}  // namespace commonbook::sim
