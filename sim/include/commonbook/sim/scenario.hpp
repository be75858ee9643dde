// A scenario file: what runs, over which designs, what goes wrong meanwhile, and what is expected. TOML; the format is
// described key by key in docs/scenarios.md.
#pragma once
#include "commonbook/agents/source.hpp"
#include "commonbook/model/result.hpp"
#include "commonbook/sim/design.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::sim {

enum class AgentKind : std::uint8_t { calendar = 1, email, question, synthetic };
enum class Trigger : std::uint8_t { tick = 1, receipt, answer };
enum class Action : std::uint8_t { observe = 1, ask, wait, fail, hang };

/// One line of an agent's behaviour in a simulation: on `when` do `action`, with the given odds.
struct Rule {
  Trigger when = Trigger::tick;
  Action action = Action::observe;
  std::uint32_t count = 1;                ///< observations or questions in a row
  double probability = 1;                 ///< of the action, drawn from the agent's own generator
  std::chrono::milliseconds wait{0};      ///< of `wait`: until the next tick
};

/// One [[agent]]: `count` agents of one kind.
struct AgentSpec {
  std::string name;
  AgentKind kind = AgentKind::synthetic;
  std::size_t count = 1;
  std::vector<std::filesystem::path> paths;     ///< of calendar, email, question
  agents::SyntheticOptions synthetic;           ///< of synthetic; its seed is derived from the scenario's
  std::uint64_t operations = 1000;              ///< of each agent, in a comparison
  double rate = 0;                              ///< operations a second; 0: as fast as answers come
  double look_ups = 0.3;                        ///< share of operations that only look a name up
  double stores = 0.3;                          ///< share that stores an observation; the rest is find-or-create
  bool one_entity = false;                      ///< all ask for the same entity, at the same moment
  std::chrono::milliseconds tick{60'000};       ///< of simulations, on the virtual clock
  std::vector<Rule> rules;                      ///< of simulations; empty: observe on each tick
};

enum class FaultKind : std::uint8_t {
  kill = 1,       ///< SIGKILL to a process
  pause,          ///< SIGSTOP, and SIGCONT after `lasts`
  hold_writer,    ///< a stranger's BEGIN IMMEDIATE, held for `lasts`
  hold_snapshot,  ///< a stranger's read transaction, held for `lasts`
  slow_sync,      ///< every fsync takes `delay` longer, for `lasts`
  disk_full,      ///< writes that grow the file fail, for `lasts`
  clock_jump,     ///< the wall clock jumps by `delay`
  agent_fails,    ///< deterministic runs: an agent throws once
  agent_hangs,    ///< deterministic runs: an agent answers nothing for `lasts`
  actor_dies,     ///< deterministic runs: a storage actor dies in the middle of a batch
};

/// One [[fault]] of the timeline.
struct Fault {
  FaultKind kind = FaultKind::kill;
  std::chrono::milliseconds at{0};        ///< from the start of the run; deterministic runs: virtual time
  std::chrono::milliseconds at_random_until{0};  ///< when above `at`: drawn from the seed between both
  std::chrono::milliseconds lasts{0};
  std::chrono::milliseconds delay{0};
  std::size_t count = 1;                  ///< processes or agents it hits, drawn from the seed
};

enum class Comparison : std::uint8_t { equal = 1, not_equal, at_least, at_most, above, below };

/// One [[expect]]: a figure of one row (or of all rows that fit) against a number, or against another row's figure.
struct Expectation {
  std::string design;             ///< empty: every design of the run
  std::string mode;               ///< empty: both
  std::string figure;             ///< a name of figure_names(), or "failures"
  Comparison comparison = Comparison::equal;
  double value = 0;
  std::optional<std::string> of_design;  ///< then: figure >= value * (the same figure of this design), and so on
  bool any_mode = false;          ///< holds when one of the fitting rows fulfils it
  std::string because;            ///< the reason, printed when it fails
  int line = 0;                   ///< in the file
};

struct Scenario {
  std::filesystem::path file;
  std::string text;               ///< of the file, for the report
  std::string name;
  std::string shows;              ///< in one sentence
  std::uint64_t seed = 1;
  std::vector<AgentSpec> agents;
  std::vector<DesignChoice> designs;
  bool in_threads = true;
  bool in_processes = false;
  std::size_t processes = 4;      ///< of the "processes" rows; agents are dealt out evenly
  bool namespaces = false;        ///< each process in PID, mount and user namespaces of its own
  std::size_t readers = 0;        ///< extra threads that read all the time and try again, in all
  std::chrono::milliseconds seconds_max{60'000};   ///< the watchdog ends a run that does not move
  std::chrono::milliseconds deadline{10'000};      ///< of each operation
  bool history = true;
  std::vector<Fault> faults;
  std::vector<Expectation> expectations;
  // Simulations and deterministic runs:
  bool deterministic = false;     ///< all actors on one thread, a virtual clock, all randomness from the seed
  std::uint64_t steps = 0;        ///< agent ticks in all; 0: until the agents' work is done
  std::optional<Timestamp> until; ///< on the virtual clock
  Timestamp start{1'767'225'600'000};  ///< of the virtual clock: 2026-01-01T00:00:00Z
  std::uint64_t checkpoint_every = 0;  ///< steps; 0: never
};

/// Reads a scenario file. Paths in it are relative to its own folder.
/// @errors  not_found; parse_error: "file:line: key: what was expected there". @thread any; blocks on the file.
[[nodiscard]] Result<Scenario> read_scenario(const std::filesystem::path& file);
/// The same from text, for tests and for what travels to another process.
[[nodiscard]] Result<Scenario> parse_scenario(const std::string& text, const std::filesystem::path& file);

}  // namespace commonbook::sim
