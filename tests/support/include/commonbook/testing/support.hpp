// Helpers of all tests: a folder that goes away, seeds that can be replayed, steps that can be watched, data
// that may be missing.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/yield_point.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace commonbook::testing {

/// A new empty folder, mode 0700, removed with all that is in it at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// 1..count, or only COMMONBOOK_SEED where that is set. Print the seed with INFO.
[[nodiscard]] std::vector<std::uint64_t> seeds_to_run(std::uint64_t count);

/// The folder of test data, or nullopt after a WARN that says what is skipped.
[[nodiscard]] std::optional<std::filesystem::path> test_data(std::string_view below);
/// The project's own source folder.
[[nodiscard]] std::filesystem::path source_folder();

/// Steps seen so far in this process, with counts; and callbacks on them. All test programs install one
/// hook at start; it also breaks the promise that COMMONBOOK_BREAK names.
class Steps {
 public:
  static Steps& instance();
  /// Calls `callback` on the reaching thread each time `step` is reached, until the returned guard dies.
  class [[nodiscard]] Watch {
   public:
    explicit Watch(std::string step) : step_(std::move(step)) {}
    Watch(Watch&& other) noexcept : step_(std::exchange(other.step_, {})) {}
    ~Watch();

   private:
    std::string step_;
  };
  Watch on(std::string step, std::function<void()> callback);
  [[nodiscard]] std::uint64_t count(std::string_view step) const;

 private:
  friend class Watch;
  friend class Hook;
  void reached(std::string_view step);
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::map<std::string, std::function<void()>, std::less<>> callbacks_;
};

/// Breaks a promise, or switches a mechanism off ("barrier"), for its scope: for controls, which show that a test of it
/// can fail.
class [[nodiscard]] Broken {
 public:
  explicit Broken(std::string what);
  Broken(const Broken&) = delete;
  Broken& operator=(const Broken&) = delete;
  ~Broken();

 private:
  std::string before_;
};

/// A clock that moves only when told to. Thread-safe.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] SteadyPoint steady_now() const override;
  [[nodiscard]] Timestamp wall_now() const override;
  void advance(std::chrono::milliseconds by);

 private:
  mutable std::mutex mutex_;
  // Behind the machine's own clock, which may have begun a minute ago, so that soon() lies ahead of both.
  SteadyPoint start_ = std::chrono::steady_clock::now() - std::chrono::minutes{10};
  std::chrono::milliseconds elapsed_{0};
};

/// A deadline far enough away that only a bug reaches it.
[[nodiscard]] inline Clock::SteadyPoint soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }

}  // namespace commonbook::testing
