// `sim explore`: all variants or one, over all schedules that the strategy allows, in one table.
#include "sim.hpp"

#include <cstdio>
#include <iostream>

namespace commonbook::apps {

namespace {

struct Shape {
  std::size_t processes = 2;
  std::size_t threads = 1;
};

/// A row of the table. @returns false: it is not as the variant's description says.
bool print_result(const sim::VariantInfo& info, const Shape& shape, const sim::ExploreResult& result) {
  const bool as_known = info.expect_failure == (result.bad > 0);
  const char* verdict = !as_known ? (info.expect_failure ? "MISSED" : "BAD") : info.expect_failure ? "found" : "ok";
  const std::string processes = std::to_string(shape.processes) + "x" + std::to_string(shape.threads);
  std::printf("%-34s %5s %10llu %9s %8llu %8llu %8.1f  %s\n", one_line(info.name, 34).c_str(), processes.c_str(),
              static_cast<unsigned long long>(result.schedules), result.exhausted ? "all" : "a part",
              static_cast<unsigned long long>(result.bad), static_cast<unsigned long long>(result.deadlocks),
              result.seconds, verdict);
  std::fflush(stdout);
  return as_known;
}

void print_first_bad(const sim::ExploreResult& result) {
  if (result.first_bad_reason.empty()) return;
  std::cout << "  " << one_line(result.first_bad_reason, 400) << "\n  choices:";
  for (const std::uint32_t choice : result.first_bad) std::cout << ' ' << choice;
  std::cout << '\n';
}

Result<sim::ExploreResult> explore_one(const sim::VariantInfo& info, const Shape& shape, sim::ExploreOptions options) {
  auto variant = sim::make_variant(info.name, shape.processes, shape.threads);
  if (!variant) return variant.error();
  const auto line = std::make_shared<ProgressLine>();
  options.progress = [line, &info](std::uint64_t schedules) {
    line->show(info.name + ": " + std::to_string(schedules) + " schedules");
  };
  return sim::explore(**variant, options);
}

/// The smallest shape shows what there is to see, but for failures between two threads of one process.
Result<bool> explore_variant(const sim::VariantInfo& info, const SimExploreOptions& options) {
  const bool chosen = options.processes > 0 || options.threads > 0;
  Shape shape;
  if (options.processes > 0) shape.processes = options.processes;
  if (options.threads > 0) shape.threads = options.threads;
  auto result = explore_one(info, shape, options.explore);
  if (result && !chosen && info.expect_failure && result->bad == 0) {
    shape = {1, 2};
    result = explore_one(info, shape, options.explore);
  }
  if (!result) return result.error();
  const bool as_known = print_result(info, shape, *result);
  if (!as_known || !options.variant.empty()) print_first_bad(*result);
  if (!options.variant.empty()) {
    std::vector<std::pair<std::string, std::string>> points;
    for (const auto& [point, count] : result->points) points.emplace_back(point, std::to_string(count));
    std::cout << "yield points reached:\n";
    print_table(points);
  }
  return as_known;
}

}  // namespace

ExitCode sim_explore(const SimExploreOptions& options) {
  SimExploreOptions chosen = options;
  if (options.strategy == "bounded") chosen.explore.strategy = sim::Strategy::bounded_preemptions;
  if (options.strategy == "pct") chosen.explore.strategy = sim::Strategy::pct;
  chosen.explore.seconds_max = options.seconds;
  chosen.explore.reduce = options.reduce;
  auto folder = RunFolder::make({}, true);
  if (!folder) return fail(folder.error());
  auto below = folder->fresh("explore");
  if (!below) return fail(below.error());
  chosen.explore.folder = *below;
  if (!options.variant.empty())
    if (auto known = sim::make_variant(options.variant, 2, 1); !known && known.error().code == ErrorCode::not_found)
      return fail(known.error());
  std::printf("%-34s %5s %10s %9s %8s %8s %8s\n", "variant", "shape", "schedules", "explored", "bad", "deadlock",
              "seconds");
  ExitCode code = ExitCode::ok;
  for (const sim::VariantInfo& info : sim::variants()) {
    if (!options.variant.empty() && options.variant != info.name) continue;
    const auto as_known = explore_variant(info, chosen);
    if (!as_known) return fail(as_known.error());
    if (!*as_known) code = ExitCode::not_held;
  }
  return code;
}

}  // namespace commonbook::apps
