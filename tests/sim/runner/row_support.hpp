// A small scenario, and its rows run with this test's worker program.
#pragma once
#include "commonbook/sim/runner.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace commonbook::testing {

/// `count` synthetic agents of `operations` each over a pool of 40 names in many spellings.
inline sim::Scenario small_scenario(std::size_t count, std::uint64_t operations) {
  sim::AgentSpec agent;
  agent.name = "worker";
  agent.count = count;
  agent.operations = operations;
  agent.synthetic.names = 40;
  agent.synthetic.triples_max = 4;
  sim::Scenario scenario;
  scenario.name = "small";
  scenario.agents = {agent};
  return scenario;
}

/// Everything of a row in one text, for messages of tests that fail.
inline std::string describe(const sim::Figures& figures) {
  std::string text = figures.design + "/" + figures.mode + " seed " + std::to_string(figures.seed);
  for (const std::string& name : sim::figure_names())
    if (const double value = *sim::figure(figures, name); value != 0) text += "\n  " + name + " = " + std::to_string(value);
  for (const auto& [code, count] : figures.failed_by_code)
    text += "\n  code " + std::to_string(code) + ": " + std::to_string(count);
  text += "\n  history: " + figures.history + "\n  verify: " + figures.verify;
  for (const std::string& note : figures.notes) text += "\n  note: " + note;
  return text;
}

inline sim::Figures run(const sim::Scenario& scenario, const sim::DesignChoice& design, const std::string& mode,
                        std::uint64_t seed = 1) {
  const TemporaryFolder folder;
  sim::RunnerOptions options;
  options.folder = folder.path();
  options.worker_program = COMMONBOOK_RUNNER_WORKER;
  const auto figures = sim::run_row(scenario, design, mode, seed, options);
  INFO((figures ? std::string{} : to_string(figures.error())));
  REQUIRE(figures);
  return *figures;
}

}  // namespace commonbook::testing
