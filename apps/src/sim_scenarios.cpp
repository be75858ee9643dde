// Which scenario runs, and what the command line changes of it.
#include "sim.hpp"

#include "commonbook/agents/toml_table.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <numeric>

namespace commonbook::apps {

namespace {

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message), 0, {}}; }

std::size_t agents_in(const sim::Scenario& scenario) {
  return std::accumulate(scenario.agents.begin(), scenario.agents.end(), std::size_t{0},
                         [](std::size_t sum, const sim::AgentSpec& agent) { return sum + agent.count; });
}

/// Makes `wanted` agents of them, in about the same shares, at least one of each kind.
void scale_agents(sim::Scenario& scenario, std::size_t wanted) {
  std::size_t agents_left = agents_in(scenario);
  std::size_t wanted_left = wanted;
  for (sim::AgentSpec& agent : scenario.agents) {
    const std::size_t before = agent.count;
    agent.count = std::max<std::size_t>(1, wanted_left * before / agents_left);
    agents_left -= before;
    wanted_left -= std::min(wanted_left, agent.count);
  }
}

Result<void> keep_designs(sim::Scenario& scenario, const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const sim::DesignChoice& design : scenario.designs) known.push_back(design.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string list;
    for (const std::string& each : known) list += (list.empty() ? "" : ", ") + each;
    return invalid("--design: " + scenario.name + " has no design \"" + agents::quoted_word(name) + "\"; it has " +
                   list);
  }
  const auto unwanted = [&names](const std::string& name) {
    return std::find(names.begin(), names.end(), name) == names.end();
  };
  std::erase_if(scenario.designs, [&](const sim::DesignChoice& design) { return unwanted(design.name); });
  std::erase_if(scenario.expectations, [&](const sim::Expectation& expectation) {
    return (!expectation.design.empty() && unwanted(expectation.design)) ||
           (expectation.of_design && unwanted(*expectation.of_design));
  });
  return {};
}

}  // namespace

Result<SeedRange> parse_seeds(const std::string& text) {
  SeedRange range;
  const char* const end = text.data() + text.size();
  const auto [dots, first] = std::from_chars(text.data(), end, range.first);
  const std::string_view rest{dots, static_cast<std::size_t>(end - dots)};
  const auto [last, second] = std::from_chars(std::min(dots + 2, end), end, range.second);
  if (first != std::errc{} || second != std::errc{} || rest.substr(0, 2) != ".." || last != end ||
      range.second < range.first)
    return invalid("--seeds: write the first and the last one, e.g. 1..10000");
  return range;
}

std::filesystem::path scenarios_folder() {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) {
    const auto installed = program.parent_path().parent_path() / "share/commonbook/scenarios";
    if (std::filesystem::is_directory(installed, failed)) return installed;
  }
  return COMMONBOOK_SCENARIOS;
}

Result<sim::Scenario> find_scenario(const std::string& file_or_name) {
  const auto shipped = scenarios_folder() / (file_or_name + ".toml");
  std::error_code failed;
  const bool is_name = file_or_name.find('/') == std::string::npos && !std::filesystem::exists(file_or_name, failed);
  return sim::read_scenario(is_name && std::filesystem::exists(shipped, failed) ? shipped.string() : file_or_name);
}

Result<sim::Scenario> adjusted(sim::Scenario scenario, const SimRunOptions& options) {
  if (!options.designs.empty())
    if (auto kept = keep_designs(scenario, options.designs); !kept) return kept.error();
  if (scenario.deterministic) {
    if (options.processes > 0) return invalid("--processes: " + scenario.name + " is deterministic and has one");
    return scenario;
  }
  if (!options.trace.empty() || !options.checkpoints.empty())
    return invalid("--trace and --checkpoints: " + scenario.name + " is not deterministic");
  if (options.threads > 0) scale_agents(scenario, options.threads);
  if (options.processes > 0) {
    scenario.in_processes = true;
    scenario.processes = options.processes;
  }
  if (scenario.in_processes && scenario.processes > agents_in(scenario)) scale_agents(scenario, scenario.processes);
  return scenario;
}

std::string shell_word(const std::string& word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"-_./,:=+@%"}.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return quoted + "'";
}

std::string replay_command(const std::string& file, const SimRunOptions& options, std::uint64_t seed) {
  std::string command = "commonbook sim run " + shell_word(file) + " --seed " + std::to_string(seed);
  for (const std::string& design : options.designs) command += " --design " + shell_word(design);
  if (options.processes > 0) command += " --processes " + std::to_string(options.processes);
  if (options.threads > 0) command += " --threads " + std::to_string(options.threads);
  return command;
}

ExitCode sim_list(const std::string& folder) {
  const std::filesystem::path place = folder.empty() ? scenarios_folder() : std::filesystem::path{folder};
  std::vector<std::filesystem::path> files;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry{place, failed}, end; !failed && entry != end; entry.increment(failed))
    if (entry->path().extension() == ".toml") files.push_back(entry->path());
  if (failed) return fail(Error{ErrorCode::not_found, place.string() + ": " + failed.message(), 0, {}});
  std::sort(files.begin(), files.end());
  std::vector<std::pair<std::string, std::string>> rows;
  ExitCode code = ExitCode::ok;
  for (const auto& file : files) {
    const auto scenario = sim::read_scenario(file);
    if (scenario)
      rows.emplace_back(one_line(scenario->name, 40), one_line(scenario->shows, 200));
    else
      code = fail(scenario.error());
  }
  std::cout << place.string() << '\n';
  print_table(rows);
  return code;
}

}  // namespace commonbook::apps
