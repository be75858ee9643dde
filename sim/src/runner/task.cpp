#include "task.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace commonbook::sim::runner {

namespace {

using nlohmann::json;

template <class E>
auto number_of(E value) {
  return static_cast<std::underlying_type_t<E>>(value);
}
template <class E>
E of_number(const json& value) {
  return static_cast<E>(value.get<std::underlying_type_t<E>>());
}

json to_json(const DesignChoice& design) {
  const DesignAxes& axes = design.axes;
  return {{"name", design.name},
          {"is_ours", design.is_ours},
          {"storage_actors", design.storage_actors},
          {"reader_actors", design.reader_actors},
          {"ack_class", number_of(design.ack_class)},
          {"similarity", design.similarity},
          {"deadline_ms", design.deadline.count()},
          {"journal", number_of(axes.journal)},
          {"busy_timeout_ms", axes.busy_timeout_ms},
          {"connection", number_of(axes.connection)},
          {"lock", number_of(axes.lock)},
          {"uniqueness", number_of(axes.uniqueness)},
          {"fallback", axes.fallback},
          {"transactions", number_of(axes.transactions)},
          {"store_per_agent", axes.store_per_agent},
          {"foreign_keys", axes.foreign_keys},
          {"atomic_creation", axes.atomic_creation}};
}

DesignChoice design_of(const json& from) {
  DesignChoice design;
  design.name = from.at("name");
  design.is_ours = from.at("is_ours");
  design.storage_actors = from.at("storage_actors");
  design.reader_actors = from.at("reader_actors");
  design.ack_class = of_number<AckClass>(from.at("ack_class"));
  design.similarity = from.at("similarity");
  design.deadline = std::chrono::milliseconds{from.at("deadline_ms").get<std::int64_t>()};
  design.axes.journal = of_number<Journal>(from.at("journal"));
  design.axes.busy_timeout_ms = from.at("busy_timeout_ms");
  design.axes.connection = of_number<Sharing>(from.at("connection"));
  design.axes.lock = of_number<Locking>(from.at("lock"));
  design.axes.uniqueness = of_number<Uniqueness>(from.at("uniqueness"));
  design.axes.fallback = from.at("fallback");
  design.axes.transactions = of_number<Transactions>(from.at("transactions"));
  design.axes.store_per_agent = from.at("store_per_agent");
  design.axes.foreign_keys = from.at("foreign_keys");
  design.axes.atomic_creation = from.at("atomic_creation");
  return design;
}

json to_json(const AgentSpec& agent) {
  json paths = json::array();
  for (const auto& path : agent.paths) paths.push_back(path.string());
  const agents::SyntheticOptions& synthetic = agent.synthetic;
  return {{"name", agent.name},
          {"kind", number_of(agent.kind)},
          {"count", agent.count},
          {"paths", paths},
          {"operations", agent.operations},
          {"rate", agent.rate},
          {"look_ups", agent.look_ups},
          {"stores", agent.stores},
          {"one_entity", agent.one_entity},
          {"triples_min", synthetic.triples_min},
          {"triples_max", synthetic.triples_max},
          {"names", synthetic.names},
          {"skew", synthetic.skew},
          {"variants", synthetic.variants},
          {"vocabulary", synthetic.kind}};
}

AgentSpec agent_of(const json& from) {
  AgentSpec agent;
  agent.name = from.at("name");
  agent.kind = of_number<AgentKind>(from.at("kind"));
  agent.count = from.at("count");
  for (const json& path : from.at("paths")) agent.paths.emplace_back(path.get<std::string>());
  agent.operations = from.at("operations");
  agent.rate = from.at("rate");
  agent.look_ups = from.at("look_ups");
  agent.stores = from.at("stores");
  agent.one_entity = from.at("one_entity");
  agent.synthetic.triples_min = from.at("triples_min");
  agent.synthetic.triples_max = from.at("triples_max");
  agent.synthetic.names = from.at("names");
  agent.synthetic.skew = from.at("skew");
  agent.synthetic.variants = from.at("variants");
  agent.synthetic.kind = from.at("vocabulary");
  return agent;
}

json to_json(const Task& task) {
  json agents = json::array();
  for (const AgentSpec& agent : task.agents) agents.push_back(to_json(agent));
  return {{"role", number_of(task.role)},
          {"folder", task.folder.string()},
          {"design", to_json(task.design)},
          {"agents", agents},
          {"processes", task.processes},
          {"readers", task.readers},
          {"process", task.process},
          {"seed", task.seed},
          {"deadline_ms", task.deadline.count()},
          {"hold_ms", task.hold.count()},
          {"history", task.history},
          {"namespaces", task.namespaces},
          {"file_faults", task.file_faults},
          {"shape", {task.shape.processes, task.shape.slots, task.shape.writes}}};
}

Task task_of(const json& from) {
  Task task;
  task.role = of_number<Role>(from.at("role"));
  task.folder = from.at("folder").get<std::string>();
  task.design = design_of(from.at("design"));
  for (const json& agent : from.at("agents")) task.agents.push_back(agent_of(agent));
  task.processes = from.at("processes");
  task.readers = from.at("readers");
  task.process = from.at("process");
  task.seed = from.at("seed");
  task.deadline = std::chrono::milliseconds{from.at("deadline_ms").get<std::int64_t>()};
  task.hold = std::chrono::milliseconds{from.at("hold_ms").get<std::int64_t>()};
  task.history = from.at("history");
  task.namespaces = from.at("namespaces");
  task.file_faults = from.at("file_faults");
  const json& shape = from.at("shape");
  task.shape = {shape.at(0), shape.at(1), shape.at(2)};
  return task;
}

Error failure(ErrorCode code, std::string message) {
  return {.code = code, .message = std::move(message), .sqlite_code = 0, .retry_after = {}};
}

}  // namespace

Result<void> write_task(const Task& task, const std::filesystem::path& file) {
  std::ofstream out{file};
  out << to_json(task).dump(1) << '\n';
  out.close();
  if (!out) return failure(ErrorCode::io, "writing " + file.string() + " failed");
  return {};
}

Result<Task> read_task(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) return failure(ErrorCode::io, "can't read " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  try {
    return task_of(json::parse(text.str()));
  } catch (const json::exception& problem) {
    return failure(ErrorCode::parse_error, file.string() + ": " + problem.what());
  }
}

}  // namespace commonbook::sim::runner
