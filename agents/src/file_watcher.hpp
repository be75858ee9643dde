// What changes below some paths, told by the kernel (inotify): files that were written to their end or moved there.
#pragma once
#include "commonbook/model/result.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace commonbook::agents {

/// Watches files and whole folders, and folders that are made in them later. Symbolic links, hidden names and the `tmp`
/// of Maildirs are passed over. Thread: one.
class FileWatcher {
 public:
  /// @errors  not_found: a root does not exist. io: the kernel has no watch left (fs.inotify.max_user_watches).
  static Result<std::unique_ptr<FileWatcher>> start(const std::vector<std::filesystem::path>& roots);
  FileWatcher(const FileWatcher&) = delete;
  FileWatcher& operator=(const FileWatcher&) = delete;
  ~FileWatcher();

  /// Adds the files that changed since the last call. Never blocks. Where the kernel lost events, all files of the
  /// roots are added. @errors  io: events can't be read, or a new folder can't be watched.
  Result<void> take_changes(std::set<std::filesystem::path>& changed);

 private:
  explicit FileWatcher(int descriptor) : descriptor_(descriptor) {}
  Result<void> watch_root(const std::filesystem::path& root);
  Result<void> watch_folder(const std::filesystem::path& folder, int depth, std::set<std::filesystem::path>* files);
  Result<void> add_watch(const std::filesystem::path& folder);
  Result<void> rescan(std::set<std::filesystem::path>& changed);
  [[nodiscard]] bool is_wanted(const std::filesystem::path& file) const;

  int descriptor_;
  std::vector<std::filesystem::path> folders_;    // roots that are folders
  std::set<std::filesystem::path> files_;         // roots that are files
  std::map<int, std::filesystem::path> watched_;  // by the kernel's number
};

}  // namespace commonbook::agents
