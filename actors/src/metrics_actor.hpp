// Where figures meet: storage actors report their batches, the supervisor its restarts, and a sample adds what the intake
// counts and what the memory file says of itself.
#pragma once
#include "caf_support.hpp"
#include "commonbook/actors/messages.hpp"
#include "time_histogram.hpp"

#include <functional>

namespace commonbook::actors {

/// Fills in what is read off the file and its shared state. @thread  any; must not block.
using FileFigures = std::function<void(RuntimeMetrics&)>;

class MetricsState {
 public:
  static inline const char* const name = "metrics";
  void add(const BatchFigures& figures);
  void add_restart() { ++restarts_; }
  [[nodiscard]] RuntimeMetrics sample(const IntakeSample& intake, const FileFigures& file);
  void note_wal(const FileFigures& file);

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
};

/// @thread  any.
[[nodiscard]] caf::actor spawn_metrics(caf::actor_system& system, const IntakeInside& intake, const FileFigures& file);

}  // namespace commonbook::actors
