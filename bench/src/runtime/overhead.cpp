#include "overhead.hpp"

#include "../ingest/agent_actor.hpp"
#include "../process_figures.hpp"
#include "commonbook/actors/runtime.hpp"
#include "intake.hpp"
#include "supervisor.hpp"

#include <future>
#include <memory>
#include <stdexcept>

namespace commonbook::bench {
namespace {

constexpr std::chrono::milliseconds patience{10'000};

/// Answers every observation with a receipt, and keeps nothing.
class StoreOfNothing final : public actors::ObservationStore {
 public:
  std::vector<Result<Receipt>> store(std::span<const Observation> batch, Clock::SteadyPoint) override {
    return std::vector<Result<Receipt>>(batch.size(), Receipt{});
  }
  [[nodiscard]] actors::BatchFigures figures() const override { return {}; }
  [[nodiscard]] bool failed() const override { return false; }
  [[nodiscard]] bool should_wait() const override { return false; }
};

caf::behavior deaf(caf::event_based_actor* self) {
  self->set_default_handler(caf::drop);
  return {[self](actors::stop_atom) { self->quit(); }};
}

std::vector<AgentPlan> make_plans(const OverheadOptions& options) {
  Observation observation;
  observation.ack_class = AckClass::applied;
  observation.triples = {{named("Ada"), "knows", named("Bob"), Cardinality::many}};
  std::vector<AgentPlan> plans(options.agents);
  for (std::size_t at = 0; at < options.observations; ++at)
    plans[at % options.agents].observations.push_back(observation);
  return plans;
}

nlohmann::json measured(const OverheadOptions& options, double start) {
  return {{"observations_per_second", static_cast<double>(options.observations) / (steady_seconds() - start)}};
}

nlohmann::json measure_actors(const OverheadOptions& options, caf::actor_system& system) {
  caf::scoped_actor self{system};
  const auto intake = actors::spawn_intake(system, {{options.outstanding, 1024, 1}, 1, patience, 1});
  const auto metrics = system.spawn(deaf);
  actors::StoreFactories factories;
  factories.writer = [](Clock::SteadyPoint) -> Result<std::unique_ptr<actors::ObservationStore>> {
    return std::unique_ptr<actors::ObservationStore>{std::make_unique<StoreOfNothing>()};
  };
  const auto supervisor =
      actors::spawn_supervisor(system, {1, 0, 512, patience, actors::Threads::own}, factories, intake, metrics);
  bool ready = false;
  self->request(supervisor, patience, actors::ready_atom_v)
      .receive([&](actors::Reply<bool>& reply) { ready = reply.ok; }, [](const caf::error&) {});
  if (!ready) throw std::runtime_error("the actors did not start");
  auto plans = make_plans(options);
  const double start = steady_seconds();
  auto report = run_agents(system, actors::IntakeActor{intake}, std::move(plans), options.outstanding, options.message_max);
  nlohmann::json figures = measured(options, start);
  figures["p50_ms"] = quantile(report.latencies_ms, 0.5);
  figures["p99_ms"] = quantile(report.latencies_ms, 0.99);
  figures["failed_observations"] = report.failed;
  self->request(supervisor, patience, actors::stop_atom_v, std::uint64_t{0}).receive([](bool) {}, [](const caf::error&) {});
  caf::anon_send(metrics, actors::stop_atom_v);
  caf::anon_send(intake, actors::stop_atom_v);
  self->wait_for(metrics, intake);
  return figures;
}

// ---- CAF alone: each asker keeps as many requests open, one actor answers

caf::behavior answerer(caf::event_based_actor* self) {
  return {[](actors::observe_atom, std::uint64_t, const Observation&) { return actors::ReceiptReply{Result<Receipt>{Receipt{}}}; },
          [self](actors::stop_atom) { self->quit(); }};
}

struct AskerState {
  AgentPlan plan;
  std::size_t next = 0;
  std::size_t open = 0;
  std::promise<void>* done = nullptr;  // of the thread that waits
};

void ask_more(caf::stateful_actor<AskerState>* self, const caf::actor& whom, std::size_t outstanding) {
  AskerState& state = self->state;
  auto& observations = state.plan.observations;
  for (; state.next < observations.size() && state.open < outstanding; ++state.next, ++state.open)
    self->request(whom, patience, actors::observe_atom_v, std::uint64_t{1}, std::move(observations[state.next]))
        .then([self, whom, outstanding](actors::ReceiptReply&) {
          --self->state.open;
          ask_more(self, whom, outstanding);
        });
  if (state.open > 0) return;
  state.done->set_value();
  self->quit();
}

nlohmann::json measure_bare_caf(const OverheadOptions& options, caf::actor_system& system) {
  const auto whom = system.spawn(answerer);
  auto plans = make_plans(options);
  std::vector<std::promise<void>> done(plans.size());
  const double start = steady_seconds();
  for (std::size_t at = 0; at < plans.size(); ++at)
    system.spawn([plan = std::make_shared<AgentPlan>(std::move(plans[at])), &promise = done[at], whom,
                  outstanding = options.outstanding](caf::stateful_actor<AskerState>* self) -> caf::behavior {
      self->state.plan = std::move(*plan);
      self->state.done = &promise;
      self->send(self, actors::step_atom_v);
      return {[self, whom, outstanding](actors::step_atom) { ask_more(self, whom, outstanding); }};
    });
  for (std::promise<void>& each : done) each.get_future().wait();
  nlohmann::json figures = measured(options, start);
  caf::anon_send(whom, actors::stop_atom_v);
  return figures;
}

}  // namespace

nlohmann::json measure_overhead(const OverheadOptions& options) {
  caf::actor_system_config config;
  actors::Runtime::configure(config);
  config.set("scheduler.max-threads", std::size_t{2});
  caf::actor_system system{config};
  return options.what == "actors" ? measure_actors(options, system) : measure_bare_caf(options, system);
}

}  // namespace commonbook::bench
