#include "agent_actor.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace commonbook::bench {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds patience{30'000};  // beyond the runtime's own deadline

/// Where agents leave their reports.
class Board {
 public:
  explicit Board(std::size_t agents) : running_(agents) {}
  void report(AgentsReport& part) {
    {
      const std::lock_guard guard{mutex_};
      all_.latencies_ms.insert(all_.latencies_ms.end(), part.latencies_ms.begin(), part.latencies_ms.end());
      all_.failed += part.failed;
      if (all_.first_error.empty()) all_.first_error = part.first_error;
      --running_;
    }
    changed_.notify_one();
  }
  AgentsReport wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return running_ == 0; });
    return std::move(all_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  AgentsReport all_;
  std::size_t running_;
};

struct AgentJob {
  actors::IntakeActor intake;
  std::uint64_t session = 0;
  std::size_t window_triples = 0;
  std::size_t message_max = 1;
  std::shared_ptr<AgentPlan> plan;
  std::shared_ptr<Board> board;
};

class AgentState {
 public:
  static inline const char* const name = "bench-agent";
  explicit AgentState(caf::event_based_actor* self) : self_(self) {}
  void start(const AgentJob& job) {
    job_ = job;
    report_.latencies_ms.reserve(job.plan->observations.size());
    send_more();
  }

 private:
  void send_more() {
    while (next_ < job_.plan->observations.size()) {
      if (!(job_.message_max > 1 ? send_several() : send_one())) return;
    }
    if (open_ > 0) return;
    job_.board->report(report_);
    self_->quit();
  }
  [[nodiscard]] bool has_room(std::size_t weight) const {
    return outstanding_ == 0 || outstanding_ + weight <= job_.window_triples;
  }
  bool send_one() {
    Observation& observation = job_.plan->observations[next_];
    const std::size_t weight = observation.triples.size();
    if (!has_room(weight)) return false;
    outstanding_ += weight;
    ++open_;
    ++next_;
    self_->request(job_.intake, patience, actors::observe_atom_v, job_.session, std::move(observation))
        .then([this, weight, sent = Steady::now()](actors::ReceiptReply& reply) { answered(weight, sent, reply); },
              [this, weight](const caf::error&) { failed(weight, "the runtime is gone"); });
    return true;
  }
  bool send_several() {
    auto& observations = job_.plan->observations;
    std::vector<Observation> several;
    std::vector<std::size_t> weights;
    // Whole messages, while there are enough for one.
    for (std::size_t at = next_; at < observations.size() && several.size() < job_.message_max; ++at) {
      weights.push_back(observations[at].triples.size());
      if (!has_room(weights.back())) break;
      outstanding_ += weights.back();
      several.push_back(std::move(observations[at]));
    }
    const bool is_whole = several.size() == std::min(job_.message_max, observations.size() - next_);
    if (!is_whole && open_ > 0) {  // later, when there is room for a whole one
      for (std::size_t at = 0; at < several.size(); ++at) {
        outstanding_ -= weights[at];
        observations[next_ + at] = std::move(several[at]);
      }
      return false;
    }
    weights.resize(several.size());
    open_ += several.size();
    next_ += several.size();
    const auto fail_all = [this, weights](const caf::error&) {
      for (const std::size_t weight : weights) failed(weight, "the runtime is gone");
      send_more();
    };
    self_->request(job_.intake, patience, actors::observe_atom_v, job_.session, std::uint64_t{0}, std::move(several))
        .then([this, weights, sent = Steady::now()](std::vector<actors::ReceiptReply>& replies) {
                for (std::size_t at = 0; at < weights.size(); ++at) answered(weights[at], sent, replies[at]);
                send_more();
              }, fail_all);
    return true;
  }
  void answered(std::size_t weight, Steady::time_point sent, actors::ReceiptReply& reply) {
    if (!reply.ok) return failed(weight, reply.error.message);
    report_.latencies_ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - sent).count());
    settled(weight);
  }
  void failed(std::size_t weight, const std::string& why) {
    ++report_.failed;
    if (report_.first_error.empty()) report_.first_error = why;
    settled(weight);
  }
  void settled(std::size_t weight) {
    outstanding_ -= weight;
    --open_;
    if (job_.message_max == 1) send_more();
  }

  caf::event_based_actor* self_;  // owns this state
  AgentJob job_;
  AgentsReport report_;
  std::size_t next_ = 0;
  std::size_t outstanding_ = 0;
  std::size_t open_ = 0;
};

caf::behavior agent_behavior(caf::stateful_actor<AgentState>* self, const AgentJob& job) {
  self->set_default_handler(caf::drop);
  self->send(self, actors::step_atom_v);
  return {[self, job](actors::step_atom) { self->state.start(job); }};
}

std::uint64_t open_session(caf::actor_system& system, const actors::IntakeActor& intake, std::size_t number) {
  actors::SessionReply opened;
  caf::scoped_actor self{system};
  self->request(intake, patience, actors::open_atom_v, "agent-" + std::to_string(number))
      .receive([&](actors::SessionReply& reply) { opened = std::move(reply); },
               [&](const caf::error&) { opened.error.message = "the intake did not answer"; });
  if (!opened.ok) throw std::runtime_error("opening a session: " + opened.error.message);
  return opened.value.id;
}

}  // namespace

AgentsReport run_agents(caf::actor_system& system, const actors::IntakeActor& intake, std::vector<AgentPlan> plans,
                        std::size_t window_triples, std::size_t message_max) {
  const auto board = std::make_shared<Board>(plans.size());
  std::vector<AgentJob> jobs;
  for (std::size_t number = 0; number < plans.size(); ++number) {
    jobs.push_back({intake, open_session(system, intake, number), window_triples, message_max,
                    std::make_shared<AgentPlan>(std::move(plans[number])), board});
  }
  for (const AgentJob& job : jobs) system.spawn(agent_behavior, job);
  jobs.clear();
  return board->wait();
}

}  // namespace commonbook::bench
