// A private folder, mode 0700, for files that are made to be thrown away; removed with all that is in it.
#pragma once
#include "commonbook/model/result.hpp"

#include <filesystem>
#include <memory>

namespace commonbook::storage {

class ScratchFolder {
 public:
  /// @param parent  where to make it.
  /// @errors  read_only, disk_full, io.
  static Result<std::unique_ptr<ScratchFolder>> make(const std::filesystem::path& parent);
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace commonbook::storage
