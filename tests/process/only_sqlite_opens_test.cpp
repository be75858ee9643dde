// Only SQLite opens the database's files in our processes. A classic POSIX lock ends when any descriptor of its file is closed
// in the process, so one open() and close() of ours would drop SQLite's locks without a word. strace shows who opens what:
// each call with its stack. The control is the mutant that does open the file.
#include "child_process.hpp"

#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace commonbook;
using namespace commonbook::testing;

namespace {

constexpr const char* strace = "/usr/bin/strace";

struct OpenCall {
  std::string line;
  std::string opener;  ///< the innermost function outside the C library, with its file
};

struct Trace {
  std::vector<OpenCall> opens;  ///< of the database, its log, its index of the log, its journal
  std::vector<std::string> maps;
  bool has_stacks = false;
};

bool names_one_of_the_files(const std::string& line, const std::string& database) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    for (const char* end : {"\"", ">"})
      if (line.find(database + suffix + end) != std::string::npos) return true;
  return false;
}

/// Lines of `strace -k`: a call, then its stack, innermost first, each frame as " > file(function+offset) [address]". A call
/// that another thread's came between ends with "<unfinished ...>"; the stack then follows where it is resumed.
Trace read_trace(const std::filesystem::path& file, const std::string& database) {
  Trace trace;
  std::map<std::string, std::size_t> unfinished;  // by thread: index in `opens`
  constexpr auto none = static_cast<std::size_t>(-1);
  std::size_t current = none;
  std::ifstream lines{file};
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(" > ", 0) == 0) {
      trace.has_stacks = true;
      if (current == none || !trace.opens[current].opener.empty()) continue;
      if (line.find("/libc.so") == std::string::npos && line.find("/libpthread") == std::string::npos)
        trace.opens[current].opener = line;
      continue;
    }
    const std::string thread = line.substr(0, line.find(' '));
    current = none;
    if (line.find(" resumed>") != std::string::npos) {
      if (const auto found = unfinished.find(thread); found != unfinished.end()) {
        current = found->second;
        unfinished.erase(found);
      }
      continue;
    }
    if (!names_one_of_the_files(line, database)) continue;
    if (line.find(" mmap(") != std::string::npos) {
      trace.maps.push_back(line);
    } else if (line.find("open") != std::string::npos || line.find(" creat(") != std::string::npos) {
      current = trace.opens.size();
      trace.opens.push_back({line, {}});
      if (line.find("<unfinished") != std::string::npos) unfinished[thread] = current;
    }
  }
  return trace;
}

/// Runs a command under strace. @returns  nothing, after a WARN, where that can't be done here.
std::optional<Trace> trace_command(const std::vector<std::string>& command, const std::filesystem::path& database,
                                   const TemporaryFolder& folder) {
  const auto output = folder.path() / "trace";
  std::vector<std::string> arguments{strace, "-f", "-k", "-y", "-e", "trace=open,openat,openat2,creat,mmap", "-o",
                                     output.string()};
  // A stack costs milliseconds, so only calls on these files are looked at.
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    arguments.emplace_back("-P");
    arguments.push_back(database.string() + suffix);
  }
  arguments.insert(arguments.end(), command.begin(), command.end());
  if (::access(strace, X_OK) != 0) {
    WARN("skipped: strace is not installed");
    return std::nullopt;
  }
  const auto outcome = run_command(arguments);
  INFO(outcome.output);
  std::ifstream traced{output};
  if (traced.peek() == std::ifstream::traits_type::eof()) {
    WARN("skipped: strace may not trace here");
    return std::nullopt;
  }
  REQUIRE(outcome.exit_code == 0);
  Trace trace = read_trace(output, database.string());
  if (!trace.has_stacks) {
    WARN("skipped: this strace was built without stack traces");
    return std::nullopt;
  }
  return trace;
}

/// SQLite is the system's library, or compiled in, where all that it opens goes through one C function; C++ names are
/// longer.
bool is_sqlite(const std::string& opener) {
  return opener.find("libsqlite3.so") != std::string::npos || opener.find("(robust_open+") != std::string::npos;
}

