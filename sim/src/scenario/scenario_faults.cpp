#include "scenario_parts.hpp"

#include "commonbook/agents/point_in_time.hpp"

#include <algorithm>

namespace commonbook::sim {

namespace {

using namespace std::chrono_literals;

/// What a kind of fault needs, and where it can happen.
struct FaultRule {
  const char* word;
  FaultKind kind;
  bool lasts;          ///< must say how long
  bool delay;          ///< must say how much
  bool hits_several;   ///< takes `count`
  bool deterministic;  ///< in deterministic runs only; the others never there
  bool processes;      ///< hits whole processes
};

constexpr std::array<FaultRule, 10> fault_rules{{
    {"kill", FaultKind::kill, false, false, true, false, true},
    {"pause", FaultKind::pause, true, false, true, false, true},
    {"hold-writer", FaultKind::hold_writer, true, false, false, false, false},
    {"hold-snapshot", FaultKind::hold_snapshot, true, false, false, false, false},
    {"slow-sync", FaultKind::slow_sync, true, true, false, false, false},
    {"disk-full", FaultKind::disk_full, true, false, false, false, false},
    {"clock-jump", FaultKind::clock_jump, false, true, false, true, false},
    {"agent-fails", FaultKind::agent_fails, false, false, true, true, false},
    {"agent-hangs", FaultKind::agent_hangs, true, false, true, true, false},
    {"actor-dies", FaultKind::actor_dies, false, false, true, true, false},
}};

const FaultRule* read_kind(TomlTable& table) {
  std::vector<std::string> words;
  for (const FaultRule& rule : fault_rules) words.emplace_back(rule.word);
  std::string word;
  table.choice("kind", word, words);
  if (!table.has("kind")) table.complain("kind is missing; write kind = \"...\", e.g. kind = \"kill\"");
  const auto found = std::find_if(fault_rules.begin(), fault_rules.end(),
                                  [&word](const FaultRule& rule) { return word == rule.word; });
  return found == fault_rules.end() ? nullptr : &*found;
}

/// `at`, or `between` with two times.
void read_moment(TomlTable& table, Fault& fault) {
  table.duration("at", fault.at, 0ms, ScenarioLimits::longest);
  std::vector<std::string> between;
  table.texts("between", between);
  if (between.empty()) {
    table.require("at", "write at = \"2 s\" or between = [\"1 s\", \"4 s\"]");
    return;
  }
  const auto from = agents::parse_time_span(between.front());
  const auto until = agents::parse_time_span(between.back());
  if (table.has("at")) table.complain("between", "write at or between, not both");
  if (between.size() != 2 || !from || !until || *from < 0ms || *until <= *from || *until > ScenarioLimits::longest)
    return table.complain("between", "write two times, the later one last, e.g. between = [\"1 s\", \"4 s\"]");
  fault.at = *from;
  fault.at_random_until = *until;
}

void check_place(TomlTable& table, const FaultRule& rule, const Scenario& scenario) {
  if (rule.deterministic && !scenario.deterministic)
    table.complain("kind", "only simulations have this fault; write deterministic = true in [run] too");
  if (!rule.deterministic && scenario.deterministic)
    table.complain("kind",
                   "a simulation can't have this fault; write clock-jump, agent-fails, agent-hangs or actor-dies");
  if (rule.processes && !scenario.in_processes)
    table.complain("kind", "this fault hits processes; write mode = \"processes\" or \"both\" in [run]");
}

Fault read_fault(TomlTable table, const Scenario& scenario) {
  Fault fault;
  const FaultRule* rule = read_kind(table);
  if (rule == nullptr) return fault;
  fault.kind = rule->kind;
  check_place(table, *rule, scenario);
  read_moment(table, fault);
  if (rule->lasts) table.duration("lasts", fault.lasts, 1ms, ScenarioLimits::longest);
  if (rule->lasts) table.require("lasts", "write for how long, e.g. lasts = \"3 s\"");
  // A wall clock also jumps back; nothing else takes less than no time.
  const bool jumps = rule->kind == FaultKind::clock_jump;
  const std::chrono::milliseconds longest = ScenarioLimits::longest;
  if (rule->delay) table.duration("delay", fault.delay, jumps ? -longest : 1ms, longest);
  if (rule->delay) table.require("delay", "write by how much, e.g. delay = \"50 ms\"");
  if (rule->hits_several) table.integer("count", fault.count, 1, ScenarioLimits::threads);
  if (rule->processes && fault.count > scenario.processes)
    table.complain("count", "write at most the number of processes, " + std::to_string(scenario.processes));
  table.finish();
  return fault;
}

}  // namespace

void read_faults(TomlTable& top, const FilePlace& place, Scenario& scenario) {
  const auto entries = top.tables("fault");
  if (entries.size() > ScenarioLimits::tables) return top.complain("fault", "write at most 1000 faults");
  for (const toml::table* entry : entries)
    scenario.faults.push_back(read_fault(place.table(*entry, "[[fault]]"), scenario));
}

}  // namespace commonbook::sim
