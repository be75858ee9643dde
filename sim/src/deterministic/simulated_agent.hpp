// An agent of a simulation: a rule table, a source, and a generator of its own. It acts when its turn comes and when
// answers do; what it sends goes through a port, behind which an actor stands. It outlives that actor: a checkpoint
// stops the runtime and starts another, and the agent goes on.
#pragma once
#include "commonbook/actors/seeded_random.hpp"
#include "commonbook/agents/question.hpp"
#include "commonbook/agents/source.hpp"
#include "commonbook/model/answer.hpp"
#include "commonbook/model/query_plan.hpp"
#include "commonbook/sim/scenario.hpp"
#include "outgoing.hpp"
#include "tally.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::sim {

/// What an agent can do to the world. Thread: the simulation's.
class AgentPort {
 public:
  virtual ~AgentPort() = default;
  virtual void observe(std::uint64_t number, std::uint64_t round, const Observation& observation) = 0;
  virtual void ask(std::uint64_t number, const QueryPlan& plan) = 0;
  virtual void turn_after(std::chrono::milliseconds delay) = 0;    ///< then calls take_turn()
  virtual void resend_after(std::chrono::milliseconds delay) = 0;  ///< then calls resend()
  virtual void awake_after(std::chrono::milliseconds delay) = 0;   ///< then calls awake()
};

/// What a checkpoint keeps of an agent. At that point nothing of it is under way.
struct AgentMemory {
  std::uint64_t random = 0;
  std::uint64_t items_taken = 0;
  std::uint64_t questions_asked = 0;
  std::int64_t next_turn_ms = 0;
  std::int64_t hangs_until_ms = 0;
  std::uint64_t seen_commit = 0;    ///< of its latest receipt
  bool fails_next_turn = false;
  bool source_ended = false;
  std::vector<std::string> names;   ///< what it spoke of lately
};

struct AgentSetup {
  std::string name;
  const AgentSpec* spec = nullptr;  ///< never null; the scenario's
  AckClass ack_class = AckClass::applied;
  std::unique_ptr<agents::Source> source;  ///< null for question agents
  std::vector<std::string> questions;
  bool questions_once = false;      ///< the list ends; else it starts again
};

class SimulatedAgent {
 public:
  /// Reactions to receipts and answers between two turns: a rule that answers each receipt with an observation would
  /// otherwise never let time pass.
  static constexpr int reactions_max = 64;
  static constexpr std::size_t questions_open_max = 16;

  SimulatedAgent(AgentSetup setup, std::uint64_t seed, const RunState& state, Tally& tally);
  /// Begins, or goes on after a checkpoint. @param port  outlives the agent's use of it; see leave().
  void enter(AgentPort& port);
  void leave() noexcept { port_ = nullptr; }

  void take_turn();
  void resend();
  void awake();
  void receipt(std::uint64_t number, Result<Receipt> result);
  void answer(std::uint64_t number, Result<Answer> result);

  void fail_next_turn() noexcept { memory_.fails_next_turn = true; }
  void hang(std::chrono::milliseconds lasts);

  /// Nothing under way, nothing unseen.
  [[nodiscard]] bool is_idle() const noexcept;
  /// There is nothing that it would still do on its own.
  [[nodiscard]] bool is_done() const noexcept;
  [[nodiscard]] const std::string& name() const noexcept { return setup_.name; }
  [[nodiscard]] AgentMemory memory() const;
  /// @errors  io: the source ends before the place that the memory names.
  Result<void> recall(const AgentMemory& memory);

 private:
  struct OpenQuestion {
    std::uint64_t number = 0;
    std::uint64_t seen_commit = 0;
    std::optional<agents::UnderstoodQuestion> understood;  // of question agents
  };
  struct Unseen {
    std::uint64_t number = 0;
    std::optional<Result<Receipt>> receipt;
    std::optional<Result<Answer>> answer;
  };
  [[nodiscard]] bool hangs() const noexcept { return state_->now.count() < memory_.hangs_until_ms; }
  [[nodiscard]] bool may_act() const noexcept { return !state_->draining && !state_->is_over(*tally_); }
  void act(Trigger when);
  void react(Trigger when);
  void take_item();
  void ask_once();
  void pump();
  void saw_receipt(std::uint64_t number, const Result<Receipt>& result);
  void saw_answer(std::uint64_t number, Result<Answer> result);
  void count_created(const Observation& observation, const Receipt& receipt);
  void count_failure(const Error& error);
  void remember_names(const Observation& observation);
  [[nodiscard]] Outgoing::Send sender();

  AgentSetup setup_;
  const RunState* state_;
  Tally* tally_;
  AgentPort* port_ = nullptr;  // of the actor that runs it now
  actors::SeededRandom random_;
  AgentMemory memory_;
  Outgoing outgoing_;
  std::vector<OpenQuestion> open_questions_;
  std::vector<Unseen> unseen_;  // arrived while it hung
  std::uint64_t last_question_ = 0;
  std::chrono::milliseconds next_wait_{0};
  int reactions_left_ = 0;
};

}  // namespace commonbook::sim
