#include "child.hpp"

#include "task.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace commonbook::sim::runner {

namespace {

Ended read_status(int status) {
  if (WIFSIGNALED(status)) return {.exit_status = -1, .signal = WTERMSIG(status)};
  return {.exit_status = WEXITSTATUS(status), .signal = 0};
}

/// What happens to the descriptors of a child before it begins.
class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  posix_spawn_file_actions_t* get() noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

Result<Child> Child::start(const std::vector<std::string>& arguments, int descriptor,
                           const std::filesystem::path& log) {
  FileActions actions;
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(actions.get(), STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(actions.get(), descriptor, board_descriptor);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  if (const int number = ::posix_spawn(&pid, argv.front(), actions.get(), nullptr, argv.data(), environ); number != 0)
    return Error{.code = ErrorCode::io,
                 .message = "starting " + arguments.front() + ": " + std::strerror(number),
                 .sqlite_code = 0,
                 .retry_after = {}};
  return Child{pid};
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

Child::~Child() {
  if (pid_ <= 0) return;
  send(SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<Ended> Child::reap() noexcept {
  if (pid_ <= 0) return std::nullopt;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = 0;
  return read_status(status);
}

void Child::send(int signal) const noexcept {
  if (pid_ > 0) ::kill(pid_, signal);
}

}  // namespace commonbook::sim::runner
