#include "search.hpp"

#include <chrono>
#include <cstdlib>
#include <system_error>

namespace commonbook::sim {
namespace {

using explorer::RunReport;
using explorer::Search;
using explorer::VirtualThreads;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t threads_max = 64;            // a bit for each in the sleep sets
constexpr std::uint64_t schedules_a_report = 256;  // between two calls of ExploreOptions::progress

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message), 0, {}}; }

// A new folder for one exploration, so that two of them never share a file.
class WorkFolder {
 public:
  static Result<WorkFolder> make(const std::filesystem::path& parent) {
    if (parent.empty()) return invalid("name a folder for the database files");
    std::string name = (parent / "explore-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      return Error{ErrorCode::io, "no folder can be made in " + parent.string(), 0, {}};
    }
    return WorkFolder{name};
  }
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

std::unique_ptr<Search> make_search(const ExploreOptions& options) {
  switch (options.strategy) {
    case Strategy::bounded_preemptions: return std::make_unique<explorer::DepthFirst>(options.preemptions_max, false);
    case Strategy::pct: return std::make_unique<explorer::Pct>(options.seed, options.pct_depth, options.pct_runs);
    case Strategy::depth_first: break;
  }
  return std::make_unique<explorer::DepthFirst>(std::nullopt, options.reduce);
}

void judge(Variant& variant, const RunReport& report, ExploreResult& result) {
  ++result.schedules;
  const std::string reason = report.stuck.empty() ? variant.check() : report.stuck;
  std::string outcome = report.stuck.empty() ? variant.outcome() : std::string{};
  if (!reason.empty()) outcome += outcome.empty() ? reason : ": " + reason;
  ++result.outcomes[outcome];
  if (report.is_deadlock) ++result.deadlocks;
  if (reason.empty()) return;
  if (result.bad++ > 0) return;
  result.first_bad = report.choices;
  result.first_bad_reason = reason;
}

Result<ExploreResult> run_search(Variant& variant, Search& search, const ExploreOptions& options) {
  if (variant.threads() == 0 || variant.threads() > threads_max) return invalid("1 to 64 threads can be explored");
  const auto folder = WorkFolder::make(options.folder);
  if (!folder) return folder.error();
  ExploreResult result;
  const auto start = SteadyClock::now();
  const auto elapsed = [&start] { return std::chrono::duration<double>(SteadyClock::now() - start).count(); };
  VirtualThreads threads{variant, options.reduce};
  bool is_cut = false;
  while (search.next()) {
    const bool is_enough = options.schedules_max > 0 && result.schedules >= options.schedules_max;
    is_cut = is_enough || (options.seconds_max > 0 && elapsed() >= options.seconds_max);
    if (is_cut) break;
    if (auto prepared = variant.prepare(folder->path()); !prepared) return prepared.error();
    const RunReport report = threads.run(search);
    if (!search.broken().empty()) {
      return Error{ErrorCode::internal, "a schedule did not repeat: " + search.broken(), 0, {}};
    }
    result.depth_max = std::max(result.depth_max, report.choices.size());
    if (report.is_redundant && report.stuck.empty()) {
      ++result.redundant;
    } else {
      judge(variant, report, result);
    }
    if (options.progress && (result.schedules + result.redundant) % schedules_a_report == 0) {
      options.progress(result.schedules);
    }
  }
  result.exhausted = !is_cut && options.strategy != Strategy::pct;
  result.points = threads.points();
  result.seconds = elapsed();
  return result;
}

}  // namespace

Result<ExploreResult> explore(Variant& variant, const ExploreOptions& options) {
  return run_search(variant, *make_search(options), options);
}

Result<ExploreResult> replay_schedule(Variant& variant, const std::vector<std::uint32_t>& choices,
                                      const ExploreOptions& options) {
  explorer::GivenChoices given{choices};
  ExploreOptions once = options;
  once.schedules_max = 0;
  once.seconds_max = 0;
  auto result = run_search(variant, given, once);
  if (result) result->exhausted = false;
  return result;
}

}  // namespace commonbook::sim
