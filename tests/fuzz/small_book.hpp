// A book of a few events and messages, for targets that need one to ask or to damage.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::fuzz {

/// A folder in memory where there is one, removed at the end of the scope.
class MemoryFolder {
 public:
  MemoryFolder();
  ~MemoryFolder();
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// Makes the book at `path` and closes it; ends the process where that fails.
void make_small_book(const std::filesystem::path& path);

}  // namespace commonbook::fuzz
