// What a scenario file says ends up in the Scenario, and the shipped ones are all readable.
#include "commonbook/sim/scenario.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace commonbook;
using namespace commonbook::sim;
using namespace std::chrono_literals;

namespace {

Scenario parsed(const std::string& text) {
  auto scenario = parse_scenario(text, "folder/test.toml");
  if (!scenario) FAIL(to_string(scenario.error()));
  return *scenario;
}

}  // namespace

TEST_CASE("a comparison says what runs, over which designs, and what is expected") {
  const Scenario scenario = parsed(R"(
name = "two designs"
shows = "Both keys and values."
[run]
seed = 9
mode = "both"
processes = 2
namespaces = true
readers = 3
deadline = "2.5 s"
time_limit = "1 min"
history = false
designs = ["default", "commonbook"]
[store]
storage_actors = 1
reader_actors = 3
acknowledgement = "durable"
similarity = "off"
[[design]]
name = "mine"
journal = "wal"
busy_timeout_ms = 30000
connection = "shared"
lock = "per-file"
uniqueness = "normalised-key"
fallback = true
transactions = "immediate"
stores = "per-agent"
[[design]]
preset = "article"
name = "unlocked"
lock = "none"
[[agent]]
count = 4
operations = 50
rate = 2
look_ups = 0.5
stores = 0.25
one_entity = true
names = 7
skew = 0
variants = 1
[[agent]]
kind = "email"
name = "mail"
paths = ["mail", "/var/mail"]
[[fault]]
kind = "kill"
between = ["1 s", "4 s"]
count = 2
[[fault]]
kind = "slow-sync"
at = "500 ms"
lasts = "2 s"
delay = "50 ms"
[[expect]]
figure = "unreadable_p99_us"
is = ">= 10 x mine"
design = "default"
because = "readers are locked out"
[[expect]]
figure = "acknowledge_p99_us"
is = "< 50 ms"
mode = "threads"
because = "it is fast"
[[expect]]
figure = "wal_bytes_max"
is = "<= 64 MiB"
any_mode = true
because = "the log stays small"
)");
  CHECK(scenario.name == "two designs");
  CHECK(scenario.shows == "Both keys and values.");
  CHECK(scenario.seed == 9);
  CHECK((scenario.in_threads && scenario.in_processes && scenario.namespaces && !scenario.history));
  CHECK(scenario.processes == 2);
  CHECK(scenario.readers == 3);
  CHECK(scenario.deadline == 2500ms);
  CHECK(scenario.seconds_max == 60s);

  REQUIRE(scenario.designs.size() == 4);
  CHECK(scenario.designs[0].name == "default");
  CHECK(scenario.designs[1].is_ours);
  CHECK(scenario.designs[1].storage_actors == 1);
  CHECK(scenario.designs[1].reader_actors == 3);
  CHECK(scenario.designs[1].ack_class == AckClass::durable);
  CHECK(scenario.designs[1].similarity == "off");
  const DesignAxes& mine = scenario.designs[2].axes;
  CHECK((mine.journal == Journal::wal && mine.connection == Sharing::shared && mine.lock == Locking::per_file));
  CHECK((mine.uniqueness == Uniqueness::normalised_key && mine.fallback && mine.store_per_agent));
  CHECK((mine.transactions == Transactions::immediate && mine.busy_timeout_ms == 30'000));
  DesignAxes article = preset("article")->axes;
  CHECK(scenario.designs[3].name == "unlocked");
  CHECK(scenario.designs[3].axes.lock == Locking::none);
  CHECK(scenario.designs[3].axes.uniqueness == article.uniqueness);

  REQUIRE(scenario.agents.size() == 2);
  const AgentSpec& synthetic = scenario.agents[0];
  CHECK((synthetic.name == "synthetic" && synthetic.count == 4 && synthetic.operations == 50 && synthetic.one_entity));
  CHECK((synthetic.rate == 2 && synthetic.look_ups == 0.5 && synthetic.stores == 0.25));
  CHECK((synthetic.synthetic.names == 7 && synthetic.synthetic.skew == 0 && synthetic.synthetic.variants == 1));
  CHECK(scenario.agents[1].kind == AgentKind::email);
  CHECK(scenario.agents[1].paths == std::vector<std::filesystem::path>{"folder/mail", "/var/mail"});

  REQUIRE(scenario.faults.size() == 2);
  CHECK((scenario.faults[0].kind == FaultKind::kill && scenario.faults[0].count == 2));
  CHECK((scenario.faults[0].at == 1s && scenario.faults[0].at_random_until == 4s));
  CHECK((scenario.faults[1].at == 500ms && scenario.faults[1].lasts == 2s && scenario.faults[1].delay == 50ms));

  REQUIRE(scenario.expectations.size() == 3);
  const Expectation& ratio = scenario.expectations[0];
  CHECK((ratio.comparison == Comparison::at_least && ratio.value == 10 && ratio.of_design == "mine"));
  CHECK((ratio.design == "default" && ratio.because == "readers are locked out" && ratio.line > 0));
  CHECK((scenario.expectations[1].value == 50'000 && scenario.expectations[1].mode == "threads"));
  CHECK(scenario.expectations[2].value == 64.0 * 1024 * 1024);
  CHECK(scenario.expectations[2].any_mode);
}

TEST_CASE("a simulation has rules, virtual time and checkpoints") {
  const Scenario scenario = parsed(R"(
name = "office"
shows = "Rules."
[run]
deterministic = true
steps = 100
start = 2026-02-01
until = 2026-03-01T12:00:00Z
checkpoint_every = 10
[[agent]]
tick = "5 min"
[[agent.rule]]
do = "observe"
count = 3
[[agent.rule]]
on = "receipt"
do = "ask"
probability = 0.5
[[agent.rule]]
on = "answer"
do = "wait"
wait = "2 h"
[[fault]]
kind = "clock-jump"
at = "1 h"
delay = "-1 d"
[[fault]]
kind = "agent-hangs"
at = "2 h"
lasts = "1 h"
)");
  CHECK((scenario.deterministic && scenario.steps == 100 && scenario.checkpoint_every == 10));
  CHECK(scenario.start == Timestamp{1'769'904'000'000});
  CHECK(scenario.until == Timestamp{1'772'366'400'000});
  REQUIRE(scenario.designs.size() == 1);
  CHECK(scenario.designs[0].is_ours);
  const auto& rules = scenario.agents.at(0).rules;
  CHECK(scenario.agents[0].tick == 5min);
  REQUIRE(rules.size() == 3);
  CHECK((rules[0].when == Trigger::tick && rules[0].action == Action::observe && rules[0].count == 3));
  CHECK((rules[1].when == Trigger::receipt && rules[1].action == Action::ask && rules[1].probability == 0.5));
  CHECK((rules[2].when == Trigger::answer && rules[2].action == Action::wait && rules[2].wait == 2h));
  CHECK(scenario.faults.at(0).delay == -24h);
}

TEST_CASE("every shipped scenario can be read, is named after its file, and gives its reasons") {
  const auto folder = commonbook::testing::source_folder() / "configs/scenarios";
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".toml") continue;
    const auto scenario = read_scenario(entry.path());
    if (!scenario) FAIL(to_string(scenario.error()));
    INFO(entry.path());
    CHECK(scenario->name == entry.path().stem().string());
    CHECK_FALSE(scenario->expectations.empty());
    CHECK(parse_scenario(scenario->text, scenario->file).has_value());
    for (const AgentSpec& agent : scenario->agents)
      for (const auto& path : agent.paths) CHECK(std::filesystem::exists(path));
    names.insert(scenario->name);
  }
  for (const char* name : {"article", "same-entity", "desk", "cold-start-50", "containers-50", "long-reader",
                           "writer-killed", "disk-full", "hot-entity", "load", "office-quarter"})
    CHECK(names.count(name) == 1);
}

TEST_CASE("a file that is not there, a folder and a file that is too long are refused") {
  const commonbook::testing::TemporaryFolder folder;
  CHECK(read_scenario(folder.path() / "missing.toml").error().code == ErrorCode::not_found);
  CHECK(read_scenario(folder.path()).error().code == ErrorCode::not_found);
  std::ofstream{folder.path() / "long.toml"} << std::string((1 << 20) + 1, '#');
  CHECK(read_scenario(folder.path() / "long.toml").error().code == ErrorCode::parse_error);
}
