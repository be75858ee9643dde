// The parts of a scenario file, one function a kind of table. Each complains through its TomlTable.
#pragma once
#include "commonbook/agents/toml_table.hpp"
#include "commonbook/sim/scenario.hpp"

#include <array>
#include <string>
#include <vector>

namespace commonbook::sim {

using agents::TomlTable;

/// What a scenario may ask of one machine.
struct ScenarioLimits {
  static constexpr std::size_t file_bytes = 1 << 20;
  static constexpr std::int64_t processes = 200;
  static constexpr std::int64_t threads = 1000;  ///< agents and readers together
  static constexpr std::int64_t operations = 1'000'000'000;
  static constexpr std::int64_t names = 1'000'000;
  static constexpr std::size_t tables = 1000;  ///< of one kind: designs, agents, rules, faults, expectations
  static constexpr std::chrono::hours longest{24 * 366 * 100};
};

/// A word of the file and what it stands for.
template <class Value>
struct Word {
  const char* word;
  Value value;
};

/// Reads a key whose value is one of `words`.
template <class Value, std::size_t Count>
void read_word(TomlTable& table, const char* key, const std::array<Word<Value>, Count>& words, Value& target) {
  std::vector<std::string> allowed;
  for (const auto& each : words) allowed.emplace_back(each.word);
  std::string chosen;
  table.choice(key, chosen, allowed);
  for (const auto& each : words)
    if (chosen == each.word) target = each.value;
}

/// A table of its own within a file, and what all tables of the file share.
struct FilePlace {
  const std::filesystem::path& file;
  std::optional<Error>& complaint;
  [[nodiscard]] TomlTable table(const toml::table& entry, const std::string& where) const {
    return TomlTable{entry, file.string(), where, complaint};
  }
};

/// Complains where `names` are not all presets, each once.
void check_presets(TomlTable& table, const char* key, const std::vector<std::string>& names);
/// [store] and [[design]], and the list `designs`. Without any of them: our own runtime.
void read_designs(TomlTable& top, const FilePlace& place, const std::vector<std::string>& listed, Scenario& scenario);
/// [[agent]] with [[agent.rule]].
void read_agents(TomlTable& top, const FilePlace& place, Scenario& scenario);
/// [[fault]].
void read_faults(TomlTable& top, const FilePlace& place, Scenario& scenario);
/// [[expect]]. After the designs are known.
void read_expectations(TomlTable& top, const FilePlace& place, Scenario& scenario);

}  // namespace commonbook::sim
