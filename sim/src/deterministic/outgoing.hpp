// What one agent has under way: observations that wait, that were sent, and that were refused and will be sent again, in
// the order in which the agent made them.
//
// Each request carries a round. The first refusal of a round makes the intake refuse all that follow in it, so what comes
// back refused is always a tail; once everything else is answered, the tail is sent again in the next round.
#pragma once
#include "commonbook/model/observation.hpp"
#include "commonbook/model/result.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace commonbook::sim {

/// What became of an answer.
enum class AnswerFate : std::uint8_t { acknowledged = 1, failed, again, unexpected };

class Outgoing {
 public:
  using Send = std::function<void(std::uint64_t number, std::uint64_t round, const Observation& observation)>;
  static constexpr std::size_t waiting_max = 64;
  static constexpr std::size_t under_way_max = 16;
  /// Further attempts after an error that took a whole deadline. Refusals are tried without end.
  static constexpr int slow_attempts_max = 5;

  [[nodiscard]] bool is_full() const noexcept { return waiting_.size() >= waiting_max; }
  [[nodiscard]] bool is_empty() const noexcept { return waiting_.empty() && under_way_.empty(); }
  void push(Observation observation) { waiting_.push_back(std::move(observation)); }
  /// Sends what may go now. @param now  noted as the time of the first attempt.
  void send(std::chrono::milliseconds now, const Send& send);
  /// @param taken  filled with the observation and the time of its first attempt when it is done with.
  struct Done {
    Observation observation;
    std::chrono::milliseconds sent{0};
  };
  AnswerFate answered(std::uint64_t number, const Result<Receipt>& result, std::optional<Done>& done);
  /// How long to wait before send_again(); nullopt while answers are still due, or where nothing was refused.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const;
  void send_again(const Send& send);

 private:
  struct Flight {
    std::uint64_t number = 0;
    Observation observation;
    std::chrono::milliseconds sent{0};
    bool refused = false;
    int slow_attempts = 0;
  };
  [[nodiscard]] bool any_refused() const;

  std::deque<Observation> waiting_;
  std::deque<Flight> under_way_;  // in order
  std::uint64_t last_number_ = 0;
  std::uint64_t round_ = 0;
  std::chrono::milliseconds hint_{0};
};

}  // namespace commonbook::sim
