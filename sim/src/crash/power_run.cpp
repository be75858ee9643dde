#include "power_image.hpp"

#include "commonbook/sim/crash.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>

namespace commonbook::sim {

namespace {

using namespace crash;

constexpr std::uint64_t images_of_a_workload = 100;
constexpr std::size_t steps_of_a_workload = 120;
constexpr std::size_t calls_that_make_a_file = 80;

const std::array shapes{PowerShape{"mixed", 0.3, false}, PowerShape{"applied only", 0.0, true},
                        PowerShape{"durable only", 1.0, false}};

/// Lost receipts and work, one entry an image, by workload.
struct Losses {
  std::vector<std::uint64_t> receipts;
  std::vector<double> work_ms;
};

template <class Number>
Number median_of(std::vector<Number> values) {
  if (values.empty()) return {};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class PowerRun {
 public:
  explicit PowerRun(const PowerOptions& options) : options_(options) { report_.seed = options.seed; }

  Result<PowerReport> run() {
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t workload = 0; report_.images < options_.images; ++workload)
      if (auto done = run_workload(workload); !done) return done.error();
    for (auto& [shape, losses] : losses_) {
      PowerLoss& loss = report_.applied[shape];
      loss.images = losses.receipts.size();
      loss.images_with_loss = static_cast<std::uint64_t>(
          std::count_if(losses.receipts.begin(), losses.receipts.end(), [](std::uint64_t lost) { return lost > 0; }));
      loss.receipts_max = *std::max_element(losses.receipts.begin(), losses.receipts.end());
      loss.work_ms_max = *std::max_element(losses.work_ms.begin(), losses.work_ms.end());
      loss.receipts_median = median_of(losses.receipts);
      loss.work_ms_median = median_of(losses.work_ms);
    }
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report_;
  }

 private:
  Result<void> run_workload(std::uint64_t number) {
    const PowerShape& shape = shapes[number % shapes.size()];
    const std::uint64_t seed = actors::derived_seed(options_.seed, number);
    const std::filesystem::path folder = options_.folder / ("workload-" + std::to_string(number));
    std::error_code failed;
    std::filesystem::create_directory(folder, failed);
    if (failed) return Error{ErrorCode::io, folder.string() + ": " + failed.message(), 0, {}};
    PowerRecording recording;
    if (auto done = record_workload(folder, shape, seed, steps_of_a_workload, recording); !done) return done;
    std::filesystem::remove_all(folder, failed);
    ++report_.workloads;
    report_.operations += recording.log.operations().size();
    actors::SeededRandom random{actors::derived_seed(seed, 1)};
    DiskReplay replay{recording.log, options_.ignore_syncs};
    for (const std::size_t crash_at : crash_points(recording, random)) {
      replay.advance(crash_at);
      if (auto done = try_image(replay.image(random), recording, shape, seed, crash_at); !done) return done;
    }
    return {};
  }

  // Anywhere; when a call has just returned and its receipts are newest; beside a sync; and while the file is made.
  std::vector<std::size_t> crash_points(const PowerRecording& recording, actors::SeededRandom& random) const {
    const std::vector<DiskOperation>& operations = recording.log.operations();
    std::vector<std::size_t> syncs;
    for (std::size_t at = 0; at < operations.size(); ++at)
      if (operations[at].kind == DiskOperation::Kind::sync) syncs.push_back(at);
    std::vector<std::size_t> points;
    const std::uint64_t count = std::min(images_of_a_workload, options_.images - report_.images);
    for (std::uint64_t image = 0; image < count; ++image) {
      const std::uint64_t choice = random.below(10);
      if (choice < 4) points.push_back(random.below(operations.size() + 1));
      else if (choice < 7) points.push_back(recording.steps[random.below(recording.steps.size())].ended_at);
      else if (choice < 9) points.push_back(syncs[random.below(syncs.size())] + random.below(2));
      else points.push_back(random.below(std::min(calls_that_make_a_file, operations.size())));
    }
    std::sort(points.begin(), points.end());
    return points;
  }

  Result<void> try_image(const DiskImage& image, const PowerRecording& recording, const PowerShape& shape,
                         std::uint64_t seed, std::size_t crash_at) {
    if (options_.progress)
      options_.progress("power failures", static_cast<double>(report_.images) / static_cast<double>(options_.images));
    // What nobody was promised may be missing as a whole; where a durable receipt was given, the file is there.
    const bool promised = judge(recording, crash_at, std::nullopt).lost_durable;
    auto found = recover_image(image, options_.folder / "image", !promised, ++report_.images % 8 == 0);
    if (!found) return found.error();
    const std::string where = "seed " + std::to_string(options_.seed) + ", workload " + std::to_string(seed) + " (" +
                              shape.name + "), after " + std::to_string(crash_at) + " calls: ";
    if (found->written) ++report_.written_after;
    if (!found->unsound.empty()) {
      ++report_.unsound;
      report_.findings.add("unsound", where + found->unsound);
    }
    note(judge(recording, crash_at, found->digest), shape, where);
    return {};
  }

  void note(const Verdict& verdict, const PowerShape& shape, const std::string& where) {
    report_.durable_receipts += verdict.durable_before;
    report_.applied_receipts += verdict.applied_before;
    report_.durable_lost += verdict.durable_lost;
    report_.applied_lost += verdict.applied_lost;
    if (verdict.hole) {
      ++report_.holes;
      report_.findings.add("hole", where + "its state is none that the workload went through");
    }
    if (verdict.lost_durable)
      report_.findings.add("lost", where + std::to_string(verdict.durable_lost) + " durable receipts");
    Losses& losses = losses_[shape.name];
    losses.receipts.push_back(verdict.applied_lost);
    losses.work_ms.push_back(verdict.work_ms);
  }

  const PowerOptions& options_;
  PowerReport report_;
  std::map<std::string, Losses> losses_;
};

}  // namespace

Result<PowerReport> run_power_loss(const PowerOptions& options) {
  if (options.images == 0) return Error{ErrorCode::invalid_argument, "no image is asked for", 0, {}};
  return PowerRun{options}.run();
}

}  // namespace commonbook::sim
