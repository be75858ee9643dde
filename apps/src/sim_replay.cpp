// `sim replay` and `sim resume`: what a deterministic run left behind is run again, or goes on.
#include "sim.hpp"

#include "commonbook/sim/deterministic.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

void print_step(const char* what, const std::optional<sim::TraceStep>& step) {
  if (!step) {
    std::cout << what << ": nothing, the run had ended\n";
    return;
  }
  std::cout << what << ": step " << step->number << " at " << step->virtual_ms << " ms: " << one_line(step->what, 100)
            << " (choice " << step->choice << " of " << step->choices << ")\n";
}

void print_end(const sim::DeterministicResult& result) {
  print_table({{"steps", std::to_string(result.steps)},
               {"messages", std::to_string(result.messages)},
               {"acknowledged", std::to_string(result.figures.acknowledged)},
               {"failures", std::to_string(sim::failures(result.figures))},
               {"row digest", hex_text(result.figures.row_digest)},
               {"trace", hex_text(result.trace_hash)}});
}

}  // namespace

ExitCode sim_replay(const std::string& trace) {
  auto folder = RunFolder::make({}, true);
  if (!folder) return fail(folder.error());
  auto below = folder->fresh("replay");
  if (!below) return fail(below.error());
  const auto line = std::make_shared<ProgressLine>();
  sim::DeterministicOptions options;
  options.folder = *below;
  options.progress = progress_to(line, "replay");
  const auto report = sim::replay(trace, options);
  line->clear();
  if (!report) return fail(report.error());
  if (report->same) {
    std::cout << "the run is the same as in the trace\n";
    print_end(report->result);
    return ExitCode::ok;
  }
  std::cout << "the run differs from the trace\n";
  print_step("  trace", report->expected);
  print_step("  now  ", report->found);
  return ExitCode::not_held;
}

ExitCode sim_resume(const std::string& checkpoint) {
  auto folder = RunFolder::make({}, true);
  if (!folder) return fail(folder.error());
  auto below = folder->fresh("resume");
  if (!below) return fail(below.error());
  const auto line = std::make_shared<ProgressLine>();
  sim::DeterministicOptions options;
  options.folder = *below;
  options.progress = progress_to(line, "resume");
  const auto result = sim::resume(checkpoint, options);
  line->clear();
  if (!result) return fail(result.error());
  print_end(*result);
  return sim::failures(result->figures) == 0 ? ExitCode::ok : ExitCode::not_held;
}

}  // namespace commonbook::apps
