// What the engine's tests share: files made by child processes, connections with their defaults, bytes of a file.
#pragma once
#include "commonbook/testing/support.hpp"
#include "engine/connection.hpp"
#include "engine/file_guard.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace commonbook::testing {

inline const SystemClock& steady() {
  static const SystemClock clock;
  return clock;
}

inline storage::GuardedFile make_file(const std::filesystem::path& path) {
  auto file = storage::guard_file({.path = path, .create = true, .unknown_file_system_ok = true});
  if (!file) FAIL(to_string(file.error()));
  return *file;
}

inline storage::Connection connect(const std::filesystem::path& path, storage::Role role = storage::Role::writer) {
  auto connection = storage::Connection::open(
      {.path = path, .role = role, .cache_kib = 1024, .clock = &steady(), .on_busy_wait = {}}, soon());
  if (!connection) FAIL(to_string(connection.error()));
  return std::move(*connection);
}

inline void run(storage::Connection& connection, const char* sql) {
  const auto done = connection.execute(sql);
  if (!done) FAIL(to_string(done.error()));
}

inline std::int64_t number(storage::Connection& connection, const char* sql) {
  const auto found = connection.query_int(sql);
  if (!found) FAIL(to_string(found.error()));
  return *found;
}

/// Runs `work` in a child and returns its exit status. A child that calls _exit itself closes no connection, as a
/// killed process does not.
template <class Work>
int in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// All bytes of a file that no connection of this process has open; "missing" where there is none.
inline std::string bytes_of(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return "missing";
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace commonbook::testing
