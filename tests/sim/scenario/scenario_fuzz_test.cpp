// Whatever stands in a file, reading it ends, with a scenario inside the limits or with an error that names the place.
#include "commonbook/sim/scenario.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <random>
#include <sstream>

using namespace commonbook;
using namespace commonbook::sim;

namespace {

std::vector<std::string> shipped_texts() {
  std::vector<std::string> texts;
  for (const char* name : {"article", "containers-50", "office-quarter", "disk-full"}) {
    std::ifstream in{commonbook::testing::source_folder() / "configs/scenarios" / (std::string{name} + ".toml"),
                     std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    texts.push_back(text.str());
    REQUIRE_FALSE(texts.back().empty());
  }
  return texts;
}

/// One to eight changes: a byte, a cut, a piece doubled, a number made huge, two lines swapped for one another.
std::string mutated(std::string text, std::mt19937_64& random) {
  static const std::vector<std::string> pieces = {
      "[[", "]]", "\"",    "'''",  "\n",   "= -1", "99999999999999999999", "\\u0000", "\xFF", "[run]", "[[expect]]",
      "{",  "}",  "1e308", "true", "\"\"", "x "};
  for (std::uint64_t change = random() % 8 + 1; change > 0 && !text.empty(); --change) {
    const std::size_t at = random() % text.size();
    const std::size_t length = random() % std::min<std::size_t>(40, text.size() - at) + 1;
    switch (random() % 5) {
      case 0: text[at] = static_cast<char>(random() % 256); break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(at, text.substr(at, length)); break;
      case 3: text.insert(at, pieces[random() % pieces.size()]); break;
      default: text.replace(at, length, pieces[random() % pieces.size()]); break;
    }
  }
  return text;
}

void check_limits(const Scenario& scenario) {
  std::uint64_t threads = scenario.readers;
  std::uint64_t operations = 0;
  for (const AgentSpec& agent : scenario.agents) {
    threads += agent.count;
    operations += agent.count * agent.operations;
  }
  CHECK(scenario.processes <= 200);
  CHECK(threads <= 1000);
  CHECK(operations <= 1'000'000'000);
  CHECK_FALSE(scenario.designs.empty());
}

}  // namespace

TEST_CASE("mutated scenarios never crash the reader") {
  const auto texts = shipped_texts();
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const std::uint64_t seed : commonbook::testing::seeds_to_run(3'000)) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    const auto scenario = parse_scenario(mutated(texts[seed % texts.size()], random), "fuzz.toml");
    if (scenario) {
      ++accepted;
      check_limits(*scenario);
    } else {
      ++refused;
      if (scenario.error().message.rfind("fuzz.toml:", 0) != 0) FAIL(scenario.error().message);
    }
  }
  // Only comments and texts can be changed without harm; both sides must have been seen.
  CHECK(accepted > 0);
  CHECK(refused > 0);
}

TEST_CASE("deep nesting and long words end with an error") {
  const std::string head = "name = \"a\"\nshows = \"b\"\n";
  for (const std::string& text :
       {head + "x = " + std::string(100'000, '['), head + std::string(500'000, 'k') + " = 1",
        head + "[run]\nmode = \"" + std::string(500'000, 'm') + "\"", head + "[" + std::string(100'000, 'a') + "]",
        std::string(1000, '\0'), std::string("\xFF\xFE"), "a" + std::string(200'000, '.') + " = 1"}) {
    const auto scenario = parse_scenario(text, "deep.toml");
    REQUIRE_FALSE(scenario);
    CHECK(scenario.error().message.size() < 2'000);
  }
}
