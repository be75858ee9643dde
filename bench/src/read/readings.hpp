// The kinds of reading that the read benchmark asks for, each with names and words drawn from the book's own workload.
#pragma once
#include "../workload.hpp"
#include "commonbook/actors/runtime.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

namespace commonbook::bench {

enum class Reading : std::uint8_t { lookup = 1, depth_1, depth_2, as_of, search, question };
inline constexpr std::array readings{Reading::lookup, Reading::depth_1, Reading::depth_2,
                                     Reading::as_of,  Reading::search,  Reading::question};
[[nodiscard]] std::string_view to_string(Reading reading) noexcept;

/// Asks in a session of its own, and waits. Thread: one at a time.
class Asker {
 public:
  /// @param workload  outlives it. @throws std::runtime_error where no session can be opened.
  Asker(actors::Runtime& runtime, const Workload& workload, std::uint64_t seed);
  /// @returns  how much was found: facts and passages. @throws std::runtime_error where the answer is an error.
  std::size_t ask(Reading reading);

 private:
  [[nodiscard]] QueryPlan plan_of(Reading reading);
  [[nodiscard]] const Statement& statement() { return workload_.statements[random_() % workload_.statements.size()]; }
  std::size_t ask_question();

  const Workload& workload_;
  std::mt19937_64 random_;
  actors::AgentSession session_;
};

}  // namespace commonbook::bench
