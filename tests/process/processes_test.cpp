// Several processes, one file, started at once on nothing.
#include "child_process.hpp"
#include "import_support.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

using namespace commonbook;
using namespace commonbook::testing;

namespace {

std::vector<nlohmann::json> run_at_once(const std::vector<std::vector<std::string>>& commands) {
  std::vector<ChildProcess> children;
  for (const auto& command : commands) children.emplace_back(command);
  for (ChildProcess& child : children) child.start();
  std::vector<nlohmann::json> results;
  for (ChildProcess& child : children) {
    const auto outcome = child.finish();
    INFO(outcome.output);
    REQUIRE(outcome.exit_code == 0);
    results.push_back(nlohmann::json::parse(outcome.output));
  }
  return results;
}

}  // namespace

TEST_CASE("four processes of two agents on a missing file leave a thousand entities", "[P4]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  std::vector<std::vector<std::string>> commands;
  for (int process = 1; process <= 4; ++process)
    commands.push_back({COMMONBOOK_WORKER, path.string(), "synthetic", std::to_string(process), "2", "1500", "1000"});
  std::uint64_t acknowledged = 0;
  std::uint64_t created = 0;
  std::uint64_t conflicts = 0;
  for (const auto& result : run_at_once(commands)) {
    CHECK(result.at("errors") == nlohmann::json::array());
    CHECK(result.at("clean") == true);
    acknowledged += result.at("acknowledged").get<std::uint64_t>();
    created += result.at("created").get<std::uint64_t>();
    conflicts += result.at("conflicts").get<std::uint64_t>();
  }
  CHECK(acknowledged == 12'000);
  CHECK(created == 1'000);   // exactly one caller, in all processes together, was told `created`
  CHECK(conflicts >= 1);     // the constraint fallback was taken
  const FileState state = read_state(path);
  CHECK(state.stats.entities == 1'000);
  CHECK(state.stats.observations == 12'000);
  require_verified(path);
}

TEST_CASE("mail read by four processes says what it says when one reads it", "[P11]") {
  const auto mail = test_data("desk/Maildir");
  if (!mail) return;
  const auto digest_with = [&](int processes) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    std::vector<std::vector<std::string>> commands;
    for (int part = 0; part < processes; ++part)
      commands.push_back({COMMONBOOK_WORKER, path.string(), "mail", mail->string(), std::to_string(part),
                          std::to_string(processes)});
    for (const auto& result : run_at_once(commands)) CHECK(result.at("errors") == nlohmann::json::array());
    require_verified(path);
    return read_state(path).content_digest;
  };
  CHECK(digest_with(4) == digest_with(1));
}

TEST_CASE("one display name at two addresses is two people, and one address in two spellings is one, in four processes", "[P4]") {
  const TemporaryFolder mail;
  const auto write = [&](const std::string& name, const std::string& from) {
    std::ofstream{mail.path() / name} << "From: " << from << "\nTo: Office <office@one.example>\nSubject: Note " << name
                                      << "\nDate: Mon, 05 Jan 2026 15:10:00 +0000\nMessage-ID: <" << name
                                      << "@one.example>\n\nA note.\n";
  };
  write("1.eml", "Alex Smith <alex@one.example>");
  write("2.eml", "Alex Smith <alex@two.example>");
  write("3.eml", "ALEX SMITH <ALEX@ONE.EXAMPLE>");
  write("4.eml", "\"Smith, Alex\" <alex@two.example>");
  std::set<std::uint64_t> digests;
  for (const std::uint64_t round : seeds_to_run(5)) {
    INFO("round " << round);
    const TemporaryFolder folder;
    const auto path = folder.path() / "memory.db";
    std::vector<std::vector<std::string>> commands;
    for (int part = 0; part < 4; ++part)
      commands.push_back({COMMONBOOK_WORKER, path.string(), "mail", mail.path().string(), std::to_string(part), "4"});
    for (const auto& result : run_at_once(commands)) CHECK(result.at("errors") == nlohmann::json::array());
    const FileState state = read_state(path);
    CHECK(state.stats.entities == 3 + 4);  // alex at one, alex at two, the office; and the messages
    digests.insert(state.content_digest);
  }
  CHECK(digests.size() == 1);
}
