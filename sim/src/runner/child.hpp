// A started process: killed and waited for at the latest when its owner goes.
#pragma once
#include "commonbook/model/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace commonbook::sim::runner {

/// How a process ended.
struct Ended {
  int exit_status = 0;
  int signal = 0;  ///< 0: it ended by itself
};

class Child {
 public:
  /// Starts `arguments[0]`. @param descriptor  is the board's there. @param log  takes what it prints.
  /// @errors  io.
  static Result<Child> start(const std::vector<std::string>& arguments, int descriptor,
                             const std::filesystem::path& log);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] bool running() const noexcept { return pid_ > 0; }
  /// Looks once. @returns  how it ended, at the one call that finds it ended.
  std::optional<Ended> reap() noexcept;
  void send(int signal) const noexcept;

 private:
  explicit Child(pid_t pid) noexcept : pid_(pid) {}
  pid_t pid_;  // 0: ended, or handed on
};

}  // namespace commonbook::sim::runner
