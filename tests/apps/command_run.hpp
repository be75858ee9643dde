// Runs the command as a person would: arguments in, exit status and both outputs back.
#pragma once
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace commonbook::testing {

struct CommandResult {
  int exit_code = -1;  ///< -1: ended by a signal
  std::string output;
  std::string errors;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out{path, std::ios::binary};
  out << text;
  REQUIRE(out.good());
}

/// A command at work; its outputs go to files in a folder of its own.
class RunningCommand {
 public:
  explicit RunningCommand(const std::vector<std::string>& arguments, bool with_input = false) {
    std::vector<std::string> all = {COMMONBOOK_COMMAND};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& argument : all) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const auto& [descriptor, path] : {std::pair{STDOUT_FILENO, output_path()}, {STDERR_FILENO, errors_path()}})
      posix_spawn_file_actions_addopen(&actions, descriptor, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int input[2] = {-1, -1};
    if (with_input) {
      REQUIRE(::pipe2(input, O_CLOEXEC) == 0);
      posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    }
    const int spawned = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (with_input) ::close(input[0]);
    input_ = input[1];
    REQUIRE(spawned == 0);
  }
  ~RunningCommand() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    if (input_ >= 0) ::close(input_);
  }
  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;

  /// A line for its standard input; only where it was started with one.
  void write_line(const std::string& line) const {
    const std::string bytes = line + '\n';
    REQUIRE(::write(input_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  /// What it printed so far.
  [[nodiscard]] std::string output() const { return read_file(output_path()); }
  [[nodiscard]] std::string errors() const { return read_file(errors_path()); }
  void signal(int number) const { ::kill(pid_, number); }
  [[nodiscard]] bool is_running() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
  }
  CommandResult finish() {
    int status = 0;
    REQUIRE(::waitpid(std::exchange(pid_, -1), &status, 0) > 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(output_path()), read_file(errors_path())};
  }

 private:
  [[nodiscard]] std::filesystem::path output_path() const { return folder_.path() / "output"; }
  [[nodiscard]] std::filesystem::path errors_path() const { return folder_.path() / "errors"; }
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int input_ = -1;
};

inline CommandResult run_commonbook(const std::vector<std::string>& arguments) {
  RunningCommand command{arguments};
  return command.finish();
}

/// A calendar with one event.
inline const char* const one_event = R"(BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//tests//EN
BEGIN:VEVENT
UID:harvest@orchard.example
DTSTAMP:20260101T080000Z
DTSTART:20260907T090000Z
DTEND:20260907T110000Z
SUMMARY:Apple harvest
LOCATION:North orchard
ORGANIZER;CN=Ada Pippin:mailto:ada@orchard.example
END:VEVENT
END:VCALENDAR
)";

/// A file with one event in it.
inline std::filesystem::path make_database(const TemporaryFolder& folder) {
  write_file(folder.path() / "one.ics", one_event);
  const auto path = folder.path() / "memory.db";
  const auto imported = run_commonbook({"import", "ics", (folder.path() / "one.ics").string(), "--db", path.string()});
  INFO(imported.errors);
  REQUIRE(imported.exit_code == 0);
  return path;
}

}  // namespace commonbook::testing
