#include "simulation.hpp"

#include "file_audit.hpp"
#include "leg.hpp"
#include "question_list.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace commonbook::sim {

namespace {

using std::chrono::milliseconds;

/// At a checkpoint the runtime closes cleanly, as a host would.
constexpr milliseconds compaction_at_checkpoint{2'000};
/// Parts of the seed that are drawn from independently.
constexpr std::uint64_t faults_part = 1;
constexpr std::uint64_t agents_part = 10;
constexpr std::uint64_t sources_part = 1'000'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<std::unique_ptr<agents::Source>> open_source(const AgentSpec& spec, const std::string& name,
                                                    std::uint64_t seed) {
  switch (spec.kind) {
    case AgentKind::calendar: return agents::open_calendars(spec.paths, name);
    case AgentKind::email: return agents::open_mail(spec.paths, name);
    case AgentKind::question: return std::unique_ptr<agents::Source>{};
    case AgentKind::synthetic: break;
  }
  agents::SyntheticOptions options = spec.synthetic;
  options.seed = seed;
  return agents::open_synthetic(options);
}

DesignChoice design_of(const Scenario& scenario) {
  const auto ours = std::find_if(scenario.designs.begin(), scenario.designs.end(),
                                 [](const DesignChoice& each) { return each.is_ours; });
  if (ours != scenario.designs.end()) return *ours;
  DesignChoice design;
  design.name = "commonbook";
  design.is_ours = true;
  return design;
}

bool can_be_simulated(FaultKind kind) noexcept {
  return kind == FaultKind::clock_jump || kind == FaultKind::agent_fails || kind == FaultKind::agent_hangs ||
         kind == FaultKind::actor_dies;
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, std::uint64_t seed, const SimulationOptions& options, Trace& trace)
    : scenario_(&scenario), seed_(seed), options_(options), trace_(&trace), design_(design_of(scenario)),
      fault_random_(actors::derived_seed(seed, faults_part)), next_checkpoint_(scenario.checkpoint_every) {
  state_.steps_max = scenario.steps;
  state_.wall = scenario.start;
}

Simulation::~Simulation() = default;

Result<std::unique_ptr<Simulation>> Simulation::make(const Scenario& scenario, std::uint64_t seed,
                                                     const SimulationOptions& options, Trace& trace) {
  std::unique_ptr<Simulation> simulation{new Simulation{scenario, seed, options, trace}};
  if (auto planned = simulation->plan_faults(); !planned) return planned.error();
  if (auto added = simulation->add_agents(); !added) return added.error();
  return simulation;
}

Result<void> Simulation::plan_faults() {
  for (const Fault& fault : scenario_->faults) {
    if (!can_be_simulated(fault.kind))
      return Error{ErrorCode::invalid_argument,
                   "a deterministic run knows the faults clock_jump, agent_fails, agent_hangs and actor_dies", 0, {}};
    PlannedFault planned{&fault, fault.at, false};
    if (fault.at_random_until > fault.at)
      planned.at += milliseconds{
          fault_random_.below(static_cast<std::uint64_t>((fault.at_random_until - fault.at).count()))};
    faults_.push_back(planned);
  }
  return {};
}

Result<void> Simulation::add_agents() {
  for (const AgentSpec& spec : scenario_->agents) {
    for (std::size_t number = 1; number <= spec.count; ++number) {
      const std::size_t index = agents_.size();
      AgentSetup setup;
      setup.name = spec.count == 1 ? spec.name : spec.name + "-" + std::to_string(number);
      setup.spec = &spec;
      setup.ack_class = design_.ack_class;
      auto source = open_source(spec, setup.name, actors::derived_seed(seed_, sources_part + index));
      if (!source) return source.error();
      setup.source = std::move(*source);
      if (spec.kind == AgentKind::question) {
        auto questions = read_question_list(spec.paths);
        if (!questions) return questions.error();
        setup.questions = std::move(*questions);
        setup.questions_once = !has_limit();
      }
      agents_.push_back(std::make_unique<SimulatedAgent>(
          std::move(setup), actors::derived_seed(seed_, agents_part + index), state_, tally_));
    }
  }
  if (agents_.empty()) return Error{ErrorCode::invalid_argument, "a simulation needs an agent", 0, {}};
  return {};
}

bool Simulation::is_over() const {
  if (state_.is_over(tally_)) return true;
  if (scenario_->until) return state_.now.count() >= scenario_->until->unix_ms - scenario_->start.unix_ms;
  return scenario_->steps == 0 &&
         std::all_of(agents_.begin(), agents_.end(), [](const auto& agent) { return agent->is_done(); });
}

bool Simulation::is_idle() const {
  return std::all_of(agents_.begin(), agents_.end(), [](const auto& agent) { return agent->is_idle(); });
}

void Simulation::happen(std::size_t index) {
  PlannedFault& planned = faults_[index];
  if (std::exchange(planned.done, true)) return;
  const Fault& fault = *planned.fault;
  if (fault.kind == FaultKind::actor_dies) {
    deaths_pending_ += fault.count;
    return;
  }
  if (fault.kind == FaultKind::clock_jump) {
    wall_jumps_ += fault.delay;
    if (leg_ != nullptr) leg_->jump_wall(fault.delay);
    return;
  }
  std::set<std::size_t> hit;
  while (hit.size() < std::min(std::max<std::size_t>(fault.count, 1), agents_.size()))
    hit.insert(static_cast<std::size_t>(fault_random_.below(agents_.size())));
  for (const std::size_t agent : hit) {
    if (fault.kind == FaultKind::agent_fails)
      agents_[agent]->fail_next_turn();
    else
      agents_[agent]->hang(fault.lasts);
  }
}

actors::StoreDeath Simulation::next_store_death() {
  if (deaths_pending_ == 0) return actors::StoreDeath::none;
  --deaths_pending_;
  return fault_random_.below(2) == 0 ? actors::StoreDeath::before_commit : actors::StoreDeath::after_commit;
}

Result<Simulation::LegEnd> Simulation::run_leg() {
  const auto start = std::chrono::steady_clock::now();
  Leg leg{*this};
  leg_ = &leg;
  if (auto opened = leg.open(); !opened) return opened.error();
  const double opening = seconds_since(start);
  opening_seconds_ += opening;
  auto end = leg.drive();
  if (!end) return end;
  if (*end != LegEnd::stopped) {
    const auto closed = leg.close(*end == LegEnd::checkpoint ? compaction_at_checkpoint : milliseconds{0});
    if (!closed) return closed.error();
  }
  leg_ = nullptr;
  ++legs_;
  running_seconds_ += seconds_since(start) - opening;
  return end;
}

Result<DeterministicResult> Simulation::run() {
  LegEnd end = LegEnd::checkpoint;
  while (end == LegEnd::checkpoint) {
    auto ended = run_leg();
    leg_ = nullptr;
    if (!ended) return ended.error();
    end = *ended;
    if (options_.progress && scenario_->steps > 0)
      options_.progress("steps", static_cast<double>(tally_.turns) / static_cast<double>(scenario_->steps));
    if (end != LegEnd::checkpoint) continue;
    next_checkpoint_ = tally_.turns - tally_.turns % scenario_->checkpoint_every + scenario_->checkpoint_every;
    state_.draining = false;
    if (auto saved = save(); !saved) return saved.error();
  }
  DeterministicResult result;
  result.figures = figures();
  if (options_.audit && end == LegEnd::over)
    if (auto audited = audit_file(options_.file, tally_, result.figures); !audited) return audited.error();
  result.steps = tally_.turns;
  result.messages = messages_;
  result.trace_hash = trace_->hash();
  result.opening_seconds = opening_seconds_;
  result.running_seconds = running_seconds_;
  return result;
}

Result<void> Simulation::save() {
  if (!options_.checkpoints) return {};
  CheckpointState state;
  state.scenario_file = scenario_->file;
  state.scenario_text = scenario_->text;
  state.seed = seed_;
  state.legs = legs_;
  state.elapsed_ms = state_.now.count();
  state.wall_jumps_ms = wall_jumps_.count();
  state.fault_random = fault_random_.state();
  state.deaths_pending = deaths_pending_;
  for (const PlannedFault& fault : faults_) state.faults_done.push_back(fault.done);
  state.trace_steps = trace_->steps();
  state.trace_hash = trace_->hash();
  state.messages = messages_;
  state.tally = tally_;
  for (const auto& agent : agents_) state.agents.push_back(agent->memory());
  std::string number = std::to_string(tally_.turns);
  number.insert(0, number.size() < 9 ? 9 - number.size() : 0, '0');  // so that names sort as steps do
  const auto written = write_checkpoint(*options_.checkpoints, "step-" + number, options_.file, state);
  if (!written) return written.error();
  return {};
}

Result<void> Simulation::recall(const CheckpointState& state) {
  if (state.agents.size() != agents_.size() || state.faults_done.size() != faults_.size())
    return Error{ErrorCode::parse_error, "the checkpoint belongs to another scenario", 0, {}};
  legs_ = state.legs;
  state_.now = milliseconds{state.elapsed_ms};
  wall_jumps_ = milliseconds{state.wall_jumps_ms};
  fault_random_ = actors::SeededRandom{state.fault_random};
  deaths_pending_ = state.deaths_pending;
  for (std::size_t at = 0; at < faults_.size(); ++at) faults_[at].done = state.faults_done[at];
  messages_ = state.messages;
  tally_ = state.tally;
  trace_->go_on(state.trace_steps, state.trace_hash);
  next_checkpoint_ = scenario_->checkpoint_every == 0 ? 0
                     : tally_.turns - tally_.turns % scenario_->checkpoint_every + scenario_->checkpoint_every;
  for (std::size_t at = 0; at < agents_.size(); ++at)
    if (auto recalled = agents_[at]->recall(state.agents[at]); !recalled) return recalled;
  return {};
}

Figures Simulation::figures() const {
  Figures figures;
  figures.design = design_.name;
  figures.mode = "deterministic";
  figures.threads = 1;
  figures.seed = seed_;
  figures.seconds = std::chrono::duration<double>(state_.now).count();
  figures.asked = tally_.asked;
  figures.acknowledged = tally_.acknowledged;
  figures.failed = tally_.failed;
  figures.timeouts = tally_.timeouts;
  figures.reads = tally_.reads;
  figures.reads_failed = tally_.reads_failed;
  figures.failed_by_code = tally_.failed_by_code;
  figures.created_answers = tally_.created;
  figures.wal_bytes_max = tally_.wal_bytes_max;
  figures.acknowledge = tally_.acknowledge.figures();
  figures.acknowledge_buckets = tally_.acknowledge.buckets();
  if (figures.seconds > 0)
    figures.operations_per_second = static_cast<double>(tally_.acknowledged) / figures.seconds;
  figures.history_operations = tally_.reads - tally_.reads_failed;
  figures.history_violations = tally_.stale_reads;
  figures.history = tally_.stale_reads == 0 ? "every answer saw its asker's receipts" : "an answer was stale";
  figures.row_digest = row_digest_;
  const auto note = [&](std::uint64_t count, const std::string& what) {
    if (count > 0) figures.notes.push_back(std::to_string(count) + " " + what);
  };
  note(tally_.turns_failed, "turns ended by an agent's exception");
  note(tally_.turns_hung, "turns lost while an agent hung");
  note(tally_.restarts, "actors of the runtime died and were restarted");
  note(tally_.refused, "observations refused and sent again");
  note(tally_.held_back, "actions left out because the agent had too much under way");
  note(tally_.replayed, "receipts replayed after a repeated request");
  note(tally_.source_errors, "files of a source could not be read");
  return figures;
}

}  // namespace commonbook::sim
