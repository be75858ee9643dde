#include "checkpoint.hpp"

#include "runs.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <thread>
#include <vector>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;
namespace fs = std::filesystem;

namespace {

std::string with_checkpoints() {
  std::string text = small_office(R"(
[[agent.rule]]
on = "tick"
do = "fail"
probability = 0.05
[[fault]]
kind = "agent-hangs"
between = ["2 s", "20 s"]
lasts = "3 s"
[[fault]]
kind = "actor-dies"
between = ["5 s", "40 s"]
[[fault]]
kind = "clock-jump"
between = ["1 s", "20 s"]
delay = "10 min"
)");
  text.replace(text.find("steps = 64"), 10, "steps = 200\ncheckpoint_every = 30");
  return text;
}

std::vector<fs::path> checkpoints_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator{folder})
    if (entry.path().filename().string().starts_with("step-")) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

void check_same_end(const DeterministicResult& resumed, const DeterministicResult& whole) {
  CHECK(resumed.figures.row_digest == whole.figures.row_digest);
  CHECK(resumed.trace_hash == whole.trace_hash);
  CHECK(resumed.steps == whole.steps);
  CHECK(resumed.messages == whole.messages);
  CHECK(resumed.figures.acknowledged == whole.figures.acknowledged);
  CHECK(resumed.figures.acknowledge_buckets == whole.figures.acknowledge_buckets);
  CHECK(resumed.figures.entities == whole.figures.entities);
  CHECK(resumed.figures.lost_acknowledged == 0);
  CHECK(resumed.figures.verify == "ok");
}

/// The newest complete checkpoint in a folder, or none.
std::optional<fs::path> newest(const fs::path& folder) {
  if (!fs::exists(folder)) return std::nullopt;
  const auto found = checkpoints_in(folder);
  return found.empty() ? std::nullopt : std::optional{found.back()};
}

}  // namespace

TEST_CASE("from every checkpoint a run goes on to the end of the uninterrupted one", "[deterministic]") {
  const QuietLog quiet;
  const RunFolder folder;
  const Scenario scenario = scenario_of(with_checkpoints());
  for (const std::uint64_t seed : seeds_to_run(3)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    auto options = in_folder(folder.path() / "whole");
    options.checkpoints = folder.path() / ("checkpoints-" + std::to_string(seed));
    const auto whole = run_or_fail(scenario, seed, options);
    CHECK(whole.figures.acknowledged == whole.figures.asked);
    const auto checkpoints = checkpoints_in(*options.checkpoints);
    REQUIRE(checkpoints.size() == 6);
    for (const fs::path& checkpoint : checkpoints) {
      INFO(checkpoint.filename());
      const auto resumed = resume(checkpoint, in_folder(folder.path() / "resumed"));
      INFO((resumed ? std::string{} : to_string(resumed.error())));
      REQUIRE(resumed);
      check_same_end(*resumed, whole);
    }
  }
}

TEST_CASE("a run that ends without a word at any step goes on from its newest checkpoint", "[deterministic]") {
  const QuietLog quiet;
  const RunFolder folder;
  const Scenario scenario = scenario_of(with_checkpoints());
  const auto whole = run_or_fail(scenario, 11, in_folder(folder.path() / "whole"));  // drains at the same points
  for (const std::uint64_t stop : {31U, 77U, 150U}) {
    INFO("stopped after " << stop << " steps");
    auto options = in_folder(folder.path() / "stopped");
    options.checkpoints = folder.path() / ("checkpoints-" + std::to_string(stop));
    options.stop_after_steps = stop;
    run_or_fail(scenario, 11, options);
    const auto checkpoint = newest(*options.checkpoints);
    REQUIRE(checkpoint);
    const auto resumed = resume(*checkpoint, in_folder(folder.path() / "resumed"));
    REQUIRE(resumed);
    check_same_end(*resumed, whole);
  }
}

TEST_CASE("a killed process leaves complete checkpoints or none", "[deterministic]") {
  const QuietLog quiet;
  const RunFolder folder;
  const Scenario scenario = scenario_of(with_checkpoints());
  const auto whole = run_or_fail(scenario, 4, in_folder(folder.path() / "whole"));
  const auto checkpoints = folder.path() / "checkpoints";
  // Killed while it works on, once for each checkpoint that it has got further.
  for (std::size_t wanted = 1; wanted <= 3; ++wanted) {
    const pid_t child = ::fork();  // no thread of CAF's exists in this process: every runtime above had none
    REQUIRE(child >= 0);
    if (child == 0) {
      auto options = in_folder(folder.path() / "child");
      options.checkpoints = checkpoints;
      const auto result = run_deterministic(scenario, 4, options);
      ::_exit(result ? 0 : 1);
    }
    for (;;) {
      const auto found = fs::exists(checkpoints) ? checkpoints_in(checkpoints).size() : 0;
      int status = 0;
      if (found >= wanted || ::waitpid(child, &status, WNOHANG) == child) break;
      std::this_thread::yield();
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    const auto checkpoint = newest(checkpoints);
    REQUIRE(checkpoint);
    const auto resumed = resume(*checkpoint, in_folder(folder.path() / "resumed"));
    INFO((resumed ? std::string{} : to_string(resumed.error())));
    REQUIRE(resumed);
    check_same_end(*resumed, whole);
    fs::remove_all(checkpoints);
  }
}

TEST_CASE("what is no complete checkpoint is refused", "[deterministic]") {
  const RunFolder folder;
  const auto place = folder.path() / "step-1";
  const auto refused = [&] { return resume(place, in_folder(folder.path() / "resumed")); };
  CHECK(refused().error().code == ErrorCode::io);
  fs::create_directory(place);
  CHECK(refused().error().code == ErrorCode::io);
  std::ofstream{place / "state.json"} << "{";
  CHECK(refused().error().code == ErrorCode::parse_error);
  std::ofstream{place / "state.json"} << R"({"version": 99})";
  CHECK(refused().error().code == ErrorCode::parse_error);
}
