#include "care_support.hpp"

#include "commonbook/storage/care.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

const Finding& find(const std::vector<Finding>& findings, std::string_view id) {
  const auto found =
      std::find_if(findings.begin(), findings.end(), [id](const Finding& each) { return each.id == id; });
  if (found == findings.end()) FAIL("doctor says nothing about " << id);
  return *found;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("the doctor finds nothing wrong with a new book, and names what it looked at") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  { const Book book = new_book(path); }
  const std::string before = bytes_of(path);
  const auto findings = doctor(path, steady());
  for (const Finding& each : findings) {
    INFO(each.id << ": " << each.detail);
    CHECK(each.level != Finding::Level::problem);
    CHECK_FALSE(each.detail.empty());
  }
  for (const char* id : {"sqlite_version", "wal_reset_bug", "locks", "settings", "file_system", "file", "permissions",
                         "header", "other_processes"})
    find(findings, id);
  CHECK(find(findings, "permissions").level == Finding::Level::ok);
  CHECK(find(findings, "header").level == Finding::Level::ok);
  CHECK(find(findings, "other_processes").level == Finding::Level::ok);
  CHECK(bytes_of(path) == before);
  CHECK(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 2);  // the book and its lock file
}

TEST_CASE("the doctor reports rights of others, and leaves them as they are") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  { const Book book = new_book(path); }
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  const auto findings = doctor(path, steady());
  CHECK(find(findings, "permissions").level == Finding::Level::warning);
  CHECK(find(findings, "permissions").detail.find("644") != std::string::npos);
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0644U);
}

TEST_CASE("the doctor names another process that has the file open") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  { const Book book = new_book(path); }
  int told[2];
  int ask[2];
  REQUIRE(::pipe(told) == 0);
  REQUIRE(::pipe(ask) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ask[1]);
    const Book book = new_book(path);
    char end = 0;
    if (::write(told[1], "x", 1) != 1 || ::read(ask[0], &end, 1) < 0) ::_exit(1);
    ::_exit(0);
  }
  char heard = 0;
  REQUIRE(::read(told[0], &heard, 1) == 1);
  const auto findings = doctor(path, steady());
  CHECK(find(findings, "other_processes").detail.find(std::to_string(child)) != std::string::npos);
  ::close(ask[0]);
  ::close(ask[1]);  // the child reads the end and goes
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(told[0]);
  ::close(told[1]);
}

TEST_CASE("the doctor calls a stranger's file, a missing one and garbage what they are") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  CHECK(find(doctor(path, steady()), "file").level == Finding::Level::warning);
  CHECK_FALSE(std::filesystem::exists(path));
  std::ofstream{path} << std::string(5000, 'g');
  CHECK(find(doctor(path, steady()), "header").level == Finding::Level::problem);
  std::filesystem::remove(path);
  std::filesystem::create_symlink(folder.path() / "elsewhere", path);
  CHECK(find(doctor(path, steady()), "file").level == Finding::Level::problem);
}
