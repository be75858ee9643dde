#include "checkpoint.hpp"

#include "commonbook/storage/book.hpp"
#include "commonbook/storage/care.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace commonbook::sim {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr int version = 1;
constexpr std::chrono::minutes backup_patience{5};

Json to_json(const AgentMemory& memory) {
  return {{"random", memory.random},
          {"items_taken", memory.items_taken},
          {"questions_asked", memory.questions_asked},
          {"next_turn_ms", memory.next_turn_ms},
          {"hangs_until_ms", memory.hangs_until_ms},
          {"seen_commit", memory.seen_commit},
          {"fails_next_turn", memory.fails_next_turn},
          {"source_ended", memory.source_ended},
          {"names", memory.names}};
}

AgentMemory agent_from(const Json& json) {
  AgentMemory memory;
  json.at("random").get_to(memory.random);
  json.at("items_taken").get_to(memory.items_taken);
  json.at("questions_asked").get_to(memory.questions_asked);
  json.at("next_turn_ms").get_to(memory.next_turn_ms);
  json.at("hangs_until_ms").get_to(memory.hangs_until_ms);
  json.at("seen_commit").get_to(memory.seen_commit);
  json.at("fails_next_turn").get_to(memory.fails_next_turn);
  json.at("source_ended").get_to(memory.source_ended);
  json.at("names").get_to(memory.names);
  return memory;
}

/// Every plain count of a tally with its name, for both directions.
template <class Tally, class F>
void each_count(Tally& tally, F visit) {
  visit("turns", tally.turns);
  visit("turns_failed", tally.turns_failed);
  visit("turns_hung", tally.turns_hung);
  visit("held_back", tally.held_back);
  visit("source_errors", tally.source_errors);
  visit("asked", tally.asked);
  visit("acknowledged", tally.acknowledged);
  visit("replayed", tally.replayed);
  visit("created", tally.created);
  visit("failed", tally.failed);
  visit("timeouts", tally.timeouts);
  visit("refused", tally.refused);
  visit("reads", tally.reads);
  visit("reads_failed", tally.reads_failed);
  visit("stale_reads", tally.stale_reads);
  visit("restarts", tally.restarts);
  visit("wal_bytes_max", tally.wal_bytes_max);
}

Json to_json(const Tally& tally) {
  Json json;
  each_count(tally, [&](const char* name, std::uint64_t count) { json[name] = count; });
  json["failed_by_code"] = tally.failed_by_code;
  json["acknowledge"] = tally.acknowledge.raw();
  json["acknowledge_max_us"] = tally.acknowledge.max_us();
  json["acknowledged_ids"] = tally.acknowledged_ids;
  return json;
}

Tally tally_from(const Json& json) {
  Tally tally;
  each_count(tally, [&](const char* name, std::uint64_t& count) { json.at(name).get_to(count); });
  json.at("failed_by_code").get_to(tally.failed_by_code);
  tally.acknowledge.restore(json.at("acknowledge").get<std::map<std::uint32_t, std::uint64_t>>(),
                            json.at("acknowledge_max_us").get<std::uint64_t>());
  json.at("acknowledged_ids").get_to(tally.acknowledged_ids);
  return tally;
}

Json to_json(const CheckpointState& state) {
  Json agents = Json::array();
  for (const AgentMemory& memory : state.agents) agents.push_back(to_json(memory));
  return {{"version", version},
          {"scenario_file", state.scenario_file.string()},
          {"scenario_text", state.scenario_text},
          {"seed", state.seed},
          {"legs", state.legs},
          {"elapsed_ms", state.elapsed_ms},
          {"wall_jumps_ms", state.wall_jumps_ms},
          {"fault_random", state.fault_random},
          {"deaths_pending", state.deaths_pending},
          {"faults_done", state.faults_done},
          {"trace_steps", state.trace_steps},
          {"trace_hash", state.trace_hash},
          {"messages", state.messages},
          {"tally", to_json(state.tally)},
          {"agents", agents}};
}

