// The trace of a run: its steps as they happen, hashed always, written when asked, compared in a replay.
//
// A trace file is text:
//   commonbook trace 1
//   scenario FILE
//   seed N
//   text L          and then L lines: the scenario as it was read
//   steps           and then a line a step: number, virtual ms, choice, choices, what; by blanks, `what` to the line's end
#pragma once
#include "commonbook/model/result.hpp"
#include "commonbook/sim/deterministic.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::sim {

struct TraceHead {
  std::filesystem::path scenario_file;
  std::string scenario_text;
  std::uint64_t seed = 0;
};

/// A trace that is being read, a step at a time.
class TraceReader {
 public:
  /// @errors  io: it can't be read. parse_error: it is no trace of this version.
  static Result<TraceReader> open(const std::filesystem::path& file);
  [[nodiscard]] const TraceHead& head() const noexcept { return head_; }
  /// nullopt at the end. @errors  parse_error.
  Result<std::optional<TraceStep>> next();

 private:
  std::ifstream in_;
  TraceHead head_;
  std::string name_;
  std::uint64_t line_ = 0;
};

class Trace {
 public:
  /// @errors  io: the file can't be written.
  static Result<Trace> begin(const TraceHead& head, const std::optional<std::filesystem::path>& file,
                             std::optional<TraceReader> expected);
  void add(TraceStep step);
  /// The run has ended: steps that were expected and did not come are a difference too; the file is complete.
  /// @errors  io, parse_error.
  Result<void> end();
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  /// A run that goes on from a checkpoint continues its numbering.
  void go_on(std::uint64_t steps, std::uint64_t hash) noexcept {
    steps_ = steps;
    hash_ = hash;
  }
  [[nodiscard]] bool differs() const noexcept { return differs_; }
  [[nodiscard]] const std::optional<TraceStep>& expected() const noexcept { return expected_step_; }
  [[nodiscard]] const std::optional<TraceStep>& found() const noexcept { return found_step_; }

 private:
  void compare(const TraceStep& step);
  std::uint64_t steps_ = 0;
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
  std::optional<std::ofstream> out_;
  std::string out_name_;
  std::optional<TraceReader> expected_;
  std::optional<Error> error_;
  bool differs_ = false;
  std::optional<TraceStep> expected_step_;
  std::optional<TraceStep> found_step_;
};

}  // namespace commonbook::sim
