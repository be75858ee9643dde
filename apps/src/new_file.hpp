// A new file of our own making, complete under its name or not there at all.
#pragma once
#include "commonbook/model/result.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace commonbook::apps {

/// Written under a temporary name beside its own, mode 0600. Left without keep(), it goes away.
/// @thread  one.
class NewFile {
 public:
  /// @errors  already_exists: the name is taken; read_only, disk_full, io.
  static Result<NewFile> create(const std::filesystem::path& path);
  NewFile(NewFile&&) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();
  /// @errors  disk_full, io.
  Result<void> write(std::string_view bytes);
  /// Syncs, and gives it its name. @errors already_exists: somebody took the name meanwhile; disk_full, io.
  Result<void> keep();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  NewFile(std::filesystem::path path, std::string partial, std::FILE* file)
      : path_(std::move(path)), partial_(std::move(partial)), file_(file) {}
  std::filesystem::path path_;
  std::string partial_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace commonbook::apps
