#include "paced_source.hpp"

#include <chrono>
#include <thread>

namespace commonbook::apps {

namespace {

class PacedSource final : public agents::Source {
 public:
  PacedSource(std::unique_ptr<agents::Source> source, double per_second, std::shared_ptr<const std::atomic<bool>> stop)
      : source_(std::move(source)), step_(1.0 / per_second), stop_(std::move(stop)) {}

  Result<std::optional<agents::ImportItem>> next() override {
    using std::chrono::steady_clock;
    const auto due = start_ + std::chrono::duration_cast<steady_clock::duration>(step_ * static_cast<double>(given_++));
    while (!stop_->load() && steady_clock::now() < due)
      std::this_thread::sleep_until(std::min(due, steady_clock::now() + std::chrono::milliseconds{50}));
    if (stop_->load()) return std::optional<agents::ImportItem>{};
    return source_->next();
  }
  [[nodiscard]] bool more_may_come() const override { return !stop_->load() && source_->more_may_come(); }
  [[nodiscard]] agents::SourceProgress progress() const override { return source_->progress(); }
  [[nodiscard]] const std::vector<agents::Dropped>& dropped() const override { return source_->dropped(); }

 private:
  std::unique_ptr<agents::Source> source_;
  std::chrono::duration<double> step_;
  std::shared_ptr<const std::atomic<bool>> stop_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::uint64_t given_ = 0;
};

}  // namespace

std::unique_ptr<agents::Source> paced(std::unique_ptr<agents::Source> source, double per_second,
                                      std::shared_ptr<const std::atomic<bool>> stop) {
  return std::make_unique<PacedSource>(std::move(source), per_second, std::move(stop));
}

}  // namespace commonbook::apps
