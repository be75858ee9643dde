#include "scenario_parts.hpp"

#include <algorithm>

namespace commonbook::sim {

namespace {

constexpr std::array<Word<Journal>, 2> journals{{{"delete", Journal::rollback}, {"wal", Journal::wal}}};
constexpr std::array<Word<Sharing>, 2> sharings{{{"shared", Sharing::shared}, {"per-thread", Sharing::per_thread}}};
constexpr std::array<Word<Locking>, 3> lockings{
    {{"none", Locking::none}, {"per-store", Locking::per_store}, {"per-file", Locking::per_file}}};
constexpr std::array<Word<Uniqueness>, 3> uniquenesses{{{"none", Uniqueness::none},
                                                        {"raw-spelling", Uniqueness::raw_spelling},
                                                        {"normalised-key", Uniqueness::normalised_key}}};
constexpr std::array<Word<Transactions>, 3> transaction_words{{{"autocommit", Transactions::autocommit},
                                                               {"deferred", Transactions::deferred},
                                                               {"immediate", Transactions::immediate}}};
constexpr std::array<Word<bool>, 2> stores{{{"one", false}, {"per-agent", true}}};

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const DesignChoice& each : presets()) names.push_back(each.name);
  return names;
}

void read_axes(TomlTable& table, DesignAxes& axes) {
  read_word(table, "journal", journals, axes.journal);
  table.integer("busy_timeout_ms", axes.busy_timeout_ms, 0, 3'600'000);
  read_word(table, "connection", sharings, axes.connection);
  read_word(table, "lock", lockings, axes.lock);
  read_word(table, "uniqueness", uniquenesses, axes.uniqueness);
  table.flag("fallback", axes.fallback);
  read_word(table, "transactions", transaction_words, axes.transactions);
  read_word(table, "stores", stores, axes.store_per_agent);
  table.flag("foreign_keys", axes.foreign_keys);
  table.flag("atomic_creation", axes.atomic_creation);
}

bool changes_axes(const TomlTable& table) {
  constexpr std::array<const char*, 10> keys = {"journal",      "busy_timeout_ms", "connection",   "lock",
                                                "uniqueness",   "fallback",        "transactions", "stores",
                                                "foreign_keys", "atomic_creation"};
  return std::any_of(keys.begin(), keys.end(), [&table](const char* key) { return table.has(key); });
}

/// The keys of our own runtime.
void read_store(TomlTable& table, DesignChoice& ours) {
  table.integer("storage_actors", ours.storage_actors, 1, 64);
  table.integer("reader_actors", ours.reader_actors, 1, 64);
  constexpr std::array<Word<AckClass>, 2> classes{{{"applied", AckClass::applied}, {"durable", AckClass::durable}}};
  read_word(table, "acknowledgement", classes, ours.ack_class);
  table.choice("similarity", ours.similarity, {"off", "suggest", "merge"});
}

/// Names are typed on a command line and stand in a table's column.
bool is_design_name(const std::string& name) {
  constexpr std::size_t bytes_max = 40;
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !name.empty() && name.size() <= bytes_max && std::all_of(name.begin(), name.end(), plain);
}

DesignChoice read_design(TomlTable table, const DesignChoice& ours) {
  DesignChoice design;
  std::string chosen;
  table.text("preset", chosen);
  if (!chosen.empty()) {
    const auto found = preset(chosen);
    if (!found) table.complain_unknown("preset", chosen, preset_names());
    if (found) design = found->is_ours ? ours : *found;
  }
  if (!chosen.empty() && !design.is_ours && !table.has("name") && changes_axes(table))
    table.complain("name is missing; a preset that is changed needs a name of its own");
  table.text("name", design.name);
  if (design.name.empty())
    table.complain("name is missing; write preset = \"...\", or name = \"...\" and the axes");
  else if (!is_design_name(design.name))
    table.complain("name", "write at most 40 letters, digits, dots, hyphens and underscores");
  if (design.is_ours)
    read_store(table, design);
  else
    read_axes(table, design.axes);
  table.finish();
  return design;
}

}  // namespace

void check_presets(TomlTable& table, const char* key, const std::vector<std::string>& names) {
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (!preset(*name)) table.complain_unknown(key, *name, preset_names());
    if (std::find(names.begin(), name, *name) != name) table.complain(key, "write each design once");
  }
}

void read_designs(TomlTable& top, const FilePlace& place, const std::vector<std::string>& listed, Scenario& scenario) {
  DesignChoice ours = preset("commonbook").value_or(DesignChoice{});
  if (const toml::table* store = top.table("store")) {
    TomlTable table = place.table(*store, "[store]");
    read_store(table, ours);
    table.finish();
  }
  for (const std::string& name : listed)
    if (const auto found = preset(name)) scenario.designs.push_back(found->is_ours ? ours : *found);
  const auto entries = top.tables("design");
  if (entries.size() > ScenarioLimits::tables) return top.complain("design", "write at most 1000 designs");
  for (const toml::table* entry : entries) {
    scenario.designs.push_back(read_design(place.table(*entry, "[[design]]"), ours));
    const std::string& name = scenario.designs.back().name;
    const auto twin = [&name](const DesignChoice& other) { return other.name == name; };
    if (std::any_of(scenario.designs.begin(), scenario.designs.end() - 1, twin))
      place.table(*entry, "[[design]]").complain("another design is called \"" + name + "\"; write another name");
  }
  if (scenario.designs.empty()) scenario.designs.push_back(ours);
  const auto foreign = [](const DesignChoice& each) { return !each.is_ours; };
  if (scenario.deterministic && std::any_of(scenario.designs.begin(), scenario.designs.end(), foreign))
    top.complain("only commonbook can run deterministically; leave the other designs out");
}

}  // namespace commonbook::sim
