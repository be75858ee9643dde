// The seed search: each thread runs whole schedules of its own, each on a copy of one empty book.
#include "commonbook/sim/deterministic.hpp"
#include "commonbook/sim/report.hpp"
#include "commonbook/storage/book.hpp"
#include "file_audit.hpp"
#include "memory_log.hpp"
#include "simulation.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <malloc.h>

namespace commonbook::sim {

namespace fs = std::filesystem;

namespace {

struct SeedResult {
  std::uint64_t row_digest = 0;
  std::vector<std::string> failures;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Error failed(const std::string& doing, const std::error_code& problem) {
  return {ErrorCode::io, doing + ": " + problem.message(), 0, {}};
}

/// SQLite counts its memory under one mutex of the whole process, at which the threads of a search would stand in line
/// at every allocation: a third of the time with two of them. Once SQLite has begun to work it can't be changed; then
/// the search is slower and nothing else.
void stop_counting_memory() { static_cast<void>(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0)); }

/// Each run frees some megabytes that the next one asks for again; to hand them back to the kernel in between costs a
/// tenth of the time, in page faults.
void keep_freed_memory() {
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_TOP_PAD, 16 << 20);
}

/// An empty book, closed, so that a plain copy of it is a book too.
Result<void> make_template(const fs::path& file) {
  std::error_code problem;
  fs::create_directories(file.parent_path(), problem);
  fs::remove(file, problem);
  const SystemClock clock;
  storage::BookOptions options;
  options.path = file;
  options.create = true;
  const auto book = storage::Book::open(options, clock, clock.steady_now() + std::chrono::seconds{30});
  if (!book) return book.error();
  return {};
}

/// FNV-1a over numbers.
void mix(std::uint64_t& hash, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) hash = (hash ^ ((number >> shift) & 0xFFU)) * 0x100000001B3ULL;
}

class Search {
 public:
  Search(const Scenario& scenario, std::uint64_t first, std::uint64_t last, const DeterministicOptions& options)
      : scenario_(&scenario), last_(last), options_(&options), total_(last - first + 1), next_(first) {
    audit_ = std::any_of(scenario.expectations.begin(), scenario.expectations.end(),
                         [](const Expectation& each) { return needs_audit(each.figure); });
  }
  void work(std::size_t thread, const fs::path& empty);
  [[nodiscard]] Result<SeedSearch> result(std::size_t threads) const;

 private:
  [[nodiscard]] std::optional<std::uint64_t> take();
  Result<void> run_one(std::uint64_t seed, const fs::path& empty, const fs::path& file);
  void note(std::uint64_t seed, SeedResult result);

  const Scenario* scenario_;
  std::uint64_t last_;
  const DeterministicOptions* options_;
  std::uint64_t total_;
  bool audit_ = false;
  MemoryLog logs_;  // the books of a search are nobody's but their thread's
  mutable std::mutex mutex_;  // guards all below
  std::uint64_t next_;
  std::uint64_t stop_at_ = std::numeric_limits<std::uint64_t>::max();  // the lowest seed that failed
  std::map<std::uint64_t, SeedResult> results_;
  std::optional<Error> error_;
  double opening_seconds_ = 0;
  double running_seconds_ = 0;
};

std::optional<std::uint64_t> Search::take() {
  const std::lock_guard guard{mutex_};
  if (error_ || next_ > last_ || next_ > stop_at_) return std::nullopt;
  return next_++;
}

void Search::note(std::uint64_t seed, SeedResult result) {
  if (!result.failures.empty()) stop_at_ = std::min(stop_at_, seed);
  results_.emplace(seed, std::move(result));
  if (options_->progress)
    options_->progress("seeds", static_cast<double>(results_.size()) / static_cast<double>(total_));
}

Result<void> Search::run_one(std::uint64_t seed, const fs::path& empty, const fs::path& file) {
  const auto start = std::chrono::steady_clock::now();
  std::error_code problem;
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(file.string() + suffix, problem);
  fs::copy_file(empty, file, fs::copy_options::overwrite_existing, problem);  // both are closed
  if (problem) return failed("copying the empty book", problem);
  auto trace = Trace::begin({}, {}, {});
  if (!trace) return trace.error();
  auto simulation = Simulation::make(*scenario_, seed, {file, {}, 0, audit_, {}, logs_.name()}, *trace);
  if (!simulation) return simulation.error();
  const double prepared = seconds_since(start);
  auto run = (*simulation)->run();
  if (!run) return run.error();
  SeedResult result{run->figures.row_digest, {}};
  for (const Outcome& outcome : judge(*scenario_, {run->figures}))
    if (!outcome.held)
      result.failures.push_back(outcome.expectation.figure + ": " + outcome.found +
                                (outcome.expectation.because.empty() ? "" : "; " + outcome.expectation.because));
  const double opening = prepared + run->opening_seconds;
  const double whole = seconds_since(start);
  const std::lock_guard guard{mutex_};
  opening_seconds_ += opening;
  running_seconds_ += whole - opening;
  note(seed, std::move(result));
  return {};
}

void Search::work(std::size_t thread, const fs::path& empty) {
  const fs::path file = empty.parent_path() / ("search-" + std::to_string(thread) + ".db");
  while (const auto seed = take()) {
    if (auto done = run_one(*seed, empty, file); !done) {
      const std::lock_guard guard{mutex_};
      if (!error_) error_ = done.error();
    }
  }
  std::error_code problem;
  for (const char* suffix : {"", "-wal", "-shm", ".turnstile"}) fs::remove(file.string() + suffix, problem);
}

Result<SeedSearch> Search::result(std::size_t threads) const {
  if (error_) return *error_;
  SeedSearch search;
  search.digest_of_digests = 0xCBF29CE484222325ULL;
  for (const auto& [seed, result] : results_) {
    if (seed > stop_at_) break;
    ++search.seeds;
    mix(search.digest_of_digests, seed);
    mix(search.digest_of_digests, result.row_digest);
    if (!result.failures.empty()) {
      search.failing = seed;
      search.failures = result.failures;
    }
  }
  // Threads work side by side, so what they spent is shared among them.
  search.opening_seconds = opening_seconds_ / static_cast<double>(threads);
  search.running_seconds = running_seconds_ / static_cast<double>(threads);
  return search;
}

}  // namespace

Result<SeedSearch> search_seeds(const Scenario& scenario, std::uint64_t first, std::uint64_t last, std::size_t threads,
                                const DeterministicOptions& options) {
  if (first > last || threads == 0 || options.folder.empty())
    return Error{ErrorCode::invalid_argument, "a search needs a range of seeds, a thread and a folder", 0, {}};
  stop_counting_memory();
  keep_freed_memory();
  const fs::path empty = options.folder / "empty.db";
  if (auto made = make_template(empty); !made) return made.error();
  Search search{scenario, first, last, options};
  {
    std::vector<std::jthread> workers;
    for (std::size_t thread = 0; thread < threads; ++thread)
      workers.emplace_back([&search, &empty, thread] { search.work(thread, empty); });
  }
  std::error_code problem;
  for (const char* suffix : {"", "-wal", "-shm", ".turnstile"}) fs::remove(empty.string() + suffix, problem);
  return search.result(threads);
}

}  // namespace commonbook::sim
