// docs/scenarios.md says what the reader reads: each key of each table, each preset, each figure, and its example runs.
#include "commonbook/sim/figures.hpp"
#include "commonbook/sim/scenario.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace commonbook;
using namespace commonbook::sim;

namespace {

std::string manual() {
  std::ifstream file{commonbook::testing::source_folder() / "docs/scenarios.md"};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What the reader says it knows, where `text` has a key that it does not know.
std::vector<std::string> known_keys(const std::string& text) {
  const auto scenario = parse_scenario(text, "test.toml");
  REQUIRE_FALSE(scenario);
  const std::string message = scenario.error().message;
  const std::string before = "unknown key; write one of ";
  const auto from = message.find(before);
  INFO(message);
  REQUIRE(from != std::string::npos);
  std::istringstream words{message.substr(from + before.size())};
  std::vector<std::string> keys;
  for (std::string word; words >> word;) {
    const bool is_last = word.back() != ',';
    if (!is_last) word.pop_back();
    if (word.back() == ';') word.pop_back();
    keys.push_back(word);
    if (is_last) break;
  }
  return keys;
}

}  // namespace

TEST_CASE("the manual of scenarios lists every key of every table") {
  const std::string text = manual();
  const std::string head = "name = \"a\"\nshows = \"b\"\n";
  const std::string agent = "[[agent]]\nkind = \"synthetic\"\n";
  const std::string simulation = "[run]\ndeterministic = true\n";
  const std::vector<std::string> files = {
      head + "zzz = 1\n" + agent,
      head + "[run]\nzzz = 1\n" + agent,
      head + "[store]\nzzz = 1\n" + agent,
      head + "[[design]]\nname = \"own\"\nzzz = 1\n" + agent,
      head + agent + "zzz = 1\n",
      head + "[[agent]]\nkind = \"email\"\npaths = [\"x\"]\nzzz = 1\n",
      head + simulation + agent + "[[agent.rule]]\ndo = \"observe\"\nzzz = 1\n",
      head + simulation + agent + "[[fault]]\nkind = \"clock-jump\"\nat = \"1 s\"\ndelay = \"1 s\"\nzzz = 1\n",
      head + simulation + agent + "[[fault]]\nkind = \"agent-hangs\"\nat = \"1 s\"\nlasts = \"1 s\"\nzzz = 1\n",
      head + agent + "[[expect]]\nfigure = \"failed\"\nis = \"= 0\"\nbecause = \"c\"\nzzz = 1\n",
  };
  std::size_t checked = 0;
  for (const std::string& file : files) {
    INFO(file);
    for (const std::string& key : known_keys(file)) {
      INFO(key);
      ++checked;
      const bool is_table = text.find("[" + key + "]") != std::string::npos ||
                            text.find("." + key + "]") != std::string::npos;
      CHECK((is_table || text.find('`' + key + '`') != std::string::npos));
    }
  }
  CHECK(checked >= 50);
}

TEST_CASE("the manual of scenarios lists every preset and every figure") {
  const std::string text = manual();
  for (const DesignChoice& design : presets()) {
    INFO(design.name);
    CHECK(text.find("| `" + design.name + "` |") != std::string::npos);
  }
  for (const std::string& name : figure_names()) {
    INFO(name);
    CHECK(text.find('`' + name + '`') != std::string::npos);
  }
}

TEST_CASE("the example of the manual of scenarios can be read") {
  const std::string text = manual();
  const auto from = text.find("```toml\n");
  const auto until = text.find("\n```", from + 8);
  REQUIRE(until != std::string::npos);
  const auto scenario = parse_scenario(text.substr(from + 8, until - from - 8), "example.toml");
  if (!scenario) FAIL(to_string(scenario.error()));
  CHECK(scenario->expectations.size() == 1);
}
