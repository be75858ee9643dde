// What a run found out, and how it is printed.
#pragma once
#include "exit_code.hpp"
#include "json_output.hpp"

#include "commonbook/actors/runtime.hpp"
#include "commonbook/agents/agents.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::apps {

/// One question with what came back.
struct AskedQuestion {
  std::string question;
  Result<Answer> answer;
};

/// Questions asked while the importing agents were still at work: they must be answered, not be right yet.
struct EarlyQuestions {
  std::uint64_t asked = 0;
  std::uint64_t failed = 0;
};

struct RunReport {
  std::filesystem::path database;
  std::vector<agents::ImportReport> agents;
  EarlyQuestions early;
  std::vector<AskedQuestion> answers;
  actors::ShutdownReport shutdown;          ///< its metrics are the run's figures
  std::optional<storage::BookStats> stats;  ///< of the file, afterwards; nullopt: it could not be read
  std::uint64_t row_digest = 0;
  std::uint64_t content_digest = 0;
  storage::VerifyReport verify;     ///< with the run's own checks before those of the file
  std::vector<std::string> errors;  ///< everything that went wrong, one sentence each
  bool damaged = false;             ///< one of them was the disk's, the file's or our own fault
  bool interrupted = false;

  /// Notes an error. @param before  what stands before it in the sentence, e.g. "calendar: ".
  void add_error(const std::string& before, const Error& error);
  /// ok when nothing failed and every check holds.
  [[nodiscard]] ExitCode exit_code() const noexcept;
};

[[nodiscard]] Json run_json(const RunReport& report);
void print_run(const RunReport& report);
/// "calendar  60 documents, 60 acknowledged, ..."; of a finished agent or of one at work.
[[nodiscard]] std::string agent_line(const agents::ImportReport& report);

}  // namespace commonbook::apps
