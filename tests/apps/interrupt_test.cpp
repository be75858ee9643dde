// Ctrl-C drains: the run ends soon, says what it did, and what it acknowledged is in the file.
#include "command_run.hpp"

#include <chrono>

using namespace commonbook::testing;

namespace {

/// Waits, bounded, until the file holds an observation; looks through the command itself.
bool has_observations(const RunningCommand& command, const std::string& path) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (command.is_running() && std::chrono::steady_clock::now() < deadline) {
    const auto stats = run_commonbook({"stats", "--db", path, "--json", "--log-level", "off"});
    if (stats.exit_code == 0 && nlohmann::json::parse(stats.output).at("observations") > 0) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("an interrupted run drains, reports, and ends with status 130", "[P5]") {
  const int number = GENERATE(SIGINT, SIGTERM);
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "memory.db").string();
  write_file(folder.path() / "run.toml", R"(
[[agent]]
kind = "synthetic"
observations = 1000000
rate = 200
ack = "applied"
)");
  RunningCommand command{{"run", (folder.path() / "run.toml").string(), "--db", path, "--json"}};
  REQUIRE(has_observations(command, path));
  const auto interrupted = std::chrono::steady_clock::now();
  command.signal(number);
  const auto result = command.finish();
  INFO(result.errors);
  CHECK(result.exit_code == 130);
  CHECK(std::chrono::steady_clock::now() - interrupted < std::chrono::seconds{20});
  const auto report = nlohmann::json::parse(result.output);
  CHECK(report.at("interrupted") == true);
  CHECK(report.at("verify").at("ok") == true);
  const auto stats = run_commonbook({"stats", "--db", path, "--json"});
  REQUIRE(stats.exit_code == 0);
  CHECK(nlohmann::json::parse(stats.output).at("observations") == report.at("acknowledged").at("count"));
}
