#include "engine/foreign_readers.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace commonbook::storage {

namespace {

// Of the wal-index file format: the five read locks are bytes 123 to 127 of the -shm file.
constexpr long first_read_lock = 123;
constexpr long last_read_lock = 127;

}  // namespace

// A line of the list: "5: POSIX  ADVISORY  READ 1234 08:01:131332 124 124".
std::vector<int> processes_reading_log(const std::filesystem::path& database) {
  std::vector<int> processes;
  struct stat found {};
  if (::lstat((database.native() + "-shm").c_str(), &found) != 0) return processes;
  const std::string inode = ":" + std::to_string(found.st_ino);
  std::ifstream locks{"/proc/locks"};
  for (std::string line; std::getline(locks, line);) {
    std::istringstream fields{line};
    std::string number, kind, strength, access, place;
    int process = 0;
    long first = 0;
    if (!(fields >> number >> kind >> strength >> access >> process >> place >> first)) continue;
    if (kind != "POSIX" || access != "READ" || !place.ends_with(inode)) continue;
    if (first < first_read_lock || first > last_read_lock || process <= 0 || process == ::getpid()) continue;
    if (std::find(processes.begin(), processes.end(), process) == processes.end()) processes.push_back(process);
  }
  return processes;
}

void ForeignReaders::note(bool held, Clock::SteadyPoint now) {
  const std::lock_guard guard{mutex_};
  if (!held) since_.reset();
  else if (!since_) since_ = now;
}

std::optional<Clock::SteadyPoint> ForeignReaders::since() const {
  const std::lock_guard guard{mutex_};
  return since_;
}

}  // namespace commonbook::storage
