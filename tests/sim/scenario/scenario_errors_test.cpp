// A wrong scenario is answered with file, line, key and what to write there.
#include "commonbook/agents/point_in_time.hpp"
#include "commonbook/sim/scenario.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::sim;

namespace {

struct Wrong {
  std::string text;  ///< below a right head of two lines
  int line;
  std::string key;
  std::string advice;
};

void check_refused(const Wrong& wrong) {
  INFO(wrong.text);
  const auto scenario = parse_scenario("name = \"a\"\nshows = \"b\"\n" + wrong.text, "test.toml");
  REQUIRE_FALSE(scenario);
  CHECK(scenario.error().code == ErrorCode::parse_error);
  INFO(scenario.error().message);
  CHECK(scenario.error().message.rfind("test.toml:" + std::to_string(wrong.line) + ": ", 0) == 0);
  CHECK(scenario.error().message.find(wrong.key) != std::string::npos);
  CHECK(scenario.error().message.find(wrong.advice) != std::string::npos);
}

}  // namespace

TEST_CASE("wrong keys and values of [run], [store] and [[design]]") {
  check_refused(GENERATE(
      Wrong{"x = = 1", 3, "", "write TOML, as in"}, Wrong{"nmae = \"c\"", 3, "nmae", "the nearest is \"name\""},
      Wrong{"[run]\nsed = 1", 4, "[run] sed", "the nearest is \"seed\""},
      Wrong{"[run]\nmode = \"thread\"", 4, "[run] mode", "the nearest is \"threads\""},
      Wrong{"[run]\nprocesses = 201", 4, "processes", "from 1 to 200"},
      Wrong{"[run]\nreaders = 1001", 4, "readers", "from 0 to 1000"},
      Wrong{"[run]\nnamespaces = true", 4, "namespaces", "mode = \"processes\""},
      Wrong{"[run]\ndeadline = \"10\"", 4, "deadline", "duration with its unit"},
      Wrong{"[run]\ndeadline = 10", 4, "deadline", "deadline = \"2 s\""},
      Wrong{"[run]\ntime_limit = \"2 d\"", 4, "time_limit", "from 1 ms to 86400000 ms"},
      Wrong{"[run]\nsteps = 5", 4, "steps", "deterministic = true"},
      Wrong{"[run]\ndeterministic = true\nmode = \"both\"", 5, "mode", "one thread"},
      Wrong{"[run]\ndeterministic = true\nuntil = 2025-01-01", 5, "until", "after start"},
      Wrong{"[run]\ndesigns = [\"articel\"]", 4, "designs", "the nearest is \"article\""},
      Wrong{"[run]\ndesigns = [\"article\", \"article\"]", 4, "designs", "once"},
      Wrong{"[run]\ndeterministic = true\ndesigns = [\"article\"]", 1, "", "only commonbook"},
      Wrong{"[store]\nsimilarity = \"of\"", 4, "[store] similarity", "the nearest is \"off\""},
      Wrong{"design = 3", 3, "design", "[[design]]"},
      Wrong{"[[design]]\njournal = \"wal\"", 3, "[[design]]", "name is missing"},
      Wrong{"[[design]]\nname = \"a b\"", 4, "name", "at most 40 letters"},
      Wrong{"[[design]]\npreset = \"wal\"", 4, "preset", "\"wal-only\""},
      Wrong{"[[design]]\npreset = \"article\"\nlock = \"none\"", 3, "[[design]]", "a name of its own"},
      Wrong{"[[design]]\npreset = \"commonbook\"\nlock = \"none\"", 5, "lock", "unknown key"},
      Wrong{"[[design]]\npreset = \"article\"\n[[design]]\npreset = \"article\"", 5, "[[design]]", "another design"}));
}

