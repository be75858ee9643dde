#include "child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace commonbook::bench {
namespace {

// Bytes of the next read; 0 at the end.
std::size_t read_some(int descriptor, char* into, std::size_t bytes) {
  for (;;) {
    const ssize_t count = ::read(descriptor, into, bytes);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return 0;
  }
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  std::array<int, 2> in{-1, -1};
  std::array<int, 2> out{-1, -1};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe to a process of the measurement");
  gun_ = in[1];
  output_ = out[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::vector<std::string> words{"/proc/self/exe"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  if (::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  if (pid_ < 0) throw std::runtime_error("a process of the measurement can't be started");
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), gun_(std::exchange(other.gun_, -1)), output_(std::exchange(other.output_, -1)) {}

ChildProcess::~ChildProcess() {
  kill();
  if (output_ >= 0) ::close(output_);
}

void ChildProcess::start() noexcept {
  if (gun_ >= 0) ::close(std::exchange(gun_, -1));
}

void ChildProcess::wait_until_ready() {
  for (char byte = 0; byte != '\n';)
    if (read_some(output_, &byte, 1) == 0) throw std::runtime_error("a process of the measurement ended too early");
}

nlohmann::json ChildProcess::finish() {
  start();
  std::string output;
  std::array<char, 65'536> buffer{};
  while (const std::size_t count = read_some(output_, buffer.data(), buffer.size())) output.append(buffer.data(), count);
  if (const int status = wait(); status != 0)
    throw std::runtime_error("a process of the measurement failed (status " + std::to_string(status) + ")");
  return nlohmann::json::parse(output);
}

void ChildProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  wait();
  start();
}

int ChildProcess::wait() {
  if (pid_ <= 0) return 0;
  int status = 0;
  const pid_t pid = std::exchange(pid_, -1);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

void ready_and_wait() {
  std::fputs("ready\n", stdout);
  std::fflush(stdout);
  for (char byte = 0; read_some(STDIN_FILENO, &byte, 1) > 0;) continue;
}

}  // namespace commonbook::bench
