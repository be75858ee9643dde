// The runtime's actors on CAF's test coordinator: one thread, a virtual clock, and a seed that decides who goes next. The file
// behind them is a fake that can die before or after its commit.
#pragma once
#include "caf_support.hpp"
#include "commonbook/actors/runtime.hpp"
#include "intake.hpp"
#include "metrics_actor.hpp"
#include "stores.hpp"
#include "supervisor.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace commonbook::testing {

/// What survives the storage actors, as a file would.
struct FakeFile {
  using Identity = std::pair<std::string, std::uint64_t>;  // session, sequence
  std::map<Identity, Receipt> stored;
  std::vector<Identity> log;  // in order of commit, each once
  std::size_t maintenance_steps = 0;
  std::vector<std::string> ended;  // duties, in the order in which they ended
};

/// When a fake store dies, of a thousand calls. `poison` is a position in the source that always kills.
struct FakeFaults {
  unsigned before_commit = 0;
  unsigned after_commit = 0;
  std::string poison;
  bool tail_is_long = false;  ///< and no compactor shortens it
  std::string broken = {};    ///< a position in the source at whose commit the disk fails
};

class FakeStore final : public actors::ObservationStore {
 public:
  FakeStore(FakeFile& file, const FakeFaults& faults, std::mt19937& random)
      : file_(&file), faults_(&faults), random_(&random) {}

  std::vector<Result<Receipt>> store(std::span<const Observation> batch, Clock::SteadyPoint) override {
    figures_ = {batch.size(), 0, 1, {}, {}};
    const auto dice = static_cast<unsigned>((*random_)() % 1000);
    for (const Observation& observation : batch)
      if (!faults_->poison.empty() && observation.position == faults_->poison) throw std::runtime_error("poison");
    if (dice < faults_->before_commit) throw std::runtime_error("died before the commit");
    failed_ = std::any_of(batch.begin(), batch.end(), [this](const Observation& observation) {
      return !faults_->broken.empty() && observation.position == faults_->broken;
    });
    if (failed_)
      return std::vector<Result<Receipt>>(batch.size(), Error{ErrorCode::unknown, "the disk failed at COMMIT", 1034, {}});
    std::vector<Result<Receipt>> results;
    for (const Observation& observation : batch) results.emplace_back(commit(observation));
    if (dice >= 1000 - faults_->after_commit) throw std::runtime_error("died after the commit");
    return results;
  }
  [[nodiscard]] actors::BatchFigures figures() const override { return figures_; }
  [[nodiscard]] bool failed() const override { return failed_; }
  [[nodiscard]] bool should_wait() const override { return faults_->tail_is_long; }

 private:
  Receipt commit(const Observation& observation) {
    const FakeFile::Identity identity{observation.session, observation.sequence};
    if (const auto known = file_->stored.find(identity); known != file_->stored.end()) {
      Receipt receipt = known->second;
      receipt.replayed = true;
      return receipt;
    }
    file_->log.push_back(identity);
    Receipt receipt;
    receipt.commit_seq = file_->log.size();
    file_->stored.emplace(identity, receipt);
    return receipt;
  }
  FakeFile* file_;
  const FakeFaults* faults_;
  std::mt19937* random_;
  actors::BatchFigures figures_;
  bool failed_ = false;
};

/// A duty that never ends, as compactor and checkpointer are.
class FakeDuty final : public actors::MaintenanceTask {
 public:
  FakeDuty(FakeFile& file, std::string name) : file_(&file), name_(std::move(name)) {}
  ~FakeDuty() override { file_->ended.push_back(name_); }
  Result<std::chrono::milliseconds> step(Clock::SteadyPoint) override {
    ++file_->maintenance_steps;
    return std::chrono::milliseconds{10};
  }
  void finish(Clock::SteadyPoint) override {}

 private:
  FakeFile* file_;
  std::string name_;
};

class FakeReader final : public actors::PlanReader {
 public:
  FakeReader(FakeFile& file, const FakeFaults& faults, std::mt19937& random)
      : file_(&file), faults_(&faults), random_(&random) {}
  Result<Answer> answer(const QueryPlan&, Clock::SteadyPoint) override {
    if ((*random_)() % 1000 < faults_->before_commit) throw std::runtime_error("died while reading");
    Answer answer;
    answer.commit_seq = file_->log.size();
    return answer;
  }

 private:
  FakeFile* file_;
  const FakeFaults* faults_;
  std::mt19937* random_;
};