TEST_CASE("wrong keys and values of [[agent]] and [[fault]]") {
  check_refused(GENERATE(
      Wrong{"", 1, "", "at least one [[agent]]"},
      Wrong{"[[agent]]\nkind = \"calender\"", 4, "[[agent]] kind", "the nearest is \"calendar\""},
      Wrong{"[[agent]]\nkind = \"email\"", 3, "[[agent]]", "paths is missing"},
      Wrong{"[[agent]]\nkind = \"email\"\npaths = [\"a\\u0000b\"]", 5, "paths", "zero bytes"},
      Wrong{"[[agent]]\ncount = 600\n[[agent]]\nname = \"b\"\ncount = 600", 3, "agent", "these are 1200"},
      Wrong{"[[agent]]\ncount = 2\noperations = 1000000000", 3, "agent", "10^9 operations"},
      Wrong{"[run]\nmode = \"processes\"\nprocesses = 3\n[[agent]]\ncount = 2", 6, "agent",
            "one agent for each process"},
      Wrong{"[[agent]]\n[[agent]]", 4, "[[agent]]", "another agent is called \"synthetic\""},
      Wrong{"[[agent]]\nlook_ups = 0.7\nstores = 0.7", 5, "stores", "add up to 1"},
      Wrong{"[[agent]]\nnames = 10000000", 4, "names", "1000000"},
      Wrong{"[[agent]]\ntick = \"1 s\"", 4, "tick", "deterministic = true"},
      Wrong{"[run]\ndeterministic = true\n[[agent]]\n[[agent.rule]]\ndo = \"wait\"", 6, "[[agent.rule]]",
            "wait is missing"},
      Wrong{"[run]\ndeterministic = true\n[[agent]]\n[[agent.rule]]\non = \"tack\"\ndo = \"ask\"", 7, "on", "\"tick\""},
      Wrong{"[[agent]]\n[[fault]]\nat = \"1 s\"", 4, "[[fault]]", "kind is missing"},
      Wrong{"[[agent]]\n[[fault]]\nkind = \"kil\"", 5, "kind", "the nearest is \"kill\""},
      Wrong{"[[agent]]\n[[fault]]\nkind = \"kill\"\nat = \"1 s\"", 5, "kind", "mode = \"processes\""},
      Wrong{"[[agent]]\n[[fault]]\nkind = \"clock-jump\"\nat = \"1 s\"", 5, "kind", "deterministic = true"},
      Wrong{"[[agent]]\n[[fault]]\nkind = \"disk-full\"\nat = \"1 s\"", 4, "[[fault]]", "lasts is missing"},
      Wrong{"[[agent]]\n[[fault]]\nkind = \"disk-full\"\nlasts = \"1 s\"", 4, "[[fault]]", "at is missing"},
      Wrong{"[[agent]]\n[[fault]]\nkind = \"disk-full\"\nbetween = [\"2 s\", \"1 s\"]", 6, "between",
            "the later one last"},
      Wrong{"[[agent]]\n[[fault]]\nkind = \"disk-full\"\nat = \"1 s\"\nlasts = \"1 s\"\ndelay = \"1 s\"", 8, "delay",
            "unknown key"}));
}

TEST_CASE("wrong expectations") {
  const auto with = [](const std::string& rest) { return "[[agent]]\n[[expect]]\n" + rest; };
  check_refused(GENERATE_COPY(
      Wrong{with("is = \"= 0\""), 4, "[[expect]]", "figure is missing"},
      Wrong{with("figrue = \"duplicates\""), 5, "figrue", "the nearest is \"figure\""},
      Wrong{with("figure = \"duplicate\""), 5, "figure", "the nearest is \"duplicates\""},
      Wrong{with("figure = \"duplicates\""), 4, "[[expect]]", "is is missing"},
      Wrong{with("figure = \"duplicates\"\nis = \"= 0\""), 4, "[[expect]]", "because is missing"},
      Wrong{with("figure = \"duplicates\"\nis = \"zero\""), 6, "is", "write a comparison"},
      Wrong{with("figure = \"duplicates\"\nis = \">= 1 ms\""), 6, "is", "write a comparison"},
      Wrong{with("figure = \"duplicates\"\nis = \">= nan\""), 6, "is", "write a comparison"},
      Wrong{with("figure = \"duplicates\"\nis = \">= 10 x defualt\""), 6, "is", "\"commonbook\""},
      Wrong{with("figure = \"duplicates\"\nis = \"= 0\"\ndesign = \"comonbook\""), 7, "design",
            "the nearest is \"commonbook\""},
      Wrong{with("figure = \"duplicates\"\nis = \"= 0\"\nmode = \"processes\""), 7, "mode", "does not run so"},
      Wrong{with("figure = \"duplicates\"\nis = \"= 0\"\nmode = \"threads\"\nany_mode = true"), 8, "any_mode",
            "not both"}));
}

TEST_CASE("durations are read with their unit, and nothing else is one") {
  using agents::parse_time_span;
  using namespace std::chrono_literals;
  CHECK(parse_time_span("50 ms") == 50ms);
  CHECK(parse_time_span("2s") == 2s);
  CHECK(parse_time_span("1.5 min") == 90s);
  CHECK(parse_time_span("-3 h") == -3h);
  CHECK(parse_time_span("1 d") == 24h);
  for (const char* wrong : {"", " ", "1", "1 ", "s", "1 S", "1  s", "1 s ", "1e3 s", "inf s", "nan s", ".5 s", "5. s",
                            "1..5 s", "--1 s", "99999999999999999999 d", "1 year"}) {
    INFO(wrong);
    CHECK_FALSE(parse_time_span(wrong));
  }
}
