// A process of a measurement: this program again, with other arguments. Its standard input is a starting gun, its
// standard output one line when it is ready and then what it has measured.
#pragma once
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include <sys/types.h>

namespace commonbook::bench {

class ChildProcess {
 public:
  /// Starts this program. @param arguments  without its name. @throws std::runtime_error where that fails.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  ///< kills what still runs

  /// Waits for a line of its output. @throws std::runtime_error where it ends without one. Thread: any; blocks.
  void wait_until_ready();
  /// Lets it begin.
  void start() noexcept;
  /// Starts it if nobody did, reads the rest of its output, and waits for its end.
  /// @throws std::runtime_error where it failed or printed no JSON. Thread: any; blocks.
  [[nodiscard]] nlohmann::json finish();
  /// Kills it as kill -9 does, and waits for its end.
  void kill();

 private:
  int wait();

  pid_t pid_ = -1;
  int gun_ = -1;
  int output_ = -1;
};

/// The child's side: says that it is ready and waits until it may begin. Thread: any; blocks.
void ready_and_wait();

}  // namespace commonbook::bench
