// DELIBERATELY WRONG, and never part of the product: the designs that are made from axes, the article's among them.
#pragma once
#include "commonbook/sim/design.hpp"
#include "commonbook/storage/similarity.hpp"
#include "naive_store.hpp"
#include "store_lock.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

namespace commonbook::sim {

/// Find-or-create as a first attempt writes it, and as the article does: the axes decide which. Deadlines are not
/// looked at, since such code knows the busy timeout only.
class NaiveClient final : public DesignClient {
 public:
  struct Parts {
    std::shared_ptr<NaiveStore> store;
    std::shared_ptr<StoreLock> lock;  ///< null: none
    std::shared_ptr<const storage::Embedder> embedder;
    DesignAxes axes;
  };
  /// @param fallbacks  counted here too; outlives the client.
  NaiveClient(Parts parts, std::atomic<std::uint64_t>& fallbacks)
      : parts_(std::move(parts)), all_fallbacks_(fallbacks) {}

  Result<Created> find_or_create(const std::string& spelling, Clock::SteadyPoint deadline) override;
  Result<std::optional<std::int64_t>> look_up(const std::string& spelling, Clock::SteadyPoint deadline) override;
  Result<void> store(const WorkItem& item, Clock::SteadyPoint deadline) override;
  Result<std::int64_t> read(const std::string& spelling, Clock::SteadyPoint deadline) override;
  [[nodiscard]] std::uint64_t fallbacks() const override { return fallbacks_; }
  [[nodiscard]] NaiveStore& naive_store() { return *parts_.store; }

 private:
  class Hold;
  struct Name {
    std::string spelling;
    std::string alias;
  };
  template <class T, class Work>
  Result<T> in_transaction(Transactions kind, Work work);
  Result<Created> resolve(const std::string& spelling);
  Result<Created> create(const Name& name);
  Result<Created> insert(const Name& name, const storage::Embedding& embedding);
  Result<Created> winner(const Name& name, const Error& constraint);
  Result<void> store_lines(const WorkItem& item);

  Parts parts_;
  std::uint64_t fallbacks_ = 0;
  std::atomic<std::uint64_t>& all_fallbacks_;
};

class NaiveDesign final : public Design {
 public:
  struct Options {
    std::filesystem::path file;
    NaiveSettings settings;
    std::shared_ptr<const storage::Embedder> embedder = storage::ngram_embedder();
  };
  /// Makes the tables where there are none: that belongs to the harness, so it tries again until the deadline.
  static Result<std::unique_ptr<NaiveDesign>> open(Options options, Clock::SteadyPoint deadline);

  /// Opens once, as such code does, and says what went wrong.
  Result<std::unique_ptr<DesignClient>> open_client(std::size_t thread, Clock::SteadyPoint deadline) override;
  [[nodiscard]] std::uint64_t fallbacks() const override { return fallbacks_.load(std::memory_order_relaxed); }
  Result<void> close() override;

 private:
  explicit NaiveDesign(Options options) : options_(std::move(options)) {}
  Result<std::shared_ptr<StoreLock>> lock_of_client();

  Options options_;
  std::shared_ptr<NaiveStore> shared_store_;  ///< null where each thread has a connection of its own
  std::shared_ptr<StoreLock> store_lock_ = make_store_lock();
  std::atomic<std::uint64_t> fallbacks_{0};
};

}  // namespace commonbook::sim
