// Helpers of the explorer's tests: folders in memory, figures to look at.
#pragma once
#include "commonbook/sim/explorer.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

namespace commonbook::sim::testing {

/// On a memory file system where there is one: a schedule writes, and syncs, a small file.
inline std::filesystem::path memory_folder() {
  const std::filesystem::path shared_memory = "/dev/shm";
  return std::filesystem::is_directory(shared_memory) ? shared_memory : std::filesystem::temp_directory_path();
}

/// True in nightly runs, which explore what a push has no time for.
inline bool is_full_run() {
  const char* asked = std::getenv("COMMONBOOK_EXPLORE");
  return asked != nullptr && std::string{asked} == "full";
}

struct Shape {
  std::size_t processes = 1;
  std::size_t threads_each = 1;
};

/// Explores a variant and prints the figures into the test's messages.
inline ExploreResult explored(const std::string& name, Shape shape, ExploreOptions options = {}) {
  options.folder = memory_folder();
  auto variant = make_variant(name, shape.processes, shape.threads_each);
  REQUIRE(variant);
  auto result = explore(**variant, options);
  INFO((result ? std::string{} : to_string(result.error())));
  REQUIRE(result);
  WARN(name << " " << shape.processes << "x" << shape.threads_each << ": " << result->schedules << " schedules, "
            << result->redundant << " redundant, " << result->bad << " bad, depth " << result->depth_max << ", "
            << (result->exhausted ? "exhausted" : "not exhausted") << ", " << result->seconds << " s");
  return std::move(*result);
}

inline std::set<std::string> outcomes_of(const ExploreResult& result) {
  std::set<std::string> names;
  for (const auto& [outcome, count] : result.outcomes) names.insert(outcome);
  return names;
}

}  // namespace commonbook::sim::testing
