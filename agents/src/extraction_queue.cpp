// From the source that reads documents to those that have a slow extractor look at them.
#include "commonbook/agents/model_extractor.hpp"

#include <deque>
#include <mutex>
#include <utility>

namespace commonbook::agents {

/// Thread: any.
class ExtractionQueue {
 public:
  explicit ExtractionQueue(std::size_t waiting_max) : waiting_max_(waiting_max) {}
  [[nodiscard]] bool is_full() const {
    const std::lock_guard guard{mutex_};
    return waiting_.size() >= waiting_max_;
  }
  void put(ImportItem item) {
    const std::lock_guard guard{mutex_};
    waiting_.push_back(std::move(item));
  }
  std::optional<ImportItem> take() {
    const std::lock_guard guard{mutex_};
    if (waiting_.empty()) return std::nullopt;
    ImportItem item = std::move(waiting_.front());
    waiting_.pop_front();
    return item;
  }
  void end() {
    const std::lock_guard guard{mutex_};
    ended_ = true;
  }
  [[nodiscard]] bool is_done() const {
    const std::lock_guard guard{mutex_};
    return ended_ && waiting_.empty();
  }

 private:
  mutable std::mutex mutex_;
  std::deque<ImportItem> waiting_;
  std::size_t waiting_max_;
  bool ended_ = false;
};

namespace {

class QueueingSource final : public Source {
 public:
  QueueingSource(std::unique_ptr<Source> source, std::shared_ptr<ExtractionQueue> queue)
      : source_(std::move(source)), queue_(std::move(queue)) {}
  ~QueueingSource() override { queue_->end(); }
  QueueingSource(const QueueingSource&) = delete;
  QueueingSource& operator=(const QueueingSource&) = delete;

  Result<std::optional<ImportItem>> next() override {
    held_back_ = queue_->is_full();
    if (held_back_) return std::optional<ImportItem>{};
    auto item = source_->next();
    if (item && *item && (*item)->observation.document && readable_text(**item)) queue_->put(**item);
    if (item && !*item && !source_->more_may_come()) queue_->end();
    return item;
  }
  [[nodiscard]] bool more_may_come() const override { return held_back_ || source_->more_may_come(); }
  [[nodiscard]] SourceProgress progress() const override { return source_->progress(); }
  [[nodiscard]] const std::vector<Dropped>& dropped() const override { return source_->dropped(); }

 private:
  std::unique_ptr<Source> source_;
  std::shared_ptr<ExtractionQueue> queue_;
  bool held_back_ = false;
};

class ExtractedSource final : public Source {
 public:
  ExtractedSource(std::shared_ptr<ExtractionQueue> queue, std::unique_ptr<Extractor> extractor, std::string agent)
      : queue_(std::move(queue)), extractor_(std::move(extractor)), agent_(std::move(agent)) {}

  Result<std::optional<ImportItem>> next() override {
    for (;;) {
      if (!ready_.empty()) {
        ImportItem item = std::move(ready_.front());
        ready_.pop_front();
        return std::optional{std::move(item)};
      }
      const auto item = queue_->take();
      if (!item) return std::optional<ImportItem>{};
      ++progress_.documents;
      const auto text = readable_text(*item);
      if (!text) continue;
      auto facts = extractor_->extract(*text);
      if (!facts) return Error{facts.error().code, item->observation.position + ": " + facts.error().message, 0, {}};
      for (ImportItem& derived : derived_items(*item, *text, *facts, *extractor_, agent_))
        ready_.push_back(std::move(derived));
    }
  }
  [[nodiscard]] bool more_may_come() const override { return !queue_->is_done(); }
  [[nodiscard]] SourceProgress progress() const override { return progress_; }
  [[nodiscard]] const std::vector<Dropped>& dropped() const override { return dropped_; }

 private:
  std::shared_ptr<ExtractionQueue> queue_;
  std::unique_ptr<Extractor> extractor_;
  std::string agent_;
  std::deque<ImportItem> ready_;
  SourceProgress progress_;
  std::vector<Dropped> dropped_;
};

}  // namespace

std::shared_ptr<ExtractionQueue> make_extraction_queue(std::size_t waiting_max) {
  return std::make_shared<ExtractionQueue>(waiting_max);
}

std::unique_ptr<Source> queueing(std::unique_ptr<Source> source, std::shared_ptr<ExtractionQueue> queue) {
  return std::make_unique<QueueingSource>(std::move(source), std::move(queue));
}

std::unique_ptr<Source> extracted_from(std::shared_ptr<ExtractionQueue> queue, std::unique_ptr<Extractor> extractor,
                                       std::string agent) {
  return std::make_unique<ExtractedSource>(std::move(queue), std::move(extractor), std::move(agent));
}

}  // namespace commonbook::agents
