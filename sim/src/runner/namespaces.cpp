#include "namespaces.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace commonbook::sim::runner {

namespace {

bool write_map(const char* file, const std::string& text) {
  std::ofstream out{file};
  out << text;
  out.close();
  return static_cast<bool>(out);
}

/// The user keeps its number inside, so that files still belong to whom they belonged.
bool map_ids(uid_t user, gid_t group) {
  const auto same = [](unsigned id) { return std::to_string(id) + " " + std::to_string(id) + " 1"; };
  return write_map("/proc/self/setgroups", "deny") && write_map("/proc/self/uid_map", same(user)) &&
         write_map("/proc/self/gid_map", same(group));
}

/// @returns  0, or errno.
int mount_folder(const std::filesystem::path& folder, const std::filesystem::path& at) {
  std::error_code problem;
  std::filesystem::create_directory(at, problem);
  if (problem) return problem.value();
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return errno;
  return ::mount(folder.c_str(), at.c_str(), nullptr, MS_BIND, nullptr) == 0 ? 0 : errno;
}

/// Waits for the process inside and ends as it ended, so that the starter sees one child.
int end_like(pid_t inside) {
  int status = 0;
  while (::waitpid(inside, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  std::signal(WTERMSIG(status), SIG_DFL);
  ::raise(WTERMSIG(status));
  return 128 + WTERMSIG(status);
}

}  // namespace

void end_with_starter() noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

Entered enter_namespaces(const std::filesystem::path& folder, std::size_t number, ProcessPart& process) {
  const uid_t user = ::getuid();
  const gid_t group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) != 0) {
    process.namespace_error = errno;
    return {std::nullopt, folder};
  }
  if (!map_ids(user, group)) process.namespace_error = EPERM;
  // A PID namespace begins with the next child: the only fork() here, by a process of one thread that has no file of
  // the database open.
  const pid_t inside = ::fork();
  if (inside < 0) {
    process.namespace_error = errno;
    return {std::nullopt, folder};
  }
  if (inside > 0) {
    process.pid = inside;
    return {end_like(inside), folder};
  }
  end_with_starter();
  const std::filesystem::path mounted = folder / ("box-" + std::to_string(number));
  const int refused = mount_folder(folder, mounted);
  if (refused == 0) return {std::nullopt, mounted};
  process.namespace_error = refused;
  return {std::nullopt, folder};
}

}  // namespace commonbook::sim::runner