CheckpointState state_from(const Json& json) {
  CheckpointState state;
  state.scenario_file = json.at("scenario_file").get<std::string>();
  json.at("scenario_text").get_to(state.scenario_text);
  json.at("seed").get_to(state.seed);
  json.at("legs").get_to(state.legs);
  json.at("elapsed_ms").get_to(state.elapsed_ms);
  json.at("wall_jumps_ms").get_to(state.wall_jumps_ms);
  json.at("fault_random").get_to(state.fault_random);
  json.at("deaths_pending").get_to(state.deaths_pending);
  json.at("faults_done").get_to(state.faults_done);
  json.at("trace_steps").get_to(state.trace_steps);
  json.at("trace_hash").get_to(state.trace_hash);
  json.at("messages").get_to(state.messages);
  state.tally = tally_from(json.at("tally"));
  for (const Json& agent : json.at("agents")) state.agents.push_back(agent_from(agent));
  return state;
}

Error failed(const std::string& doing, const fs::path& path) {
  return {errno == ENOSPC ? ErrorCode::disk_full : ErrorCode::io,
          doing + " " + path.string() + ": " + std::strerror(errno), 0, {}};
}

Result<void> sync(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return failed("opening", path);
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!synced) return failed("syncing", path);
  return {};
}

Result<void> write_text(const fs::path& path, const std::string& text) {
  {
    std::ofstream out{path, std::ios::trunc | std::ios::binary};
    out << text;
    out.close();
    if (!out) return failed("writing", path);
  }
  return sync(path, O_RDONLY);
}

Result<void> copy_book(const fs::path& book, const fs::path& target) {
  const SystemClock clock;
  const auto deadline = clock.steady_now() + backup_patience;
  storage::BookOptions options;
  options.path = book;
  options.keep_overlay = false;
  auto opened = storage::Book::open(options, clock, deadline);
  if (!opened) return opened.error();
  const auto copied = storage::backup(*opened, target, deadline);
  if (!copied) return copied.error();
  return {};
}

}  // namespace

fs::path book_of(const fs::path& checkpoint) { return checkpoint / "book.db"; }

Result<fs::path> write_checkpoint(const fs::path& folder, const std::string& name, const fs::path& book,
                                  const CheckpointState& state) {
  std::error_code problem;
  const fs::path unfinished = folder / ("." + name + ".unfinished");
  const fs::path named = folder / name;
  fs::create_directories(folder, problem);
  fs::remove_all(unfinished, problem);
  fs::create_directory(unfinished, problem);
  if (problem) return Error{ErrorCode::io, "making " + unfinished.string() + ": " + problem.message(), 0, {}};
  fs::permissions(unfinished, fs::perms::owner_all, problem);
  if (auto copied = copy_book(book, book_of(unfinished)); !copied) return copied.error();
  std::string text;
  try {
    text = to_json(state).dump(1);
  } catch (const Json::exception& error) {  // text that is no UTF-8
    return Error{ErrorCode::invalid_argument, std::string{"the state can't be written as JSON: "} + error.what(), 0, {}};
  }
  if (auto written = write_text(unfinished / "state.json", text); !written) return written.error();
  if (auto synced = sync(unfinished, O_RDONLY | O_DIRECTORY); !synced) return synced.error();
  fs::remove_all(named, problem);  // of an earlier run with the same name
  fs::rename(unfinished, named, problem);
  if (problem) return Error{ErrorCode::io, "naming " + named.string() + ": " + problem.message(), 0, {}};
  if (auto synced = sync(folder, O_RDONLY | O_DIRECTORY); !synced) return synced.error();
  return named;
}

Result<CheckpointState> read_checkpoint(const fs::path& checkpoint) {
  const fs::path file = checkpoint / "state.json";
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{ErrorCode::io, file.string() + " can't be read: is it a checkpoint?", 0, {}};
  try {
    const Json json = Json::parse(text.str());
    if (json.at("version").get<int>() != version)
      return Error{ErrorCode::parse_error, file.string() + ": written by another version", 0, {}};
    return state_from(json);
  } catch (const Json::exception& error) {
    return Error{ErrorCode::parse_error, file.string() + ": " + error.what(), 0, {}};
  }
}

}  // namespace commonbook::sim
