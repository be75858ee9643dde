// Entities that a run created itself. A replayed receipt equals the first one, "created" included, so summing receipts
// would claim entities that an earlier run made.
#pragma once
#include "commonbook/agents/agents.hpp"

#include <algorithm>
#include <atomic>
#include <memory>

namespace commonbook::apps {

/// Copies share the count. Thread: any.
class FreshCounts {
 public:
  /// Counts the receipts of an importer that is about to start.
  void listen(agents::ImportOptions& options) const {
    options.on_receipt = [created = created_](const Observation&, const Receipt& receipt) {
      if (receipt.replayed) return;
      for (const ReceiptEntity& entity : receipt.entities)
        if (entity.created) created->fetch_add(1);
    };
  }
  /// Moves what earlier runs created from `created` to `existed`.
  void correct(agents::ImportReport& report) const {
    const std::uint64_t fresh = std::min(created_->load(), report.created);
    report.existed += report.created - fresh;
    report.created = fresh;
  }

 private:
  std::shared_ptr<std::atomic<std::uint64_t>> created_ = std::make_shared<std::atomic<std::uint64_t>>(0);
};

}  // namespace commonbook::apps
