#include "process_figures.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace commonbook::bench {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

ProcessFigures process_figures() {
  ProcessFigures figures;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  figures.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  figures.resident_bytes_max = usage.ru_maxrss * 1024;
  std::ifstream io{"/proc/self/io"};
  std::string name;
  for (std::int64_t value = 0; io >> name >> value;)
    if (name == "wchar:") figures.bytes_written = value;
  std::ifstream memory{"/proc/self/statm"};
  std::int64_t pages = 0;
  std::int64_t resident = 0;
  if (memory >> pages >> resident) figures.resident_bytes = resident * sysconf(_SC_PAGESIZE);
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) figures.memory_bytes_max = std::stoll(line.substr(6)) * 1024;
  figures.wall_seconds = steady_seconds();
  return figures;
}

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

double sync_milliseconds(const std::filesystem::path& folder, int rounds) {
  const std::string file = (folder / "sync-probe").string();
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return 0;
  const std::array<char, 4096> page{};
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    if (::write(descriptor, page.data(), page.size()) < 0) break;
    const double start = steady_seconds();
    ::fdatasync(descriptor);
    times.push_back((steady_seconds() - start) * 1e3);
  }
  ::close(descriptor);
  std::filesystem::remove(file);
  return quantile(times, 0.5);
}

void remove_database(const std::filesystem::path& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-reserve", ".turnstile"})
    std::filesystem::remove(file.native() + suffix);
}

}  // namespace commonbook::bench
