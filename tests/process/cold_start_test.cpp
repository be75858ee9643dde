// Fifty processes open a file that does not exist yet. All get in, whoever makes it, and whoever dies while making it.
#include "cold_start.hpp"
#include "crash_support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::sim::crash;
using namespace commonbook::testing;

namespace {

ColdStartReport cold_start(std::uint32_t processes, std::uint64_t seed, const std::string& kill_step) {
  const MemoryFolder folder;
  ColdStart start;
  start.database = folder.path() / "memory.db";
  start.worker = {COMMONBOOK_CRASH_WORKER};
  start.processes = processes;
  start.seed = seed;
  start.kill_step = kill_step;
  const auto report = run_cold_start(start);
  if (!report) FAIL(to_string(report.error()));
  for (const std::string& finding : report->findings.first) UNSCOPED_INFO(finding);
  return *report;
}

}  // namespace

TEST_CASE("fifty processes make and open one missing file, all of them at once", "[crash]") {
  const std::uint64_t rounds = crash_count("COMMONBOOK_COLD_ROUNDS", 2, 100);
  double longest = 0;
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    INFO("round " << round);
    const ColdStartReport report = cold_start(50, round, "");
    CHECK(report.findings.count() == 0);
    REQUIRE(report.stored == 50);
    longest = std::max(longest, report.seconds);
  }
  WARN("cold start: 50 processes, " << rounds << " rounds, 0 failures; longest " << longest << " s");
}

TEST_CASE("whoever dies while it makes the file holds nobody up and leaves no half of it", "[crash]") {
  for (const char* step : {"schema.between_reads", "transaction.before_begin", "transaction.begun", "schema.before_step",
                           "schema.before_commit", "transaction.before_commit", "transaction.committed",
                           "schema.after_commit"}) {
    INFO("killed at " << step);
    const ColdStartReport report = cold_start(12, 1, step);
    CHECK(report.findings.count() == 0);
    CHECK(report.killed == 1);
    CHECK(report.stored == 11);
  }
}
