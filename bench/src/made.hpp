// What storage gives back, where a failure ends the measurement.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace commonbook::bench {

/// A deadline that only a failure reaches. Thread: any.
[[nodiscard]] inline Clock::SteadyPoint in_two_minutes() {
  return std::chrono::steady_clock::now() + std::chrono::minutes{2};
}

/// The value. @param doing  what was tried, for the error's text. @throws std::runtime_error where there is an error
/// instead.
template <class T>
T made(Result<T> result, const std::string& doing) {
  if (!result) throw std::runtime_error(doing + ": " + result.error().message);
  return std::move(*result);
}

}  // namespace commonbook::bench
