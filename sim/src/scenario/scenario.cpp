#include "commonbook/sim/scenario.hpp"

#include "scenario_parts.hpp"

#include <fstream>
#include <limits>

namespace commonbook::sim {

namespace {

using namespace std::chrono_literals;

constexpr const char* example = "configs/scenarios/same-entity.toml";

constexpr std::array<Word<int>, 3> mode_words{{{"threads", 1}, {"processes", 2}, {"both", 3}}};

void read_mode(TomlTable& table, Scenario& scenario) {
  int mode = 1;
  read_word(table, "mode", mode_words, mode);
  scenario.in_threads = (mode & 1) != 0;
  scenario.in_processes = (mode & 2) != 0;
  table.integer("processes", scenario.processes, 1, ScenarioLimits::processes);
  table.flag("namespaces", scenario.namespaces);
  if (scenario.namespaces && !scenario.in_processes)
    table.complain("namespaces", "only processes have namespaces; write mode = \"processes\" too");
  table.integer("readers", scenario.readers, 0, ScenarioLimits::threads);
}

/// What only a deterministic run has.
void read_simulation(TomlTable& table, Scenario& scenario) {
  table.flag("deterministic", scenario.deterministic);
  table.integer("steps", scenario.steps, 1, ScenarioLimits::operations);
  table.time("until", scenario.until);
  std::optional<Timestamp> start;
  table.time("start", start);
  if (start) scenario.start = *start;
  table.integer("checkpoint_every", scenario.checkpoint_every, 1, ScenarioLimits::operations);
  if (scenario.until && *scenario.until <= scenario.start) table.complain("until", "write a time after start");
  if (!scenario.deterministic) {
    for (const char* key : {"steps", "until", "start", "checkpoint_every"})
      if (table.has(key)) table.complain(key, "only simulations have it; write deterministic = true too");
    return;
  }
  for (const char* key : {"processes", "namespaces", "readers"})
    if (table.has(key)) table.complain(key, "a deterministic run has one thread; leave it out");
  if (!scenario.in_threads || scenario.in_processes)
    table.complain("mode", "a deterministic run has one thread; leave it out");
}

/// @returns  the list `designs`.
std::vector<std::string> read_run(TomlTable table, Scenario& scenario) {
  std::vector<std::string> designs;
  table.integer("seed", scenario.seed, 0, std::numeric_limits<std::int64_t>::max());
  table.texts("designs", designs);
  check_presets(table, "designs", designs);
  read_mode(table, scenario);
  table.duration("deadline", scenario.deadline, 1ms, 1h);
  table.duration("time_limit", scenario.seconds_max, 1ms, 24h);
  table.flag("history", scenario.history);
  read_simulation(table, scenario);
  table.finish();
  return designs;
}

void read_head(TomlTable& top, Scenario& scenario) {
  constexpr std::size_t name_bytes_max = 100;
  constexpr std::size_t shows_bytes_max = 1000;
  top.text("name", scenario.name);
  top.text("shows", scenario.shows);
  top.require("name", "write name = \"...\"");
  top.require("shows", "write in one sentence what the scenario shows");
  if (scenario.name.size() > name_bytes_max) top.complain("name", "write at most 100 bytes");
  if (scenario.shows.size() > shows_bytes_max) top.complain("shows", "write at most 1000 bytes");
}

void read_top(TomlTable& top, std::optional<Error>& complaint, Scenario& scenario) {
  const FilePlace place{scenario.file, complaint};
  read_head(top, scenario);
  std::vector<std::string> designs;
  if (const toml::table* run = top.table("run")) designs = read_run(place.table(*run, "[run]"), scenario);
  read_designs(top, place, designs, scenario);
  read_agents(top, place, scenario);
  read_faults(top, place, scenario);
  read_expectations(top, place, scenario);
  top.finish();
}

}  // namespace

Result<Scenario> parse_scenario(const std::string& text, const std::filesystem::path& file) {
  if (text.size() > ScenarioLimits::file_bytes)
    return Error{ErrorCode::parse_error, file.string() + ":1: the file has more than 1 MiB; write a shorter one"};
  Scenario scenario;
  scenario.file = file;
  scenario.text = text;
  auto read = agents::read_toml(text, file.string(), example, [&scenario](TomlTable& top, std::optional<Error>& wrong) {
    read_top(top, wrong, scenario);
  });
  if (!read) return read.error();
  return scenario;
}

Result<Scenario> read_scenario(const std::filesystem::path& file) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(file, failed))
    return Error{ErrorCode::not_found, file.string() + ": no such file; `commonbook sim list` lists scenarios"};
  std::ifstream in{file, std::ios::binary};
  // One byte more than a scenario may have is enough to refuse what is longer.
  std::string text(ScenarioLimits::file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) return Error{ErrorCode::not_found, file.string() + ": the file can't be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_scenario(text, file);
}

}  // namespace commonbook::sim