std::vector<std::string> not_by_sqlite(const Trace& trace) {
  std::vector<std::string> lines;
  for (const OpenCall& call : trace.opens)
    if (!is_sqlite(call.opener)) lines.push_back(call.line + call.opener);
  return lines;
}

/// Of the files only the index of the log may be mapped.
std::vector<std::string> wrongly_mapped(const Trace& trace) {
  std::vector<std::string> lines;
  for (const std::string& line : trace.maps)
    if (line.find("-shm>") == std::string::npos) lines.push_back(line);
  return lines;
}

std::vector<std::string> this_program(const std::string& cases) {
  return {std::filesystem::read_symlink("/proc/self/exe").string(), cases};
}

}  // namespace

// What is traced: most of what a host can do with a file, in one process.
TEST_CASE("a life of a book in one process", "[.traced]") {
  const char* path = std::getenv("COMMONBOOK_TRACED_FILE");
  REQUIRE(path != nullptr);
  actors::RuntimeOptions options;
  options.path = path;
  options.create = true;
  options.deadline = std::chrono::seconds{60};
  auto runtime = actors::Runtime::start(options);
  REQUIRE(runtime);
  auto session = (*runtime)->open_session("agent");
  REQUIRE(session);
  for (int number = 0; number < 5; ++number) {
    Observation observation;
    observation.triples = {{named("name " + std::to_string(number)), "knows", named("everyone")}};
    REQUIRE(session->observe(observation).get());
  }
  QueryPlan plan;
  plan.names = {"everyone"};
  REQUIRE(session->ask(plan).get());
  {
    const SystemClock clock;
    storage::BookOptions again;
    again.path = path;
    const auto book = storage::Book::open(again, clock, soon());  // looks at a file that is open and locked
    REQUIRE(book);
    REQUIRE(storage::verify(*book, soon())->ok);
    REQUIRE(storage::backup(*book, std::string{path} + ".copy", soon()));
    CHECK_FALSE(storage::doctor(path, clock).empty());
  }
  REQUIRE((*runtime)->shutdown().clean);
}

TEST_CASE("only SQLite opens the database's files in a process of ours, and maps none but the log's index") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  ::setenv("COMMONBOOK_TRACED_FILE", path.c_str(), 1);
  const auto trace = trace_command(this_program("[.traced]"), path, folder);
  if (!trace) return;
  CHECK(trace->opens.size() > 6);  // several connections, each with a log
  CHECK_FALSE(trace->maps.empty());
  CHECK(not_by_sqlite(*trace) == std::vector<std::string>{});
  CHECK(wrongly_mapped(*trace) == std::vector<std::string>{});
}

TEST_CASE("control: an open() of ours is seen as such") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  ::setenv("COMMONBOOK_TRACED_FILE", path.c_str(), 1);
  const char* before = std::getenv("COMMONBOOK_BREAK");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("COMMONBOOK_BREAK", "mutant.raw_open_close", 1);
  const auto trace = trace_command(this_program("[.traced]"), path, folder);
  ::setenv("COMMONBOOK_BREAK", kept.c_str(), 1);
  if (!trace) return;
  CHECK_FALSE(not_by_sqlite(*trace).empty());
}

TEST_CASE("only SQLite opens the database's files in the command's verbs") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  {
    std::ofstream note{folder.path() / "notes.ics"};
    note << "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
            "DTSTART:20260102T100000Z\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  }
  const std::vector<std::vector<std::string>> verbs{
      {"import", "--db", path.string(), "ics", (folder.path() / "notes.ics").string()},
      {"verify", "--db", path.string()},
      {"doctor", "--db", path.string()},
      {"backup", "--db", path.string(), (folder.path() / "copy.db").string()}};
  std::size_t opens = 0;
  for (std::vector<std::string> verb : verbs) {
    INFO(verb.front());
    verb.insert(verb.begin(), COMMONBOOK_COMMAND);
    const auto trace = trace_command(verb, path, folder);
    if (!trace) return;
    opens += trace->opens.size();
    CHECK(not_by_sqlite(*trace) == std::vector<std::string>{});
    CHECK(wrongly_mapped(*trace) == std::vector<std::string>{});
  }
  CHECK(opens > 10);
}
