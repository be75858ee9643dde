#include "outgoing.hpp"

#include <algorithm>
#include <utility>

namespace commonbook::sim {

namespace {

constexpr std::chrono::milliseconds pause_without_hint{20};

// The outcome may be open; the operation id makes another attempt safe.
bool took_a_deadline(ErrorCode code) noexcept {
  return code == ErrorCode::busy || code == ErrorCode::timeout || code == ErrorCode::unknown;
}

}  // namespace

bool Outgoing::any_refused() const {
  return std::any_of(under_way_.begin(), under_way_.end(), [](const Flight& each) { return each.refused; });
}

void Outgoing::send(std::chrono::milliseconds now, const Send& send) {
  if (any_refused()) return;
  while (!waiting_.empty() && under_way_.size() < under_way_max) {
    under_way_.push_back({++last_number_, std::move(waiting_.front()), now, false, 0});
    waiting_.pop_front();
    send(under_way_.back().number, round_, under_way_.back().observation);
  }
}

AnswerFate Outgoing::answered(std::uint64_t number, const Result<Receipt>& result, std::optional<Done>& done) {
  const auto flight = std::find_if(under_way_.begin(), under_way_.end(),
                                   [&](const Flight& each) { return each.number == number; });
  if (flight == under_way_.end()) return AnswerFate::unexpected;
  if (!result) {
    const Error& error = result.error();
    const bool slow = took_a_deadline(error.code);
    if (error.code == ErrorCode::overloaded || (slow && flight->slow_attempts < slow_attempts_max)) {
      flight->refused = true;
      if (slow) ++flight->slow_attempts;
      hint_ = std::max(hint_, error.retry_after);
      return AnswerFate::again;
    }
  }
  done = Done{std::move(flight->observation), flight->sent};
  under_way_.erase(flight);
  return result ? AnswerFate::acknowledged : AnswerFate::failed;
}

std::optional<std::chrono::milliseconds> Outgoing::retry_after() const {
  if (under_way_.empty()) return std::nullopt;
  if (!std::all_of(under_way_.begin(), under_way_.end(), [](const Flight& each) { return each.refused; }))
    return std::nullopt;
  return hint_.count() > 0 ? hint_ : pause_without_hint;
}

void Outgoing::send_again(const Send& send) {
  ++round_;
  hint_ = std::chrono::milliseconds{0};
  for (Flight& flight : under_way_) {
    flight.refused = false;
    send(flight.number, round_, flight.observation);
  }
}

}  // namespace commonbook::sim
