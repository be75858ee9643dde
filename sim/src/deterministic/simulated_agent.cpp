#include "simulated_agent.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace commonbook::sim {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t names_max = 8;

std::vector<Rule> rules_of(const AgentSpec& spec) {
  if (!spec.rules.empty()) return spec.rules;
  return {{Trigger::tick, spec.kind == AgentKind::question ? Action::ask : Action::observe, 1, 1, milliseconds{0}}};
}

bool ever(const std::vector<Rule>& rules, Action action) {
  return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.action == action; });
}

}  // namespace

SimulatedAgent::SimulatedAgent(AgentSetup setup, std::uint64_t seed, const RunState& state, Tally& tally)
    : setup_(std::move(setup)), state_(&state), tally_(&tally), random_(seed) {}

void SimulatedAgent::enter(AgentPort& port) {
  port_ = &port;
  port_->turn_after(std::max(milliseconds{memory_.next_turn_ms} - state_->now, milliseconds{0}));
  if (hangs()) port_->awake_after(milliseconds{memory_.hangs_until_ms} - state_->now);
}

void SimulatedAgent::take_turn() {
  // A turn that comes due while the run drains is taken up again when it goes on.
  if (!may_act() || state_->now.count() < memory_.next_turn_ms) return;
  ++tally_->turns;
  next_wait_ = setup_.spec->tick;
  if (hangs()) {
    ++tally_->turns_hung;
  } else {
    reactions_left_ = reactions_max;
    act(Trigger::tick);
  }
  memory_.next_turn_ms = (state_->now + std::max(next_wait_, milliseconds{1})).count();
  port_->turn_after(std::max(next_wait_, milliseconds{1}));
  pump();
}

// Whatever an agent throws costs it the rest of this turn.
void SimulatedAgent::act(Trigger when) {
  try {
    if (when == Trigger::tick && std::exchange(memory_.fails_next_turn, false))
      throw std::runtime_error("a simulated failure of the agent");
    for (const Rule& rule : rules_of(*setup_.spec)) {
      if (rule.when != when || !random_.chance(rule.probability)) continue;
      switch (rule.action) {
        case Action::observe:
          for (std::uint32_t at = 0; at < rule.count; ++at) take_item();
          break;
        case Action::ask:
          for (std::uint32_t at = 0; at < rule.count; ++at) ask_once();
          break;
        case Action::wait: next_wait_ = rule.wait; break;
        case Action::fail: throw std::runtime_error("the agent's rules say so");
        case Action::hang: hang(rule.wait.count() > 0 ? rule.wait : setup_.spec->tick); return;
      }
    }
  } catch (const std::exception&) {
    ++tally_->turns_failed;
  }
}

void SimulatedAgent::react(Trigger when) {
  if (!may_act() || reactions_left_ == 0) return;
  --reactions_left_;
  act(when);
}

void SimulatedAgent::hang(milliseconds lasts) {
  memory_.hangs_until_ms = std::max(memory_.hangs_until_ms, (state_->now + lasts).count());
  if (port_ != nullptr) port_->awake_after(milliseconds{memory_.hangs_until_ms} - state_->now);
}

void SimulatedAgent::take_item() {
  if (!setup_.source || memory_.source_ended) return;
  if (outgoing_.is_full()) {
    ++tally_->held_back;
    return;
  }
  auto item = setup_.source->next();
  ++memory_.items_taken;
  if (!item) {
    ++tally_->source_errors;  // the source goes on with its next file
    return;
  }
  if (!*item) {
    memory_.source_ended = true;
    return;
  }
  Observation observation = std::move((**item).observation);
  observation.ack_class = setup_.ack_class;
  remember_names(observation);
  ++tally_->asked;
  outgoing_.push(std::move(observation));
}

void SimulatedAgent::remember_names(const Observation& observation) {
  if (observation.triples.empty()) return;
  if (memory_.names.size() == names_max) memory_.names.erase(memory_.names.begin());
  memory_.names.push_back(observation.triples.front().subject.spelling);
}

void SimulatedAgent::ask_once() {
  if (open_questions_.size() >= questions_open_max) {
    ++tally_->held_back;
    return;
  }
  OpenQuestion open{++last_question_, memory_.seen_commit, {}};
  QueryPlan plan;
  if (!setup_.questions.empty()) {
    if (setup_.questions_once && memory_.questions_asked >= setup_.questions.size()) return;
    const auto& text = setup_.questions[memory_.questions_asked % setup_.questions.size()];
    open.understood = agents::understand({text, state_->wall, "UTC"});
    plan = open.understood->plan;
  } else if (!memory_.names.empty()) {
    plan.names.push_back(memory_.names[random_.below(memory_.names.size())]);
  } else {
    return;  // it has seen nothing yet that it could ask about
  }
  ++memory_.questions_asked;
  ++tally_->reads;
  open_questions_.push_back(std::move(open));
  port_->ask(last_question_, plan);
}

