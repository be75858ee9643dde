// The parts of `commonbook sim`: one function a subcommand, and what they share.
#pragma once
#include "console.hpp"
#include "exit_code.hpp"

#include "commonbook/sim/explorer.hpp"
#include "commonbook/sim/scenario.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace commonbook::apps {

/// First and last seed of a search.
using SeedRange = std::pair<std::uint64_t, std::uint64_t>;

struct SimRunOptions {
  std::vector<std::string> files;     ///< paths, or names of shipped scenarios
  std::vector<std::string> designs;   ///< empty: all of the scenario
  std::optional<std::uint64_t> seed;  ///< empty: the scenario's
  std::string seeds;                  ///< "A..B"
  std::size_t processes = 0;          ///< 0: as the scenario has it
  std::size_t threads = 0;            ///< 0: as the scenario has it
  std::string json;                   ///< output files; empty: none
  std::string junit;
  std::string html;
  std::string keep;  ///< folder in which the databases stay
  std::string trace;
  std::string checkpoints;
};

struct SimExploreOptions {
  std::string variant;  ///< empty: all
  std::string strategy = "depth-first";
  std::size_t processes = 0;  ///< 0: the smallest shape that shows something
  std::size_t threads = 0;
  double seconds = 0;  ///< 0: no limit
  bool reduce = true;
  sim::ExploreOptions explore;
};

struct SimCrashOptions {
  std::uint64_t kills = 1'000;        ///< for each number of processes; 0: none
  std::uint64_t power = 10'000;       ///< images of disks; 0: none
  std::uint32_t processes = 0;        ///< 0: once with one, once with four
  std::optional<std::uint64_t> seed;  ///< empty: another one each time
  std::string json;                   ///< empty: none
};

/// @errors  invalid_argument: not two numbers with two dots between them, the smaller one first.
[[nodiscard]] Result<SeedRange> parse_seeds(const std::string& text);
/// Where scenarios were installed, or else the folder that the program was built from.
[[nodiscard]] std::filesystem::path scenarios_folder();
/// Reads a file, or a shipped scenario by its name.
[[nodiscard]] Result<sim::Scenario> find_scenario(const std::string& file_or_name);
/// The scenario as the command line wants it: fewer designs (and only the expectations that speak of those left), other
/// counts. @errors  invalid_argument: no such design.
[[nodiscard]] Result<sim::Scenario> adjusted(sim::Scenario scenario, const SimRunOptions& options);
/// The command that runs one seed again.
[[nodiscard]] std::string replay_command(const std::string& file, const SimRunOptions& options, std::uint64_t seed);
/// `word` so that a shell takes it for one word.
[[nodiscard]] std::string shell_word(const std::string& word);

/// A folder for the files of runs: `keep`, or one that goes away with this object. Deterministic runs prefer memory.
class RunFolder {
 public:
  [[nodiscard]] static Result<RunFolder> make(const std::string& keep, bool in_memory);
  RunFolder(RunFolder&& other) noexcept : path_(std::move(other.path_)), kept_(std::exchange(other.kept_, true)) {}
  RunFolder& operator=(RunFolder&&) = delete;
  ~RunFolder();
  /// An empty folder below it.
  [[nodiscard]] Result<std::filesystem::path> fresh(const std::string& name) const;
  /// Removes what fresh() made, unless it is to be kept.
  void done(const std::filesystem::path& below) const;

 private:
  RunFolder(std::filesystem::path path, bool kept) : path_(std::move(path)), kept_(kept) {}
  std::filesystem::path path_;
  bool kept_ = false;
};

/// A progress callback that writes to one terminal line from any thread. @param what goes before each text.
[[nodiscard]] std::function<void(std::string_view, double)> progress_to(std::shared_ptr<ProgressLine> line,
                                                                        const std::string& what);

[[nodiscard]] ExitCode sim_run(const SimRunOptions& options);
[[nodiscard]] ExitCode sim_list(const std::string& folder);
[[nodiscard]] ExitCode sim_explore(const SimExploreOptions& options);
[[nodiscard]] ExitCode sim_crash(const SimCrashOptions& options);
[[nodiscard]] ExitCode sim_replay(const std::string& trace);
[[nodiscard]] ExitCode sim_resume(const std::string& checkpoint);

/// `commonbook sim worker ...` and `sim crash-worker ...`, which the simulator starts for itself: nullopt where the command line is another one.
/// Thread: the first, before any other starts, since a process with threads can't enter a user namespace.
[[nodiscard]] std::optional<int> run_sim_worker(int argument_count, char** arguments);

}  // namespace commonbook::apps
