// DELIBERATELY WRONG, and never part of the product: who shares a connection and a lock with whom.
#include "naive_design.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace commonbook::sim {
namespace {

constexpr std::chrono::milliseconds pause_between_tries{2};

/// Code that opens a file which others open too fails now and then; only the harness's own first opening insists.
Result<std::unique_ptr<NaiveStore>> open_patiently(const NaiveDesign::Options& options, Clock::SteadyPoint deadline) {
  for (;;) {
    auto store = NaiveStore::open(options.file, options.settings);
    if (store || store.error().code != ErrorCode::busy || std::chrono::steady_clock::now() >= deadline) return store;
    std::this_thread::sleep_for(pause_between_tries);
  }
}

}  // namespace

Result<std::unique_ptr<NaiveDesign>> NaiveDesign::open(Options options, Clock::SteadyPoint deadline) {
  std::unique_ptr<NaiveDesign> design{new NaiveDesign{std::move(options)}};
  auto store = open_patiently(design->options_, deadline);
  if (!store) return store.error();
  if (design->options_.settings.axes.connection == Sharing::shared) design->shared_store_ = std::move(*store);
  return design;
}

Result<std::shared_ptr<StoreLock>> NaiveDesign::lock_of_client() {
  const DesignAxes& axes = options_.settings.axes;
  switch (axes.lock) {
    case Locking::none: return std::shared_ptr<StoreLock>{};
    case Locking::per_store: return axes.store_per_agent ? make_store_lock() : store_lock_;
    case Locking::per_file: return make_file_lock(options_.file);
  }
  return Error{ErrorCode::invalid_argument, "lock is none of none, per store, per file", 0, {}};
}

Result<std::unique_ptr<DesignClient>> NaiveDesign::open_client(std::size_t, Clock::SteadyPoint) {
  auto lock = lock_of_client();
  if (!lock) return lock.error();
  std::shared_ptr<NaiveStore> store = shared_store_;
  if (store == nullptr) {
    auto own = NaiveStore::open(options_.file, options_.settings);
    if (!own) return own.error();
    store = std::move(*own);
  }
  return std::unique_ptr<DesignClient>{std::make_unique<NaiveClient>(
      NaiveClient::Parts{std::move(store), std::move(*lock), options_.embedder, options_.settings.axes}, fallbacks_)};
}

Result<void> NaiveDesign::close() {
  shared_store_.reset();
  return {};
}

}  // namespace commonbook::sim
