// A child process with its standard output caught and its standard input as a starting gun.
#pragma once
#include <array>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace commonbook::testing {

class ChildProcess {
 public:
  /// Starts `arguments[0]`; its standard input stays open, and so a child that reads it waits, until start() is called.
  explicit ChildProcess(const std::vector<std::string>& arguments) {
    std::array<int, 2> in{-1, -1};
    std::array<int, 2> out{-1, -1};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::vector<char*> argv;
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    if (::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    gun_ = in[1];
    output_ = out[0];
  }
  ChildProcess(ChildProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), gun_(std::exchange(other.gun_, -1)), output_(std::exchange(other.output_, -1)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess() {
    start();
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      (void)finish();
    }
    if (output_ >= 0) ::close(output_);
  }

  void start() {
    if (gun_ >= 0) ::close(std::exchange(gun_, -1));
  }
  void kill(int signal) const { ::kill(pid_, signal); }

  struct Outcome {
    int exit_code = -1;  ///< -1: ended by a signal
    std::string output;
  };
  /// Reads the output to its end and waits for the process.
  Outcome finish() {
    start();
    Outcome outcome;
    std::array<char, 65'536> buffer{};
    for (;;) {
      const ssize_t count = ::read(output_, buffer.data(), buffer.size());
      if (count <= 0) break;
      outcome.output.append(buffer.data(), static_cast<std::size_t>(count));
    }
    int status = 0;
    if (pid_ > 0 && ::waitpid(std::exchange(pid_, -1), &status, 0) > 0 && WIFEXITED(status))
      outcome.exit_code = WEXITSTATUS(status);
    return outcome;
  }

 private:
  pid_t pid_ = -1;
  int gun_ = -1;
  int output_ = -1;
};

/// Runs a command to its end.
inline ChildProcess::Outcome run_command(const std::vector<std::string>& arguments) {
  ChildProcess child{arguments};
  return child.finish();
}

}  // namespace commonbook::testing
