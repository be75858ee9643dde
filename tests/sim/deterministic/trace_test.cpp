#include "run.hpp"
#include "runs.hpp"
#include "trace.hpp"

#include <fstream>
#include <sstream>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a replay of a trace finds it the same", "[deterministic]") {
  const RunFolder folder;
  const Scenario scenario = scenario_of(small_office());
  auto options = in_folder(folder.path());
  options.trace = folder.path() / "first.trace";
  const auto first = run_or_fail(scenario, 7, options);
  options.trace.reset();
  const auto report = replay(folder.path() / "first.trace", options);
  REQUIRE(report);
  CHECK((*report).same);
  CHECK((*report).result.trace_hash == first.trace_hash);
  CHECK((*report).result.figures.row_digest == first.figures.row_digest);
}

TEST_CASE("a trace names each choice, its time, and each commit", "[deterministic]") {
  const RunFolder folder;
  auto options = in_folder(folder.path());
  options.trace = folder.path() / "run.trace";
  const auto result = run_or_fail(scenario_of(small_office()), 3, options);
  auto reader = TraceReader::open(*options.trace);
  REQUIRE(reader);
  CHECK((*reader).head().seed == 3);
  CHECK((*reader).head().scenario_text == small_office());
  std::uint64_t steps = 0;
  std::uint64_t stored = 0;
  std::uint64_t flushes = 0;
  std::uint64_t time = 0;
  for (;;) {
    const auto step = (*reader).next();
    REQUIRE(step);
    if (!*step) break;
    CHECK((**step).number == ++steps);
    CHECK((**step).virtual_ms >= time);
    time = (**step).virtual_ms;
    if ((**step).choices > 0) CHECK((**step).choice < (**step).choices);
    const std::string& what = (**step).what;
    if (what.starts_with("commit ")) stored += std::stoull(what.substr(what.rfind(' ') + 1));
    if (what.starts_with("storage-") && what.ends_with(" flush")) ++flushes;
  }
  CHECK(stored == result.figures.acknowledged);
  CHECK(flushes > 0);
}

TEST_CASE("a replay says at which step a changed scenario first differs", "[deterministic]") {
  const RunFolder folder;
  auto options = in_folder(folder.path());
  options.trace = folder.path() / "run.trace";
  const Scenario scenario = scenario_of(small_office());
  run_or_fail(scenario, 7, options);
  options.trace.reset();
  std::string changed = small_office();
  changed.replace(changed.find("probability = 0.8"), 17, "probability = 0.7");
  const auto report = replay_scenario(scenario_of(changed), folder.path() / "run.trace", options);
  REQUIRE(report);
  CHECK_FALSE((*report).same);
  REQUIRE((*report).expected);
  REQUIRE((*report).found);
  CHECK((*report).expected->number == (*report).found->number);
  CHECK_FALSE(*(*report).expected == *(*report).found);

  // It is the first one: all before it are equal.
  options.trace = folder.path() / "changed.trace";
  run_or_fail(scenario_of(changed), 7, options);
  auto left = TraceReader::open(folder.path() / "run.trace");
  auto right = TraceReader::open(folder.path() / "changed.trace");
  REQUIRE(left);
  REQUIRE(right);
  for (std::uint64_t number = 1; number < (*report).expected->number; ++number) {
    const auto mine = (*left).next();
    const auto other = (*right).next();
    REQUIRE(mine);
    REQUIRE(other);
    REQUIRE(*mine == *other);
  }
}

TEST_CASE("a replay notices a trace that was cut short, and one that goes on longer", "[deterministic]") {
  const RunFolder folder;
  auto options = in_folder(folder.path());
  options.trace = folder.path() / "run.trace";
  const Scenario scenario = scenario_of(small_office());
  run_or_fail(scenario, 5, options);
  const std::string whole = text_of(*options.trace);
  options.trace.reset();
  std::ofstream{folder.path() / "short.trace"} << whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1);
  const auto cut = replay_scenario(scenario, folder.path() / "short.trace", options);
  REQUIRE(cut);
  CHECK_FALSE((*cut).same);
  CHECK_FALSE((*cut).expected);
  CHECK((*cut).found);
  std::ofstream{folder.path() / "long.trace"} << whole << "999999 1 0 1 intake-1 sample\n";
  const auto longer = replay_scenario(scenario, folder.path() / "long.trace", options);
  REQUIRE(longer);
  CHECK_FALSE((*longer).same);
  CHECK((*longer).expected);
  CHECK_FALSE((*longer).found);
}

TEST_CASE("what is no trace is refused with the place and what was expected there", "[deterministic]") {
  const RunFolder folder;
  const auto file = folder.path() / "bad.trace";
  const auto refused = [&](const std::string& text, const std::string& complaint) {
    std::ofstream{file, std::ios::trunc} << text;
    const auto reader = TraceReader::open(file);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == ErrorCode::parse_error);
    CHECK(reader.error().message.find(complaint) != std::string::npos);
  };
  refused("", "bad.trace:1");
  refused("commonbook trace 2\n", "bad.trace:1");
  refused("commonbook trace 1\nscenario x\nseed no\n", "bad.trace:3");
  refused("commonbook trace 1\nscenario x\nseed 1\ntext 2\na\nb\nstep\n", "bad.trace:7");
  CHECK(TraceReader::open(folder.path() / "missing.trace").error().code == ErrorCode::io);
}
