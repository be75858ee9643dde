// What the tests of deterministic runs share: scenarios made from text, and a folder in memory for their files.
#pragma once
#include "commonbook/sim/deterministic.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <spdlog/spdlog.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace commonbook::testing {

/// A folder on a memory file system where there is one: a seed costs some forty syncs.
class RunFolder {
 public:
  RunFolder() {
    const std::filesystem::path memory = "/dev/shm";
    if (::access(memory.c_str(), W_OK) != 0) {
      elsewhere_ = std::make_unique<TemporaryFolder>();
      path_ = elsewhere_->path();
      return;
    }
    std::string name = (memory / "commonbook-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  ~RunFolder() {
    std::error_code ignored;
    if (!elsewhere_) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::unique_ptr<TemporaryFolder> elsewhere_;
  std::filesystem::path path_;
};

/// Deaths of actors are the point in some of these tests; the log need not tell of each.
class QuietLog {
 public:
  QuietLog() : before_(spdlog::get_level()) { spdlog::set_level(spdlog::level::off); }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;
  ~QuietLog() { spdlog::set_level(before_); }

 private:
  spdlog::level::level_enum before_;
};

inline sim::Scenario scenario_of(const std::string& text) {
  auto scenario = sim::parse_scenario(text, source_folder() / "configs" / "scenarios" / "test.toml");
  INFO((scenario ? std::string{} : to_string(scenario.error())));
  REQUIRE(scenario);
  return std::move(*scenario);
}

/// Four agents that store some fifty observations in all, tick together, and race for the same few names.
inline std::string small_office(const std::string& more = {}) {
  return R"(
name = "small-office"
shows = "Four agents write and ask at the same moments."
[run]
deterministic = true
steps = 64
[[agent]]
name = "writer"
kind = "synthetic"
count = 4
names = 40
triples_max = 4
tick = "1 s"
[[agent.rule]]
on = "tick"
do = "observe"
probability = 0.8
[[agent.rule]]
on = "tick"
do = "ask"
probability = 0.2
)" + more;
}

inline sim::DeterministicResult run_or_fail(const sim::Scenario& scenario, std::uint64_t seed,
                                            const sim::DeterministicOptions& options) {
  auto result = sim::run_deterministic(scenario, seed, options);
  INFO((result ? std::string{} : to_string(result.error())));
  REQUIRE(result);
  return std::move(*result);
}

inline sim::DeterministicOptions in_folder(const std::filesystem::path& folder) {
  sim::DeterministicOptions options;
  options.folder = folder;
  return options;
}

/// One number out of a file that nobody else has open.
inline std::int64_t number_in(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const std::int64_t number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return number;
}

/// Observations of a session that stand before an earlier one in the file: none may (P7).
inline constexpr const char* order_breaks =
    "SELECT count(*) FROM (SELECT id, lag(id) OVER (PARTITION BY session ORDER BY sequence) AS before "
    "FROM observation) WHERE id < before";

}  // namespace commonbook::testing
