// A run configuration as read from TOML. README.md lists every key with its default.
#pragma once
#include "commonbook/actors/runtime.hpp"
#include "commonbook/agents/model_extractor.hpp"
#include "commonbook/agents/source.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::apps {

enum class AgentKind : std::uint8_t { calendar = 1, email, question, synthetic };

/// One [[agent]] of a configuration.
struct AgentConfig {
  std::string name;
  AgentKind kind = AgentKind::calendar;
  std::vector<std::filesystem::path> paths;  ///< of calendar and email; of question: lists of questions
  AckClass ack_class = AckClass::durable;
  std::size_t outstanding_max = 16;
  bool extracts = true;                ///< of calendar and email: facts in the text (agents/extractor.hpp)
  bool asks_model = false;             ///< besides, those that the model of the configuration finds
  double observations_per_second = 0;  ///< 0: as fast as receipts come back
  agents::SyntheticOptions synthetic;
  std::optional<Timestamp> now;  ///< of question: what "today" means; nullopt: the current time
  std::string zone = "UTC";
};

struct RunConfig {
  std::filesystem::path file;
  std::optional<std::filesystem::path> database;  ///< absolute, or relative to the working folder
  actors::RuntimeOptions runtime;                 ///< its path is set by the caller
  std::optional<agents::ModelOptions> model;      ///< [model]
  std::vector<AgentConfig> agents;
};

/// Reads a configuration. Paths in it are relative to its own folder.
/// @errors  not_found: no such file. parse_error: with file, line, the key and what to write instead.
/// @thread  any; blocks on the file.
[[nodiscard]] Result<RunConfig> read_config(const std::filesystem::path& file);
/// The same from text. @param file  for complaints, and where relative paths start.
[[nodiscard]] Result<RunConfig> parse_config(const std::string& text, const std::filesystem::path& file);

/// The questions of a list: a table whose first line names a column "question" (tab-separated), or plain lines.
/// Empty lines and lines that begin with # are left out.
/// @errors  not_found, parse_error. @thread any; blocks on the file.
[[nodiscard]] Result<std::vector<std::string>> read_questions(const std::filesystem::path& file);

}  // namespace commonbook::apps
