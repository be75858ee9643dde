#include "file_watcher.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <sys/inotify.h>
#include <unistd.h>

namespace commonbook::agents {
namespace {

namespace fs = std::filesystem;

constexpr int depth_max = 64;
constexpr std::uint32_t watched_events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR | IN_EXCL_UNLINK;

Error failed(const fs::path& path, int code) {
  std::string what = "'" + path.string() + "' can't be watched: " + std::generic_category().message(code);
  if (code == ENOSPC) what += "; raise fs.inotify.max_user_watches";
  return {ErrorCode::io, std::move(what), 0, {}};
}

bool is_mail_tmp(const fs::path& folder) {
  std::error_code error;
  return folder.filename() == "tmp" && (fs::is_directory(folder.parent_path() / "cur", error) ||
                                        fs::is_directory(folder.parent_path() / "new", error));
}

/// Hidden files are lock files and the like; hidden folders may be Maildirs.
bool is_passed_over(const fs::path& path, bool folder) {
  const std::string name = path.filename().string();
  if (!folder) return name.starts_with('.');
  std::error_code error;
  return is_mail_tmp(path) ||
         (name.starts_with('.') && !fs::is_directory(path / "cur", error) && !fs::is_directory(path / "new", error));
}

}  // namespace

Result<std::unique_ptr<FileWatcher>> FileWatcher::start(const std::vector<fs::path>& roots) {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) return failed("inotify", errno);
  std::unique_ptr<FileWatcher> watcher{new FileWatcher(descriptor)};
  for (const fs::path& root : roots)
    if (auto watched = watcher->watch_root(root); !watched) return watched.error();
  return watcher;
}

FileWatcher::~FileWatcher() { ::close(descriptor_); }

Result<void> FileWatcher::watch_root(const fs::path& root) {
  std::error_code error;
  if (fs::is_directory(root, error)) {
    folders_.push_back(root);
    return watch_folder(root, 0, nullptr);
  }
  if (!fs::exists(root, error))
    return Error{ErrorCode::not_found, "there is no file or folder " + root.string() + ": check the path", 0, {}};
  // Programs replace a file by moving a new one over it: its folder tells, the file itself would not.
  const fs::path folder = root.has_parent_path() ? root.parent_path() : fs::path{"."};
  files_.insert(folder / root.filename());
  return add_watch(folder);
}

Result<void> FileWatcher::add_watch(const fs::path& folder) {
  const int number = ::inotify_add_watch(descriptor_, folder.c_str(), watched_events);
  if (number < 0) return errno == ENOENT || errno == ENOTDIR ? Result<void>{} : Result<void>{failed(folder, errno)};
  watched_[number] = folder;
  return {};
}

/// First the watch, then the look: what comes in between is seen twice, never missed.
Result<void> FileWatcher::watch_folder(const fs::path& folder, int depth, std::set<fs::path>* files) {
  if (depth > depth_max) return {};
  if (auto watched = add_watch(folder); !watched) return watched;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code status_error;
    const fs::file_type type = it->symlink_status(status_error).type();
    if (type == fs::file_type::directory && !is_passed_over(it->path(), true)) {
      if (auto below = watch_folder(it->path(), depth + 1, files); !below) return below;
    } else if (type == fs::file_type::regular && files != nullptr && is_wanted(it->path())) {
      files->insert(it->path());
    }
  }
  return {};
}

bool FileWatcher::is_wanted(const fs::path& file) const {
  if (files_.count(file) > 0) return true;
  if (is_passed_over(file, false) || is_mail_tmp(file.parent_path())) return false;
  return std::any_of(folders_.begin(), folders_.end(), [&](const fs::path& folder) {
    const auto [end, at] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
    return end == folder.end() || (std::next(end) == folder.end() && end->empty());  // "folder/" ends in an empty name
  });
}

Result<void> FileWatcher::rescan(std::set<fs::path>& changed) {
  changed.insert(files_.begin(), files_.end());
  for (const fs::path& folder : folders_)
    if (auto watched = watch_folder(folder, 0, &changed); !watched) return watched;
  return {};
}

Result<void> FileWatcher::take_changes(std::set<fs::path>& changed) {
  alignas(inotify_event) std::array<char, 64 * 1024> buffer{};
  for (;;) {
    const ssize_t bytes = ::read(descriptor_, buffer.data(), buffer.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return errno == EAGAIN ? Result<void>{} : Result<void>{failed("inotify", errno)};
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(bytes);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const std::string name = event.len > 0 ? std::string{buffer.data() + at + sizeof event} : std::string{};
      at += sizeof event + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        if (auto all = rescan(changed); !all) return all;
        continue;
      }
      const auto folder = watched_.find(event.wd);
      if (folder == watched_.end()) continue;
      if ((event.mask & IN_IGNORED) != 0) {
        watched_.erase(folder);
        continue;
      }
      if (name.empty()) continue;
      const fs::path path = folder->second / name;
      if ((event.mask & IN_ISDIR) != 0) {
        if (!is_passed_over(path, true) && !folders_.empty() && is_wanted(path / "x"))
          if (auto below = watch_folder(path, 0, &changed); !below) return below;
      } else if ((event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0 && is_wanted(path)) {
        changed.insert(path);
      }
    }
  }
}

}  // namespace commonbook::agents
