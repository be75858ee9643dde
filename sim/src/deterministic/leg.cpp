#include "leg.hpp"

#include "agent_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace commonbook::sim {

namespace {

using std::chrono::milliseconds;

/// Background duties look again this often while they have nothing to do: once between two turns, so that a simulated
/// quarter is not spent on looking.
milliseconds idle_pause(const Scenario& scenario) {
  milliseconds shortest{60'000};
  for (const AgentSpec& spec : scenario.agents) shortest = std::min(shortest, spec.tick);
  return std::clamp(shortest, milliseconds{100}, milliseconds{60'000});
}

/// Longer than any hang of a scenario should last; beyond it the run is stuck.
constexpr std::chrono::hours drain_max{24 * 7};
/// A run without a limit of its own that does not end.
constexpr std::uint64_t turns_without_limit_max = 1'000'000;

}  // namespace

Simulation::Leg::~Leg() {
  stop_agents();
}

Result<void> Simulation::Leg::open() {
  actors::DeterministicRuntimeOptions options;
  options.runtime.path = run_->options_.file;
  options.runtime.create = true;
  options.runtime.storage_actors = run_->design_.storage_actors;
  options.runtime.reader_actors = run_->design_.reader_actors;
  options.runtime.similarity = run_->design_.similarity;
  options.runtime.deadline = run_->scenario_->deadline;
  options.seed = actors::derived_seed(run_->seed_, 1000 + run_->legs_);
  options.wall_start = run_->scenario_->start;
  options.elapsed = run_->state_.now;
  options.idle_pause = idle_pause(*run_->scenario_);
  options.store_death = [run = run_] { return run->next_store_death(); };
  options.file_layer = run_->options_.file_layer;
  options.observer = this;
  auto runtime = actors::DeterministicRuntime::start(options);
  if (!runtime) return runtime.error();
  runtime_ = std::move(*runtime);
  runtime_->jump_wall(run_->wall_jumps_);
  note_time();
  return open_agents();
}

Result<void> Simulation::Leg::open_agents() {
  for (const auto& agent : run_->agents_) {
    const auto session = runtime_->open_session(agent->name());
    if (!session) return session.error();
    actors_.push_back(spawn_agent(runtime_->system(), runtime_->intake(), *session, *agent));
  }
  std::vector<std::pair<std::size_t, milliseconds>> due;
  for (std::size_t index = 0; index < run_->faults_.size(); ++index)
    if (const PlannedFault& fault = run_->faults_[index]; !fault.done)
      due.emplace_back(index, std::max(fault.at - run_->state_.now, milliseconds{0}));
  if (!due.empty())
    actors_.push_back(spawn_timeline(runtime_->system(), std::move(due),
                                     [run = run_](std::size_t index) { run->happen(index); }));
  return {};
}

void Simulation::Leg::note_time() {
  run_->state_.now = runtime_->elapsed();
  run_->state_.wall = runtime_->clock().wall_now();
}

void Simulation::Leg::chose(const actors::ScheduleChoice& choice) {
  TraceStep step;
  step.virtual_ms = static_cast<std::uint64_t>(run_->state_.now.count());
  step.choice = static_cast<std::uint32_t>(choice.choice);
  step.choices = static_cast<std::uint32_t>(choice.choices);
  step.what = choice.actor;
  if (choice.choices == 0) {
    step.what += " +" + std::to_string(choice.passed.count());
  } else {
    step.what += "-" + std::to_string(choice.actor_id) + " ";
    step.what += choice.message;
    ++run_->messages_;
  }
  run_->trace_->add(std::move(step));
}

void Simulation::Leg::committed(std::uint64_t commit_seq, std::size_t observations) {
  TraceStep step;
  step.virtual_ms = static_cast<std::uint64_t>(run_->state_.now.count());
  step.what = "commit " + std::to_string(commit_seq) + " of " + std::to_string(observations);
  run_->trace_->add(std::move(step));
}

// Checkpoint and end are taken at a quiet point: what is under way is brought to its end first.
std::optional<Simulation::LegEnd> Simulation::Leg::end_of_leg() {
  Simulation& run = *run_;
  if (run.options_.stop_after_steps > 0 && run.tally_.turns >= run.options_.stop_after_steps) return LegEnd::stopped;
  const bool over = run.is_over();
  const bool checkpoint = run.next_checkpoint_ > 0 && run.tally_.turns >= run.next_checkpoint_;
  run.state_.draining = over || checkpoint;
  if (!run.state_.draining || !run.is_idle() || runtime_->has_runnable()) return std::nullopt;
  return over ? LegEnd::over : LegEnd::checkpoint;
}

Result<Simulation::LegEnd> Simulation::Leg::drive() {
  std::optional<milliseconds> draining_since;
  for (;;) {
    if (const auto end = end_of_leg()) return *end;
    if (!run_->state_.draining)
      draining_since.reset();
    else if (!draining_since)
      draining_since = run_->state_.now;
    if (draining_since && run_->state_.now - *draining_since > drain_max)
      return Error{ErrorCode::internal, "what was under way did not come to an end within a week of virtual time", 0, {}};
    if (!run_->has_limit() && run_->tally_.turns > turns_without_limit_max)
      return Error{ErrorCode::invalid_argument, "the simulation does not end: give it `steps` or `until`", 0, {}};
    if (!runtime_->step()) return Error{ErrorCode::internal, "nothing is left that could happen", 0, {}};
    note_time();
  }
}

void Simulation::Leg::stop_agents() {
  if (!runtime_) return;
  for (const caf::actor& actor : actors_) caf::anon_send(actor, actors::stop_atom_v);
  actors_.clear();
  runtime_->settle();
}

Result<void> Simulation::Leg::close(milliseconds compaction) {
  const auto metrics = runtime_->metrics();
  if (!metrics) return metrics.error();
  Tally& tally = run_->tally_;
  tally.restarts += metrics->restarts;
  tally.wal_bytes_max = std::max(tally.wal_bytes_max, static_cast<std::uint64_t>(metrics->wal_bytes_max));
  const auto digest = runtime_->row_digest();
  if (!digest) return digest.error();
  run_->row_digest_ = *digest;
  stop_agents();
  runtime_->shutdown(compaction);
  runtime_.reset();
  return {};
}

}  // namespace commonbook::sim
