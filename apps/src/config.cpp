#include "config.hpp"

#include "commonbook/agents/time_zone.hpp"
#include "commonbook/agents/toml_table.hpp"

#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace commonbook::apps {

namespace {

using agents::TomlTable;

constexpr std::int64_t any_count = 1'000'000'000;

std::vector<std::filesystem::path> beside(const std::filesystem::path& file, const std::vector<std::string>& paths) {
  std::vector<std::filesystem::path> result;
  for (const std::string& path : paths) result.push_back(file.parent_path() / path);
  return result;
}

void read_storage(TomlTable table, actors::RuntimeOptions& options) {
  table.integer("actors", options.storage_actors, 1, 64);
  table.integer("readers", options.reader_actors, 1, 64);
  table.integer("window_triples", options.window_triples, 1, 4096);
  table.integer("queue_observations", options.queue_observations, 1, 1'000'000);
  table.integer("batch_triples", options.batch_triples, 1, 4096);
  table.integer("cache_mib", options.cache_mib, 1, 4096);
  std::int64_t deadline_ms = options.deadline.count();
  std::int64_t drain_ms = options.drain.count();
  table.integer("deadline_ms", deadline_ms, 1, 3'600'000);
  table.integer("drain_ms", drain_ms, 0, 3'600'000);
  options.deadline = std::chrono::milliseconds{deadline_ms};
  options.drain = std::chrono::milliseconds{drain_ms};
  table.choice("similarity", options.similarity, {"off", "suggest", "merge"});
  table.real("similarity_threshold", options.similarity_threshold, 0, 1);
  table.real("merge_threshold", options.merge_threshold, 0, 1);
  table.text("space", options.space);
  table.integer("session_seed", options.session_seed, 0, std::numeric_limits<std::int64_t>::max());
  table.flag("unknown_file_system_ok", options.unknown_file_system_ok);
  table.finish();
}

agents::ModelOptions read_model(TomlTable table) {
  agents::ModelOptions model;
  table.text("name", model.model);
  if (model.model.empty() || model.model.size() > 128)
    table.complain("name", "write the model's name, e.g. name = \"llama3.2\"");
  table.text("url", model.url);
  if (!model.url.starts_with("http://") && !model.url.starts_with("https://"))
    table.complain("url", "write an http or https address, e.g. url = \"" + agents::ModelOptions{}.url + "\"");
  std::int64_t timeout_ms = model.timeout.count();
  table.integer("timeout_ms", timeout_ms, 1, 3'600'000);
  model.timeout = std::chrono::milliseconds{timeout_ms};
  table.integer("requests", model.requests_max, 1, 64);
  table.integer("waiting", model.waiting_max, 1, 10'000);
  table.real("confidence", model.confidence_max, 0.01, 1);
  table.finish();
  return model;
}

AgentConfig read_agent(TomlTable& table, const std::filesystem::path& file) {
  AgentConfig agent;
  std::string kind;
  table.choice("kind", kind, {"calendar", "email", "question", "synthetic"});
  if (!table.has("kind"))
    table.complain("kind is missing; write \"calendar\", \"email\", \"question\" or \"synthetic\"");
  agent.name = kind;
  table.text("name", agent.name);
  if (agent.name.size() > 256) table.complain("name", "write at most 256 bytes");
  std::vector<std::string> paths;
  if (kind != "synthetic") table.texts("paths", paths);
  if (kind == "question" && !table.has("paths"))
    table.complain(
        "paths is missing; write paths = [\"questions.tsv\"], or leave this agent out: with --follow, questions come "
        "from standard input");
  else if (kind != "synthetic" && !table.has("paths"))
    table.complain("paths is missing; write paths = [\"...\"]");
  agent.paths = beside(file, paths);
  if (kind == "question") {
    agent.kind = AgentKind::question;
    table.time("now", agent.now);
    table.text("zone", agent.zone);
    if (!agents::TimeZone::find(agent.zone))
      table.complain("zone", "write an IANA name, e.g. zone = \"Europe/Berlin\"");
    table.finish();
    return agent;
  }
  agent.kind = kind == "email" ? AgentKind::email : kind == "synthetic" ? AgentKind::synthetic : AgentKind::calendar;
  std::string ack = "durable";
  table.choice("ack", ack, {"applied", "durable"});
  agent.ack_class = ack == "applied" ? AckClass::applied : AckClass::durable;
  table.integer("outstanding", agent.outstanding_max, 1, 4096);
  table.real("rate", agent.observations_per_second, 0, 1e6);
  if (kind != "synthetic") {
    std::string extract = "rules";
    table.choice("extract", extract, {"rules", "model", "none"});
    agent.extracts = extract != "none";
    agent.asks_model = extract == "model";
  }
  if (kind == "synthetic") {
    table.integer("seed", agent.synthetic.seed, 0, std::numeric_limits<std::int64_t>::max());
    table.integer("observations", agent.synthetic.observations, 0, any_count);
    agents::read_synthetic(table, agent.synthetic);
  }
  table.finish();
  return agent;
}

void read_agents(TomlTable& top, RunConfig& config, std::optional<Error>& complaint) {
  std::set<std::string> names;
  for (const toml::table* entry : top.tables("agent")) {
    TomlTable table{*entry, config.file.string(), "[[agent]]", complaint};
    config.agents.push_back(read_agent(table, config.file));
    if (!names.insert(config.agents.back().name).second)
      table.complain("name", "another agent is called \"" + config.agents.back().name + "\"; write another name");
  }
  top.finish();
  if (config.agents.empty()) top.complain("no agent; write at least one [[agent]]");
}

Result<std::string> read_text(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  if (!std::filesystem::is_regular_file(file) || !in)
    return Error{ErrorCode::not_found, file.string() + ": no such file, or it can't be read"};
  text << in.rdbuf();
  return text.str();
}

}  // namespace

Result<RunConfig> read_config(const std::filesystem::path& file) {
  auto text = read_text(file);
  if (!text) return text.error();
  return parse_config(*text, file);
}

Result<RunConfig> parse_config(const std::string& text, const std::filesystem::path& file) {
  RunConfig config;
  config.file = file;
  config.runtime.create = true;
  const std::string name = file.string();
  auto read = agents::read_toml(text, name, "configs/desk.toml", [&](TomlTable& top, std::optional<Error>& complaint) {
    std::string database;
    top.text("database", database);
    if (!database.empty()) config.database = file.parent_path() / database;
    if (const toml::table* storage = top.table("storage"))
      read_storage(TomlTable{*storage, name, "[storage]", complaint}, config.runtime);
    if (const toml::table* model = top.table("model"))
      config.model = read_model(TomlTable{*model, name, "[model]", complaint});
    read_agents(top, config, complaint);
    for (const AgentConfig& agent : config.agents)
      if (agent.asks_model && !config.model)
        top.complain("an agent has extract = \"model\", but no model is named; write [model] with name = \"...\"");
  });
  if (!read) return read.error();
  return config;
}

Result<std::vector<std::string>> read_questions(const std::filesystem::path& file) {
  auto text = read_text(file);
  if (!text) return text.error();
  std::istringstream lines{*text};
  std::vector<std::string> questions;
  std::optional<std::size_t> column;
  bool first = true;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> cells;
    std::istringstream rest{line};
    for (std::string cell; std::getline(rest, cell, '\t');) cells.push_back(cell);
    const bool is_header = std::exchange(first, false) && cells.size() > 1;
    for (std::size_t at = 0; is_header && at < cells.size(); ++at)
      if (cells[at] == "question") column = at;
    if ((is_header && column) || cells.empty() || line.front() == '#') continue;
    if (const std::size_t at = column.value_or(0); at < cells.size() && !cells[at].empty())
      questions.push_back(cells[at]);
  }
  if (questions.empty())
    return Error{ErrorCode::parse_error,
                 file.string() + ": no question; write one a line, or a table with a column \"question\""};
  return questions;
}

}  // namespace commonbook::apps
