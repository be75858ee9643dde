#include "commonbook/sim/crash.hpp"

namespace commonbook::sim {

namespace {
constexpr std::size_t findings_in_words = 20;
}

void CrashFindings::add(const std::string& kind, const std::string& detail) {
  ++count_of[kind];
  if (first.size() < findings_in_words) first.push_back(kind + ": " + detail);
}

std::uint64_t CrashFindings::count() const noexcept {
  std::uint64_t all = 0;
  for (const auto& [kind, count] : count_of) all += count;
  return all;
}

}  // namespace commonbook::sim
