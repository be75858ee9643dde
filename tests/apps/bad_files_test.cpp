// Files that are damaged, foreign, newer, or on a disk that is full or can't be written: a typed error, the documented
// status, and what was there is still there.
#include "command_run.hpp"

#include <sys/mount.h>

using namespace commonbook::testing;

namespace {

/// A mounted file system for a test; not mounted where the test may not mount.
class TestMount {
 public:
  TestMount(const std::filesystem::path& target, const std::string& size) : target_(target) {
    std::filesystem::create_directory(target);
    mounted_ = ::mount("tmpfs", target.c_str(), "tmpfs", 0, ("mode=0700,size=" + size).c_str()) == 0;
  }
  ~TestMount() {
    if (mounted_) ::umount2(target_.c_str(), MNT_DETACH);
  }
  TestMount(const TestMount&) = delete;
  TestMount& operator=(const TestMount&) = delete;
  [[nodiscard]] bool is_mounted() const { return mounted_; }
  [[nodiscard]] bool make_read_only() const {
    return ::mount("", target_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, "mode=0700") == 0;
  }

 private:
  std::filesystem::path target_;
  bool mounted_ = false;
};

/// Bytes at an offset of a file that nobody has open.
void overwrite(const std::filesystem::path& path, std::streamoff at, const std::string& bytes) {
  std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
  file.seekp(at);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(file.good());
}

bool is_error_of_a_bad_file(int exit_code) { return exit_code == 4 || exit_code == 6; }

}  // namespace

TEST_CASE("a file that is no database of ours is refused and left as it is", "[P10]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  std::string garbage(8192, 'x');
  garbage.replace(0, 8, "not ours");
  write_file(path, garbage);
  for (const char* verb : {"stats", "verify"}) {
    const auto result = run_commonbook({verb, "--db", path.string()});
    INFO(verb << ": " << result.errors);
    CHECK(is_error_of_a_bad_file(result.exit_code));
    CHECK(result.errors.find("error") != std::string::npos);
  }
  write_file(folder.path() / "one.ics", one_event);
  const auto import = run_commonbook({"import", "ics", (folder.path() / "one.ics").string(), "--db", path.string()});
  CHECK(is_error_of_a_bad_file(import.exit_code));
  CHECK(read_file(path) == garbage);
}

TEST_CASE("a database of a newer schema is refused with status 4 and left as it is", "[P10]") {
  const TemporaryFolder folder;
  const auto path = make_database(folder);
  overwrite(path, 60, std::string{'\x00', '\x01', '\x00', '\x00'});  // user_version, big-endian, in the file header
  const std::string before = read_file(path);
  const auto result = run_commonbook({"stats", "--db", path.string()});
  INFO(result.errors);
  CHECK(result.exit_code == 4);
  CHECK(result.errors.find("newer_schema") != std::string::npos);
  CHECK(read_file(path) == before);
}

TEST_CASE("another program's database is refused with status 4", "[P10]") {
  const TemporaryFolder folder;
  const auto path = make_database(folder);
  overwrite(path, 68, "ABCD");  // application_id
  const auto result = run_commonbook({"stats", "--db", path.string()});
  INFO(result.errors);
  CHECK(result.exit_code == 4);
  CHECK(result.errors.find("foreign_file") != std::string::npos);
}

TEST_CASE("a truncated database is an error, never an answer") {
  const TemporaryFolder folder;
  const auto path = make_database(folder);
  const auto size = std::filesystem::file_size(path);
  for (const std::uintmax_t keep : {size - 4096, size / 2, std::uintmax_t{4096}, std::uintmax_t{1000}}) {
    std::filesystem::resize_file(path, keep);
    const auto result = run_commonbook({"verify", path.string()});
    INFO(keep << " of " << size << " bytes: " << result.output << result.errors);
    CHECK((result.exit_code == 1 || is_error_of_a_bad_file(result.exit_code)));
  }
}

TEST_CASE("a directory that can't be written is refused with status 4") {
  const TemporaryFolder folder;
  const TestMount mount{folder.path() / "disk", "4m"};
  if (!mount.is_mounted() || !mount.make_read_only()) {
    WARN("skipped: mounting needs root");
    return;
  }
  write_file(folder.path() / "one.ics", one_event);
  const auto result = run_commonbook(
      {"import", "ics", (folder.path() / "one.ics").string(), "--db", (folder.path() / "disk/memory.db").string()});
  INFO(result.output << result.errors);
  CHECK(result.exit_code == 4);
  CHECK(result.errors.find("read_only") != std::string::npos);
}

TEST_CASE("on a full disk an import ends with status 6, and the file is sound") {
  const TemporaryFolder folder;
  const TestMount mount{folder.path() / "disk", "2m"};
  if (!mount.is_mounted()) {
    WARN("skipped: mounting needs root");
    return;
  }
  std::string calendar = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//tests//EN\n";
  for (int event = 0; event < 800; ++event)
    calendar += "BEGIN:VEVENT\nUID:" + std::to_string(event) + "@orchard.example\nDTSTAMP:20260101T080000Z\n" +
                "DTSTART:20260907T090000Z\nSUMMARY:Apple harvest " + std::to_string(event) + "\nDESCRIPTION:" +
                std::string(2'000, 'x') + "\nEND:VEVENT\n";
  write_file(folder.path() / "many.ics", calendar + "END:VCALENDAR\n");
  const auto path = folder.path() / "disk/memory.db";
  const auto result = run_commonbook({"import", "ics", (folder.path() / "many.ics").string(), "--db", path.string()});
  INFO(result.output << result.errors);
  CHECK(result.exit_code == 6);
  CHECK(result.errors.find("disk_full") != std::string::npos);
  CHECK(::mount("", (folder.path() / "disk").c_str(), nullptr, MS_REMOUNT, "mode=0700,size=64m") == 0);
  CHECK(run_commonbook({"verify", path.string()}).exit_code == 0);
}

TEST_CASE("on a full disk a run says so, and what it acknowledged is there") {
  const TemporaryFolder folder;
  const TestMount mount{folder.path() / "disk", "3m"};
  if (!mount.is_mounted()) {
    WARN("skipped: mounting needs root");
    return;
  }
  const auto path = folder.path() / "disk/memory.db";
  write_file(folder.path() / "run.toml", R"(
[storage]
deadline_ms = 3000
[[agent]]
kind = "synthetic"
observations = 3000
names = 3000
document_words = 200
ack = "applied"
)");
  const auto result = run_commonbook({"run", (folder.path() / "run.toml").string(), "--db", path.string(), "--json"});
  INFO(result.exit_code << " " << result.errors);
  CHECK(result.exit_code == 6);
  const auto report = nlohmann::json::parse(result.output);
  CHECK(report.at("errors").dump().find("disk_full") != std::string::npos);
  // With room again, the file is sound and holds what was acknowledged.
  CHECK(::mount("", (folder.path() / "disk").c_str(), nullptr, MS_REMOUNT, "mode=0700,size=64m") == 0);
  const auto verified = run_commonbook({"verify", path.string()});
  INFO(verified.output << verified.errors);
  CHECK(verified.exit_code == 0);
  const auto stats = run_commonbook({"stats", "--db", path.string(), "--json"});
  REQUIRE(stats.exit_code == 0);
  CHECK(nlohmann::json::parse(stats.output).at("observations") >= report.at("acknowledged").at("count"));
}
