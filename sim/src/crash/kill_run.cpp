#include "book_record.hpp"
#include "kill_plan.hpp"

#include "commonbook/sim/crash.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace commonbook::sim {

namespace {

using namespace crash;

constexpr std::uint32_t rounds_of_a_file = 6;

Error file_error(const std::filesystem::path& path, const std::error_code& failed) {
  return {.code = ErrorCode::io, .message = path.string() + ": " + failed.message(), .sqlite_code = 0,
          .retry_after = {}};
}

/// One file through its rounds.
struct FileLife {
  std::filesystem::path folder;
  std::uint64_t seed = 0;
  std::uint32_t rounds = 0;
  BookRecord record;

  FileLife(std::filesystem::path folder_in, std::uint64_t seed_in)
      : folder(std::move(folder_in)), seed(seed_in), record(seed_in) {}
  FileLife(const FileLife&) = delete;
  FileLife& operator=(const FileLife&) = delete;
  ~FileLife() {
    std::error_code ignored;  // the run's folder goes away later anyway
    std::filesystem::remove_all(folder, ignored);
  }
  [[nodiscard]] std::filesystem::path database() const { return folder / "memory.db"; }
};

class KillRun {
 public:
  explicit KillRun(const KillOptions& options) : options_(options), random_(options.seed) { report_.seed = options.seed; }

  Result<KillReport> run() {
    const auto start = std::chrono::steady_clock::now();
    if (auto worker = find_worker(); !worker) return worker.error();
    for (const std::uint32_t processes : options_.processes)
      if (auto done = run_with(processes); !done) return done.error();
    for (const auto& [step, kills] : report_.steps)
      if (kills == 0) report_.steps_missed.push_back(step);
    if (!freed_ms_.empty()) {
      std::sort(freed_ms_.begin(), freed_ms_.end());
      report_.freed_ms_median = freed_ms_[freed_ms_.size() / 2];
      report_.freed_ms_max = freed_ms_.back();
    }
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report_;
  }

 private:
  Result<void> find_worker() {
    worker_ = options_.worker;
    if (!worker_.empty()) return {};
    std::error_code failed;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
    if (failed) return file_error("/proc/self/exe", failed);
    worker_ = {program.string(), "sim", "crash-worker"};
    return {};
  }

  Result<void> run_with(std::uint32_t processes) {
    KillPlan plan{actors::derived_seed(options_.seed, processes), processes};
    std::uint64_t kills = 0;
    // A step that is not reached in its round costs a round without its kill; there is an end to that.
    for (std::uint64_t round = 0; kills < options_.kills && round < 2 * options_.kills + 100; ++round) {
      const auto killed = run_one(plan);
      if (!killed) return killed.error();
      kills += *killed ? 1 : 0;
      if (options_.progress)
        options_.progress(std::to_string(processes) + (processes == 1 ? " process" : " processes"),
                          static_cast<double>(kills) / static_cast<double>(options_.kills));
    }
    file_.reset();
    for (const auto& [step, count] : plan.steps()) report_.steps[step] += count;
    return {};
  }

  Result<void> fresh_file() {
    const std::uint64_t number = ++report_.files;
    auto folder = options_.folder / ("file-" + std::to_string(number));
    file_.reset();
    std::error_code failed;
    std::filesystem::create_directory(folder, failed);
    if (failed) return file_error(folder, failed);
    file_ = std::make_unique<FileLife>(std::move(folder), actors::derived_seed(options_.seed, number));
    return {};
  }

  /// @returns  whether the planned kill happened.
  Result<bool> run_one(KillPlan& plan) {
    bool new_file = false;
    RoundPlan round = plan.next(new_file);
    if (new_file || !file_ || file_->rounds >= rounds_of_a_file)
      if (auto made = fresh_file(); !made) return made.error();
    round.seed = file_->seed;
    round.round = ++file_->rounds;
    round.broken = options_.broken;
    auto board = SharedBoard::create();
    if (!board) return board.error();
    const auto result = run_round(round, worker_, file_->database(), *board);
    if (!result) return result.error();
    plan.learn(**board, round, result->killed);
    note(round, *result);
    const auto [asked, acknowledged] = file_->record.absorb(**board, round.processes);
    report_.asked += asked;
    report_.acknowledged += acknowledged;
    if (auto checked = check(round); !checked) return checked.error();
    return result->killed;
  }

