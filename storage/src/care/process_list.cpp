#include "care/process_list.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace commonbook::storage {

namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& descriptors, FileIdentity identity) {
  std::error_code problem;
  for (fs::directory_iterator at{descriptors, problem}, end; !problem && at != end; at.increment(problem)) {
    struct stat found {};
    if (::stat(at->path().c_str(), &found) == 0 && found.st_dev == identity.device && found.st_ino == identity.inode)
      return true;
  }
  return false;
}

}  // namespace

std::vector<int> processes_that_hold(FileIdentity identity) {
  std::vector<int> found;
  std::error_code problem;
  for (fs::directory_iterator at{"/proc", problem}, end; !problem && at != end; at.increment(problem)) {
    const std::string name = at->path().filename().string();
    int process = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error != std::errc{} || rest != name.data() + name.size() || process == ::getpid()) continue;
    if (holds(at->path() / "fd", identity)) found.push_back(process);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace commonbook::storage
