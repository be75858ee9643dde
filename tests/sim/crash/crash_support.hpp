// How much of the crash runner tests run, and where.
#pragma once
#include "commonbook/testing/support.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <unistd.h>

namespace commonbook::testing {

/// `short_tier`, or `full` where COMMONBOOK_CRASH is "full", or what `variable` says.
inline std::uint64_t crash_count(const char* variable, std::uint64_t short_tier, std::uint64_t full) {
  if (const char* asked = std::getenv(variable)) return std::strtoull(asked, nullptr, 10);
  const char* tier = std::getenv("COMMONBOOK_CRASH");
  return tier != nullptr && std::string_view{tier} == "full" ? full : short_tier;
}

/// The seed of the short tier is fixed, so that a failure is one everywhere; COMMONBOOK_SEED tries another.
inline std::uint64_t crash_seed() { return seeds_to_run(1).front(); }

/// A folder in memory where there is one: what survives a killed process does so without a disk.
class MemoryFolder {
 public:
  MemoryFolder() {
    std::string pattern = (::access("/dev/shm", W_OK) == 0 ? std::filesystem::path{"/dev/shm"}
                                                           : std::filesystem::temp_directory_path()) /
                          "commonbook-crash-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;
  ~MemoryFolder() {
    std::error_code ignored;  // a folder that stays behind in a temporary place is no reason to fail
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace commonbook::testing