  void note(const RoundPlan& round, const RoundResult& result) {
    report_.processes_killed += result.processes_killed;
    if (result.killed) {
      ++report_.kills;
      report_.kills_at_steps += round.step.empty() ? 0 : 1;
      report_.stopped_first += round.stop_first ? 1 : 0;
    }
    if (result.freed_ns >= 0) freed_ms_.push_back(static_cast<double>(result.freed_ns) / 1e6);
    for (const std::string& problem : result.problems) {
      const std::size_t colon = problem.find(": ");
      add_here(round, problem.substr(0, colon), problem.substr(colon + 2));
    }
  }

  void add_here(const RoundPlan& round, const std::string& kind, const std::string& detail) {
    std::string where = "seed " + std::to_string(options_.seed) + ", file " + std::to_string(report_.files) + ", round " +
                        std::to_string(round.round) + " of " + std::to_string(round.processes) + " processes, killed ";
    where += round.step.empty() ? "after " + std::to_string(round.receipts) + " receipts and " +
                                     std::to_string(round.delay_us) + " us" : "at " + round.step;
    report_.findings.add(kind, where + ": " + detail);
  }

  // Half of the time the file itself is opened, which ends its log; else a copy, so that the next processes find the log
  // and recover it.
  Result<void> check(const RoundPlan& round) {
    const bool is_copy = random_.chance(0.5);
    std::filesystem::path database = file_->database();
    const std::filesystem::path folder = file_->folder / "copy";
    if (is_copy) {
      auto copied = copy_files(folder);
      if (!copied) return copied;
      database = folder / "memory.db";
    }
    CrashFindings found;
    const CheckCount count = file_->record.check(database, is_copy, found);
    std::error_code ignored;  // the file's folder goes away later anyway
    std::filesystem::remove_all(folder, ignored);
    ++report_.reopens;
    report_.open += count.open;
    report_.open_found += count.open_found;
    report_.replays += count.replays;
    for (const std::string& finding : found.first) {
      const std::size_t colon = finding.find(": ");
      add_here(round, finding.substr(0, colon), finding.substr(colon + 2));
    }
    // What was not said in words counts all the same.
    for (const auto& counted : found.count_of) {
      const std::string& kind = counted.first;
      const auto told = static_cast<std::uint64_t>(std::count_if(
          found.first.begin(), found.first.end(), [&](const std::string& each) { return each.starts_with(kind + ": "); }));
      report_.findings.count_of[kind] += counted.second - told;
    }
    return {};
  }

  // All processes of the round are dead, so nobody holds a lock on them.
  Result<void> copy_files(const std::filesystem::path& folder) const {
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);
    if (!failed) std::filesystem::create_directory(folder, failed);
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
      const std::filesystem::path from = file_->database().string() + suffix;
      if (!failed && std::filesystem::exists(from))
        std::filesystem::copy_file(from, folder / (std::string{"memory.db"} + suffix), failed);
    }
    return failed ? Result<void>{file_error(folder, failed)} : Result<void>{};
  }

  const KillOptions& options_;
  actors::SeededRandom random_;
  std::vector<std::string> worker_;
  KillReport report_;
  std::unique_ptr<FileLife> file_;
  std::vector<double> freed_ms_;
};

}  // namespace

Result<KillReport> run_kills(const KillOptions& options) {
  const bool in_range = !options.processes.empty() && options.kills > 0 &&
                        std::all_of(options.processes.begin(), options.processes.end(),
                                    [](std::uint32_t count) { return count >= 1 && count <= 16; });
  if (!in_range) return Error{ErrorCode::invalid_argument, "kills: 1 or more, by 1 to 16 processes", 0, {}};
  return KillRun{options}.run();
}

}  // namespace commonbook::sim
