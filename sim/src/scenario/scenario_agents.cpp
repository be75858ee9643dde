#include "scenario_parts.hpp"

#include "commonbook/model/yield_point.hpp"

#include <algorithm>

namespace commonbook::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::array<Word<AgentKind>, 4> kinds{{{"calendar", AgentKind::calendar},
                                                {"email", AgentKind::email},
                                                {"question", AgentKind::question},
                                                {"synthetic", AgentKind::synthetic}}};
constexpr std::array<Word<Trigger>, 3> triggers{
    {{"tick", Trigger::tick}, {"receipt", Trigger::receipt}, {"answer", Trigger::answer}}};
constexpr std::array<Word<Action>, 5> actions{{{"observe", Action::observe},
                                               {"ask", Action::ask},
                                               {"wait", Action::wait},
                                               {"fail", Action::fail},
                                               {"hang", Action::hang}}};

Rule read_rule(TomlTable table) {
  Rule rule;
  table.require("do", "write do = \"observe\", \"ask\", \"wait\", \"fail\" or \"hang\"");
  read_word(table, "on", triggers, rule.when);
  read_word(table, "do", actions, rule.action);
  table.integer("count", rule.count, 1, 1'000'000);
  table.real("probability", rule.probability, 0, 1);
  table.duration("wait", rule.wait, 0ms, ScenarioLimits::longest);
  const bool waits = rule.action == Action::wait;
  if (waits) table.require("wait", "write how long, e.g. wait = \"5 min\"");
  if (!waits && table.has("wait")) table.complain("wait", "only do = \"wait\" takes a time");
  table.finish();
  return rule;
}

/// How often an agent does what, in a comparison of designs.
void read_operations(TomlTable& table, AgentSpec& agent) {
  table.integer("operations", agent.operations, 1, ScenarioLimits::operations);
  table.real("rate", agent.rate, 0, 1e6);
  table.real("look_ups", agent.look_ups, 0, 1);
  table.real("stores", agent.stores, 0, 1);
  table.flag("one_entity", agent.one_entity);
  if (agent.look_ups + agent.stores > 1) table.complain("stores", "write shares that add up to 1 at most");
}

void read_paths(TomlTable& table, const FilePlace& place, AgentSpec& agent) {
  table.require("paths", "write paths = [\"...\"]");
  std::vector<std::string> paths;
  table.texts("paths", paths);
  for (const std::string& path : paths) {
    if (path.find('\0') != std::string::npos) table.complain("paths", "write a path without zero bytes");
    agent.paths.push_back(place.file.parent_path() / path);
  }
}

void read_behaviour(TomlTable& table, const FilePlace& place, bool deterministic, AgentSpec& agent) {
  table.duration("tick", agent.tick, 1ms, ScenarioLimits::longest);
  const auto rules = table.tables("rule");
  if (rules.size() > ScenarioLimits::tables) return table.complain("rule", "write at most 1000 rules");
  for (const toml::table* rule : rules) agent.rules.push_back(read_rule(place.table(*rule, "[[agent.rule]]")));
  for (const char* key : {"tick", "rule"})
    if (!deterministic && table.has(key))
      table.complain(key, "only simulations have it; write deterministic = true in [run] too");
}

AgentSpec read_agent(TomlTable table, const FilePlace& place, bool deterministic) {
  constexpr std::size_t name_bytes_max = 100;
  AgentSpec agent;
  read_word(table, "kind", kinds, agent.kind);
  for (const auto& each : kinds)
    if (each.value == agent.kind) agent.name = each.word;
  table.text("name", agent.name);
  if (agent.name.size() > name_bytes_max) table.complain("name", "write at most 100 bytes");
  table.integer("count", agent.count, 1, ScenarioLimits::threads);
  if (agent.kind == AgentKind::synthetic) {
    agents::read_synthetic(table, agent.synthetic);
    if (agent.synthetic.names > ScenarioLimits::names) table.complain("names", "write at most 1000000");
  } else {
    read_paths(table, place, agent);
  }
  read_operations(table, agent);
  read_behaviour(table, place, deterministic, agent);
  table.finish();
  return agent;
}

/// One machine has to carry them all.
void check_totals(TomlTable& top, const Scenario& scenario) {
  std::uint64_t threads = scenario.readers;
  std::uint64_t agents = 0;
  std::uint64_t operations = 0;
  for (const AgentSpec& agent : scenario.agents) {
    threads += agent.count;
    agents += agent.count;
    operations += agent.count * agent.operations;  // at most 1000 tables of 1000 agents of 10^9: no overflow
  }
  if (threads > ScenarioLimits::threads && !fault("planted.thread_limit"))
    top.complain("agent", "write at most 1000 agents and readers together; these are " + std::to_string(threads));
  if (operations > ScenarioLimits::operations)
    top.complain("agent", "write at most 10^9 operations in all; these are " + std::to_string(operations));
  if (scenario.in_processes && scenario.processes > agents)
    top.complain("agent", "write at least one agent for each process; these are " + std::to_string(agents) + " for " +
                              std::to_string(scenario.processes) + " processes");
}

}  // namespace

void read_agents(TomlTable& top, const FilePlace& place, Scenario& scenario) {
  const auto entries = top.tables("agent");
  top.require("agent", "write at least one [[agent]]");
  if (entries.size() > ScenarioLimits::tables) return top.complain("agent", "write at most 1000 agents");
  for (const toml::table* entry : entries) {
    scenario.agents.push_back(read_agent(place.table(*entry, "[[agent]]"), place, scenario.deterministic));
    const std::string& name = scenario.agents.back().name;
    const auto twin = [&name](const AgentSpec& other) { return other.name == name; };
    if (std::any_of(scenario.agents.begin(), scenario.agents.end() - 1, twin))
      place.table(*entry, "[[agent]]")
          .complain("another agent is called \"" + agents::quoted_word(name) + "\"; write another name");
  }
  check_totals(top, scenario);
}

}  // namespace commonbook::sim