Outgoing::Send SimulatedAgent::sender() {
  return [this](std::uint64_t number, std::uint64_t round, const Observation& observation) {
    port_->observe(number, round, observation);
  };
}

void SimulatedAgent::pump() {
  if (!hangs()) outgoing_.send(state_->now, sender());
}

void SimulatedAgent::resend() {
  if (!hangs() && outgoing_.retry_after()) outgoing_.send_again(sender());
}

void SimulatedAgent::awake() {
  if (hangs()) return;  // a longer one has begun since
  std::vector<Unseen> unseen;
  unseen.swap(unseen_);
  for (Unseen& each : unseen) {
    if (each.receipt) saw_receipt(each.number, *each.receipt);
    if (each.answer) saw_answer(each.number, std::move(*each.answer));
  }
  if (outgoing_.retry_after()) resend();
  pump();
}

void SimulatedAgent::receipt(std::uint64_t number, Result<Receipt> result) {
  if (hangs())
    unseen_.push_back({number, std::move(result), {}});
  else
    saw_receipt(number, result);
}

void SimulatedAgent::answer(std::uint64_t number, Result<Answer> result) {
  if (hangs())
    unseen_.push_back({number, {}, std::move(result)});
  else
    saw_answer(number, std::move(result));
}

void SimulatedAgent::saw_receipt(std::uint64_t number, const Result<Receipt>& result) {
  std::optional<Outgoing::Done> done;
  switch (outgoing_.answered(number, result, done)) {
    case AnswerFate::unexpected: return;
    case AnswerFate::again: ++tally_->refused; break;
    case AnswerFate::failed: count_failure(result.error()); break;
    case AnswerFate::acknowledged: {
      const Receipt& receipt = *result;
      ++tally_->acknowledged;
      tally_->replayed += receipt.replayed ? 1 : 0;
      tally_->acknowledge.add(static_cast<std::uint64_t>((state_->now - done->sent).count()) * 1000);
      count_created(done->observation, receipt);
      memory_.seen_commit = std::max(memory_.seen_commit, receipt.commit_seq);
      react(Trigger::receipt);
      break;
    }
  }
  if (hangs()) return;
  if (const auto pause = outgoing_.retry_after()) port_->resend_after(*pause);
  pump();
}

// The receipt of an operation that a source gives a second time says again what the first one said.
void SimulatedAgent::count_created(const Observation& observation, const Receipt& receipt) {
  if (observation.operation_id && !tally_->acknowledged_ids.insert(*observation.operation_id).second) return;
  tally_->created += static_cast<std::uint64_t>(std::count_if(
      receipt.entities.begin(), receipt.entities.end(), [](const auto& each) { return each.created; }));
}

void SimulatedAgent::count_failure(const Error& error) {
  ++tally_->failed;
  ++tally_->failed_by_code[error.sqlite_code];
  if (error.code == ErrorCode::timeout || error.code == ErrorCode::unknown) ++tally_->timeouts;
}

void SimulatedAgent::saw_answer(std::uint64_t number, Result<Answer> result) {
  const auto open = std::find_if(open_questions_.begin(), open_questions_.end(),
                                 [&](const OpenQuestion& each) { return each.number == number; });
  if (open == open_questions_.end()) return;
  OpenQuestion question = std::move(*open);
  open_questions_.erase(open);
  if (!result) {
    ++tally_->reads_failed;
    ++tally_->failed_by_code[result.error().sqlite_code];
    return;
  }
  if ((*result).commit_seq < question.seen_commit) ++tally_->stale_reads;
  if (question.understood) static_cast<void>(agents::compose(*question.understood, std::move(*result)));
  react(Trigger::answer);
  pump();
}

bool SimulatedAgent::is_idle() const noexcept {
  return outgoing_.is_empty() && open_questions_.empty() && unseen_.empty();
}

bool SimulatedAgent::is_done() const noexcept {
  const std::vector<Rule> rules = rules_of(*setup_.spec);
  const bool observes = setup_.source && ever(rules, Action::observe) && !memory_.source_ended;
  const bool asks = setup_.questions_once && ever(rules, Action::ask) &&
                    memory_.questions_asked < setup_.questions.size();
  return is_idle() && !observes && !asks;
}

AgentMemory SimulatedAgent::memory() const {
  AgentMemory memory = memory_;
  memory.random = random_.state();
  return memory;
}

Result<void> SimulatedAgent::recall(const AgentMemory& memory) {
  memory_ = memory;
  random_ = actors::SeededRandom{memory.random};
  for (std::uint64_t taken = 0; setup_.source && taken < memory.items_taken; ++taken) {
    const auto item = setup_.source->next();
    if (item && !*item && !(memory.source_ended && taken + 1 == memory.items_taken))
      return Error{ErrorCode::io, "the source of " + setup_.name + " is shorter than it was before the checkpoint", 0,
                   {}};
  }
  return {};
}

}  // namespace commonbook::sim
