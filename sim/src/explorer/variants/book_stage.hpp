// The stage on which our own storage code is explored: one memory file, and virtual processes that each have a Book of
// their own on it, so a gate, an alias cache, an overlay and a turnstile of their own. Time stands still, so that no
// deadline passes and every wait is the explorer's.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/sim/explorer.hpp"
#include "commonbook/storage/book.hpp"

#include <atomic>

namespace commonbook::sim::explorer {

/// Stands still until it is told to jump.
class StoppedClock final : public Clock {
 public:
  [[nodiscard]] SteadyPoint steady_now() const override {
    return SteadyPoint{} + std::chrono::hours{1} + std::chrono::hours{hours_.load()};
  }
  [[nodiscard]] Timestamp wall_now() const override { return {1'767'225'600'000}; }  // 2026-01-01T00:00:00Z
  void jump() noexcept { hours_.fetch_add(1); }

 private:
  std::atomic<int> hours_{0};
};

class BookStage {
 public:
  explicit BookStage(std::size_t processes) : processes_(processes) {}

  /// Makes the file that every schedule begins with, and closes it. `fill` stores what is in it.
  Result<void> make_template(const std::filesystem::path& folder,
                             const std::function<Result<void>(const storage::Book&)>& fill);
  /// Puts a copy of the template in the place of the file and opens a Book for each process. All that was opened on
  /// the books before must be closed already.
  Result<void> open_copy();
  void close() { books_.clear(); }

  [[nodiscard]] bool has_template(const std::filesystem::path& folder) const noexcept {
    return !folder.empty() && folder == folder_;
  }
  [[nodiscard]] const storage::Book& book(std::size_t process) const { return books_.at(process); }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "live.db"; }
  [[nodiscard]] Clock::SteadyPoint deadline() const { return clock_.steady_now() + std::chrono::seconds{10}; }
  /// Every deadline given out so far has passed.
  void pass_deadlines() noexcept { clock_.jump(); }

 private:
  [[nodiscard]] storage::BookOptions options(const std::filesystem::path& path) const;
  const std::size_t processes_;
  StoppedClock clock_;
  std::filesystem::path folder_;
  std::vector<storage::Book> books_;  // one for each process
};

}  // namespace commonbook::sim::explorer