/// A whole runtime without threads. Destroy whatever holds its handles first.
class SeededSystem {
 public:
  SeededSystem(std::uint64_t seed, FakeFaults faults, actors::IntakeOptions options = {})
      : random_(static_cast<std::mt19937::result_type>(seed)), faults_(std::move(faults)) {
    spdlog::set_level(spdlog::level::off);  // deaths are the point here
    actors::Runtime::configure(config_);
    config_.set("scheduler.policy", caf::atom("testing"));
    system_ = std::make_unique<caf::actor_system>(config_);
    if (options.session_seed == 0) options.session_seed = seed;
    options_ = options;
    intake_ = actors::spawn_intake(*system_, options);
    metrics_ = actors::spawn_metrics(*system_, intake_, [](actors::RuntimeMetrics&) {});
  }
  SeededSystem(const SeededSystem&) = delete;
  SeededSystem& operator=(const SeededSystem&) = delete;
  ~SeededSystem() {
    if (supervisor_) caf::anon_send(supervisor_, actors::stop_atom_v, std::uint64_t{0});
    settle();
    caf::anon_send(metrics_, actors::stop_atom_v);
    caf::anon_send(intake_, actors::stop_atom_v);
    supervisor_ = metrics_ = nullptr;
    intake_ = actors::IntakeInside{};
    settle();
    scheduler().clock().cancel_all();  // timers hold strong references to their actors
  }

  void start_workers() {
    actors::StoreFactories factories;
    factories.writer = [this](Clock::SteadyPoint) -> Result<std::unique_ptr<actors::ObservationStore>> {
      return std::unique_ptr<actors::ObservationStore>{std::make_unique<FakeStore>(file, faults_, random_)};
    };
    factories.reader = [this](Clock::SteadyPoint) -> Result<std::unique_ptr<actors::PlanReader>> {
      return std::unique_ptr<actors::PlanReader>{std::make_unique<FakeReader>(file, faults_, random_)};
    };
    const auto add_duty = [&](const char* name) {
      factories.maintenance.push_back([this, name](Clock::SteadyPoint) -> Result<std::unique_ptr<actors::MaintenanceTask>> {
        return std::unique_ptr<actors::MaintenanceTask>{std::make_unique<FakeDuty>(file, name)};
      });
    };
    if (has_duty) {
      factories.finishes_last = 1;
      for (const char* name : {"compactor", "checkpointer", "suggestions"}) add_duty(name);
    }
    const actors::SupervisorOptions options{options_.limits.storage_actors, options_.reader_actors, 16,
                                            options_.deadline, actors::Threads::none};
    supervisor_ = actors::spawn_supervisor(*system_, options, factories, intake_, metrics_);
  }

  /// One step: a message of an actor that the seed picks; where none is runnable, the next timer; rarely, some time.
  /// @returns  false: nothing is left to do.
  bool step() {
    auto& jobs = scheduler().jobs;
    if (jobs.empty()) return scheduler().has_pending_timeout() && scheduler().trigger_timeout();
    if (eager_timers && random_() % 64 == 0) {
      scheduler().advance_time(std::chrono::milliseconds{50});
      return true;
    }
    const auto pick = static_cast<std::ptrdiff_t>(random_() % jobs.size());
    std::rotate(jobs.begin(), jobs.begin() + pick, jobs.begin() + pick + 1);
    scheduler().run_once();
    return true;
  }
  void run(std::size_t steps_max) {
    while (steps_max-- > 0 && step()) {
    }
  }
  /// Runs what is runnable now, without moving the clock.
  void settle() {
    while (scheduler().run() > 0) {
    }
  }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  }
  caf::actor_system& system() { return *system_; }
  std::mt19937& random() { return random_; }
  const actors::IntakeInside& intake() const { return intake_; }
  const caf::actor& supervisor() const { return supervisor_; }
  const actors::IntakeOptions& options() const { return options_; }

  FakeFile file;
  bool eager_timers = false;  ///< time passes although messages are waiting
  bool has_duty = false;      ///< a background duty runs beside, without end: bound the steps of run()

 private:
  std::mt19937 random_;
  FakeFaults faults_;
  actors::IntakeOptions options_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  actors::IntakeInside intake_;
  caf::actor metrics_;
  caf::actor supervisor_;
};

/// An observation of so many triples.
inline Observation make_observation(std::size_t triples, std::string position = {}) {
  Observation observation;
  for (std::size_t at = 0; at < triples; ++at)
    observation.triples.push_back({named("subject " + std::to_string(at)), "says", Literal{LiteralType::text, "x"}});
  observation.position = std::move(position);
  return observation;
}

}  // namespace commonbook::testing
