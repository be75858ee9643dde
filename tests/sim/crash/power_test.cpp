// What the power may take: nothing that was acknowledged as durable, and of the rest only the end.
#include "commonbook/sim/crash.hpp"
#include "crash_support.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

PowerReport fail_power(std::uint64_t images, bool ignore_syncs) {
  const MemoryFolder folder;
  PowerOptions options;
  options.folder = folder.path();
  options.images = images;
  options.seed = crash_seed();
  options.ignore_syncs = ignore_syncs;
  const auto report = run_power_loss(options);
  if (!report) FAIL(to_string(report.error()));
  return *report;
}

}  // namespace

TEST_CASE("power failures lose no durable receipt, leave no hole, and never an unsound file",
          "[crash][mutant.durable_without_sync]") {
  const PowerReport report = fail_power(crash_count("COMMONBOOK_POWER", 300, 10'000), false);
  INFO("seed " << report.seed);
  for (const std::string& finding : report.findings.first) UNSCOPED_INFO(finding);
  CHECK(report.findings.count() == 0);
  CHECK(report.durable_lost == 0);
  CHECK(report.holes == 0);
  CHECK(report.unsound == 0);
  // Else nothing was tried.
  CHECK(report.durable_receipts > 1'000);
  CHECK(report.applied_lost > 0);
  CHECK(report.written_after > report.images / 10);
  WARN("power: " << report.images << " images, " << report.durable_receipts << " durable receipts, 0 lost; "
                 << report.applied_receipts << " applied ones, " << report.applied_lost << " lost; "
                 << report.seconds << " s");
}

TEST_CASE("control: a disk that only says that it has synced loses durable receipts") {
  const PowerReport report = fail_power(40, true);
  CHECK(report.findings.count() > 0);
  CHECK(report.durable_lost > 0);
  CHECK_FALSE(report.ok());
}

TEST_CASE("the same seed makes the same calls and the same disks") {
  const PowerReport once = fail_power(40, false);
  const PowerReport again = fail_power(40, false);
  CHECK(once.operations == again.operations);
  CHECK(once.durable_receipts == again.durable_receipts);
  CHECK(once.applied_lost == again.applied_lost);
}
