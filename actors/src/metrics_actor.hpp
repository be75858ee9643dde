// Where figures meet: storage actors report their batches, the supervisor its restarts, and a sample adds what the intake
// counts and what the memory file says of itself.
#pragma once
#include "caf_support.hpp"
#include "commonbook/actors/messages.hpp"
#include "time_histogram.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace commonbook::actors {

/// What is read off the file and its shared state. @thread  any; must not block.
struct FileFigures {
  template <class All>
  FileFigures(All fill_all) : all(std::move(fill_all)) {}
  FileFigures(std::function<void(RuntimeMetrics&)> fill_all, std::function<std::int64_t()> log)
      : all(std::move(fill_all)), log_bytes(std::move(log)) {}
  std::function<void(RuntimeMetrics&)> all;
  std::function<std::int64_t()> log_bytes{};  ///< asked after each batch; may be empty
};

/// Who looks after the write gate.
struct WatchOptions {
  std::chrono::milliseconds period{0};    ///< between two looks; 0: nobody looks (virtual time)
  std::chrono::milliseconds stall{2'000}; ///< a gate held so long without a step is a stall
};

class MetricsState {
 public:
  static inline const char* const name = "metrics";
  void add(const BatchFigures& figures);
  void add_restart() { ++restarts_; }
  [[nodiscard]] RuntimeMetrics sample(const IntakeSample& intake, const FileFigures& file);
  void note_wal(const FileFigures& file);
  void note_stop(const Error& cause);
  /// Looks at the gate; a stall is logged and counted once, however long it lasts.
  void watch(const FileFigures& file, std::chrono::milliseconds stall);

 private:
  TimeHistogram wait_;
  TimeHistogram commit_;
  std::uint64_t batches_ = 0;
  std::uint64_t commits_ = 0;
  std::uint64_t triples_ = 0;
  std::uint64_t batch_observations_max_ = 0;
  std::uint64_t batch_triples_max_ = 0;
  std::uint64_t restarts_ = 0;
  std::int64_t wal_bytes_max_ = 0;
  std::string stopped_;
  bool is_stalled_ = false;
  std::uint64_t stalls_ = 0;
  std::string last_stall_;
};

/// @thread  any.
[[nodiscard]] caf::actor spawn_metrics(caf::actor_system& system, const IntakeInside& intake, const FileFigures& file,
                                       const WatchOptions& watch = {});

}  // namespace commonbook::actors
