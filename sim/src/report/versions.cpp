#include "chart_library.hpp"

#include "commonbook/sim/report.hpp"

#include <sqlite3.h>

#include <caf/config.hpp>

#include <thread>

#include <sys/utsname.h>

namespace commonbook::sim {

std::vector<std::pair<std::string, std::string>> versions() {
  utsname system{};
  const bool named = ::uname(&system) == 0;
#ifdef __clang__
  const std::string compiler = std::string{"clang "} + __clang_version__;
#else
  const std::string compiler = std::string{"g++ "} + __VERSION__;
#endif
  const int caf = CAF_VERSION;  // major * 10000 + minor * 100 + patch
  return {
      {"commonbook", COMMONBOOK_VERSION},
      {"SQLite", std::string{sqlite3_libversion()} + " (" + sqlite3_sourceid() + ")"},
      {"CAF", std::to_string(caf / 10'000) + "." + std::to_string(caf / 100 % 100) + "." + std::to_string(caf % 100)},
      {"compiler", compiler},
      {"Chart.js", std::string{chart_library_version()}},
      {"system", named ? std::string{system.sysname} + " " + system.release + " " + system.machine : "unknown"},
      {"processors", std::to_string(std::thread::hardware_concurrency())}};
}

}  // namespace commonbook::sim
