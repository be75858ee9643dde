// Killed processes lose nothing that was acknowledged, wherever they die.
#include "commonbook/sim/crash.hpp"
#include "crash_support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

KillOptions options_for(const std::filesystem::path& folder, std::uint64_t kills, std::vector<std::uint32_t> processes) {
  KillOptions options;
  options.folder = folder;
  options.worker = {COMMONBOOK_CRASH_WORKER};
  options.kills = kills;
  options.processes = std::move(processes);
  options.seed = crash_seed();
  return options;
}

KillReport kill(const KillOptions& options) {
  const auto report = run_kills(options);
  if (!report) FAIL(to_string(report.error()));
  return *report;
}

/// Names given to yield_point() in the sources of a folder.
std::set<std::string> named_steps(const std::filesystem::path& folder) {
  std::set<std::string> names;
  const std::string call = "yield_point(\"";
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
    std::ifstream file{entry.path()};
    for (std::string line; std::getline(file, line);) {
      const std::size_t at = line.find(call);
      if (at == std::string::npos) continue;
      const std::size_t from = at + call.size();
      names.insert(line.substr(from, line.find('"', from) - from));
    }
  }
  return names;
}

/// Steps that agents at work never come to: only an observation that asks for novelty does, or an operator's verb.
bool is_elsewhere(const std::string& step) {
  if (step == "store.before_novelty") return true;
  for (const char* verb : {"copy.", "forget.", "import.", "migrate.", "repair.", "vacuum.", "identity."})
    if (step.rfind(verb, 0) == 0) return true;
  return false;
}

}  // namespace

TEST_CASE("processes killed at every named step and at random moments lose nothing", "[crash]") {
  const MemoryFolder folder;
  const std::uint64_t kills = crash_count("COMMONBOOK_KILLS", 100, 1'000);
  const KillReport report = kill(options_for(folder.path(), kills, {1, 4}));
  INFO("seed " << report.seed);
  for (const std::string& finding : report.findings.first) UNSCOPED_INFO(finding);
  CHECK(report.findings.count() == 0);
  CHECK(report.steps_missed == std::vector<std::string>{});
  CHECK(report.kills == 2 * kills);
  // Else nothing was tried.
  CHECK(report.acknowledged > 10 * kills);
  CHECK(report.open > report.kills);
  CHECK(report.stopped_first > 0);
  CHECK(report.replays > 0);
  WARN("kills: " << report.kills << ", " << report.steps.size() << " named steps, " << report.acknowledged
                 << " acknowledged, 0 lost; others freed after " << report.freed_ms_median << " ms (median); "
                 << report.seconds << " s");
  for (const char* below : {"storage/src", "actors/src"})
    for (const std::string& step : named_steps(source_folder() / below)) {
      INFO("step " << step);
      if (!is_elsewhere(step)) CHECK(report.steps.count(step) == 1);
    }
}

TEST_CASE("control: receipts that are given before COMMIT are missed after a kill") {
  const MemoryFolder folder;
  KillOptions options = options_for(folder.path(), 4, {1});
  options.broken = "P1";
  const KillReport report = kill(options);
  CHECK(report.findings.count_of.count("missing") == 1);
  CHECK_FALSE(report.ok());
}
