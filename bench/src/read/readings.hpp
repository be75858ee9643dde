// The kinds of reading that the read benchmark asks for, each with names and words drawn from the book's own workload.
#pragma once
#include "../workload.hpp"
#include "commonbook/actors/runtime.hpp"
#include "commonbook/agents/question.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::bench {

enum class Reading : std::uint8_t { lookup = 1, frequent, depth_1, depth_2, as_of, search, question };
inline constexpr std::array readings{Reading::lookup, Reading::frequent, Reading::depth_1, Reading::depth_2,
                                     Reading::as_of,  Reading::search,   Reading::question};
[[nodiscard]] std::string_view to_string(Reading reading) noexcept;

/// What the book holds: made once for all askers.
struct BookContent {
  Workload workload;
  std::vector<std::string> names;  ///< of all its entities, each once
};
[[nodiscard]] BookContent content_of(Workload workload);

/// Draws readings: equal seeds, equal readings. Thread: one at a time.
class ReadingDraw {
 public:
  /// @param content  outlives it.
  ReadingDraw(const BookContent& content, std::uint64_t seed) : content_(content), random_(seed) {}
  /// @param reading  any but question.
  [[nodiscard]] QueryPlan plan(Reading reading);
  [[nodiscard]] agents::Question question();

 private:
  [[nodiscard]] const std::string& name() { return content_.names[random_() % content_.names.size()]; }
  [[nodiscard]] const std::string& mentioned_name();

  const BookContent& content_;
  std::mt19937_64 random_;
};

/// Asks in a session of its own, and waits. Thread: one at a time.
class Asker {
 public:
  /// @param content  outlives it. @throws std::runtime_error where no session can be opened.
  Asker(actors::Runtime& runtime, const BookContent& content, std::uint64_t seed);
  /// @returns  how much was found: facts and passages. @throws std::runtime_error where the answer is an error.
  std::size_t ask(Reading reading);

 private:
  ReadingDraw draw_;
  actors::AgentSession session_;
};

/// Rows of tables and search index that a reading looks at, the mean of some: what its time grows with, whatever else the
/// machine does. Opens the file for itself. @throws std::runtime_error where something fails. Thread: blocks.
[[nodiscard]] double rows_read(const std::filesystem::path& file, const BookContent& content, Reading reading);

}  // namespace commonbook::bench
