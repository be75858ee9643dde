// The command as a process: verbs, exit statuses, JSON.
#include "command_run.hpp"

#include <algorithm>

using namespace commonbook::testing;

TEST_CASE("help and version are printed with status 0, and each verb explains itself and its exit statuses") {
  const auto help = run_commonbook({"--help"});
  CHECK(help.exit_code == 0);
  CHECK(run_commonbook({"--version"}).exit_code == 0);
  for (const char* verb : {"run", "import", "ask", "show", "stats", "verify", "doctor", "backup"}) {
    INFO(verb);
    CHECK(help.output.find(verb) != std::string::npos);
    const auto one = run_commonbook({verb, "--help"});
    CHECK(one.exit_code == 0);
    for (const char* part : {"--db", "--json", "Exit status"}) CHECK(one.output.find(part) != std::string::npos);
  }
}

TEST_CASE("a command line that can't be understood ends with status 2") {
  const auto wrong = GENERATE(std::vector<std::string>{}, std::vector<std::string>{"remember"},
                              std::vector<std::string>{"stats", "--jsn"}, std::vector<std::string>{"ask"},
                              std::vector<std::string>{"import", "word", "a.doc"}, std::vector<std::string>{"run"},
                              std::vector<std::string>{"ask", "When?", "--now", "soon"},
                              std::vector<std::string>{"ask", "When?", "--zone", "Mars"},
                              std::vector<std::string>{"import", "ics", "a", "--dry-run", "--from", "soon"});
  INFO(Catch::StringMaker<std::vector<std::string>>::convert(wrong));
  const auto result = run_commonbook(wrong);
  CHECK(result.exit_code == 2);
  CHECK(result.output.empty());
  CHECK_FALSE(result.errors.empty());
}

TEST_CASE("a command line that can't be understood names what is wrong, and whose help to read") {
  const auto [arguments, wrong, help] = GENERATE(table<std::vector<std::string>, std::string, std::string>({
      {{}, "a verb is missing; one of run, import, ask", "see commonbook --help"},
      {{"remember"}, "there is no verb remember; one of run", "see commonbook --help"},
      {{"suggestions"}, "a verb is missing; one of list, accept, reject", "see commonbook suggestions --help"},
      {{"suggestions", "lst"}, "there is no verb lst", "see commonbook suggestions --help"},
      {{"merge"}, "commonbook merge: A is required", "see commonbook merge --help"},
      {{"stats", "--jsn"}, "--jsn", "see commonbook stats --help"},
  }));
  const auto result = run_commonbook(arguments);
  INFO(result.errors);
  CHECK(result.exit_code == 2);
  CHECK(result.errors.find(wrong) != std::string::npos);
  CHECK(result.errors.find(help) != std::string::npos);
}

TEST_CASE("what can't be read ends with status 3 and is named") {
  const TemporaryFolder folder;
  const std::string database = (folder.path() / "memory.db").string();
  const std::string missing = (folder.path() / "missing").string();
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"run", missing},
                                                                     {"import", "ics", missing, "--db", database},
                                                                     {"import", "mail", missing, "--db", database},
                                                                     {"import", "ics", missing, "--dry-run"},
                                                                     {"stats", "--db", missing},
                                                                     {"ask", "When?", "--db", missing},
                                                                     {"show", "Ada", "--db", missing},
                                                                     {"verify", missing},
                                                                     {"backup", database, "--db", missing}}) {
    INFO(arguments[0]);
    const auto result = run_commonbook(arguments);
    CHECK(result.exit_code == 3);
    CHECK(result.output.empty());
    CHECK(result.errors.find(missing) != std::string::npos);
  }
  CHECK_FALSE(std::filesystem::exists(database));
}

TEST_CASE("a wrong configuration ends with status 3 and names file and line") {
  const TemporaryFolder folder;
  write_file(folder.path() / "run.toml", "[storage]\nactors = 0\n");
  const auto result =
      run_commonbook({"run", (folder.path() / "run.toml").string(), "--db", (folder.path() / "memory.db").string()});
  CHECK(result.exit_code == 3);
  CHECK(result.errors.find("run.toml:2: [storage] actors: write a whole number from 1 to 64") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "memory.db"));
}

TEST_CASE("what was imported can be counted, shown, asked for, verified and copied") {
  const TemporaryFolder folder;
  const std::string path = make_database(folder).string();

  const auto stats = run_commonbook({"stats", "--db", path, "--json", "--digests"});
  REQUIRE(stats.exit_code == 0);
  const auto counted = nlohmann::json::parse(stats.output);
  CHECK(counted.at("documents") == 1);
  CHECK(counted.at("observations") == 1);

  const auto by_uid = run_commonbook({"show", "harvest@orchard.example", "--db", path, "--json"});
  REQUIRE(by_uid.exit_code == 0);
  bool located = false;
  const auto known = nlohmann::json::parse(by_uid.output);
  for (const auto& fact : known.at("facts"))
    located = located || (fact.at("predicate") == "located at" && fact.at("object").at("spelling") == "North orchard" &&
                          fact.at("citation").at("document") == "harvest@orchard.example");
  CHECK(located);
  CHECK(run_commonbook({"show", "Nobody", "--db", path}).exit_code == 1);

  const auto asked =
      run_commonbook({"ask", "When is the apple harvest?", "--db", path, "--json", "--now", "2026-08-01"});
  INFO(asked.errors);
  REQUIRE(asked.exit_code == 0);
  const auto answer = nlohmann::json::parse(asked.output);
  CHECK(answer.at("question") == "When is the apple harvest?");
  CHECK(answer.at("answer").get<std::string>().find("2026-09-07") != std::string::npos);
  const auto& citation = answer.at("citations").at(0);
  CHECK(citation.at("document") == "harvest@orchard.example");
  CHECK(citation.at("agent") == "calendar");
  for (const char* key : {"time", "kind", "title"}) CHECK(citation.contains(key));

  const auto verified = run_commonbook({"verify", path, "--json"});
  REQUIRE(verified.exit_code == 0);
  CHECK(nlohmann::json::parse(verified.output).at("ok") == true);

  const std::string copy = (folder.path() / "copy.db").string();
  CHECK(run_commonbook({"backup", copy, "--db", path}).exit_code == 0);
  const auto copied = run_commonbook({"stats", "--db", copy, "--json", "--digests"});
  REQUIRE(copied.exit_code == 0);
  CHECK(nlohmann::json::parse(copied.output).at("row_digest") == counted.at("row_digest"));
  CHECK(run_commonbook({"backup", copy, "--db", path}).exit_code == 3);
}

TEST_CASE("a repeated import is a replay and changes nothing", "[P2]") {
  const TemporaryFolder folder;
  const std::string path = make_database(folder).string();
  const auto before = run_commonbook({"stats", "--db", path, "--json", "--digests"});
  const auto again = run_commonbook({"import", "ics", (folder.path() / "one.ics").string(), "--db", path, "--json"});
  REQUIRE(again.exit_code == 0);
  const auto report = nlohmann::json::parse(again.output);
  CHECK(report.at("acknowledged") == 1);
  CHECK(report.at("replayed") == 1);
  CHECK(report.at("created") == 0);
  CHECK(report.at("existed") == 3);
  const auto first = nlohmann::json::parse(before.output);
  const auto second = nlohmann::json::parse(run_commonbook({"stats", "--db", path, "--json", "--digests"}).output);
  for (const char* key : {"row_digest", "content_digest", "observations", "entities", "documents"})
    CHECK(first.at(key) == second.at(key));
}

TEST_CASE("a run prints one JSON object and ends with 0 when all held") {
  const TemporaryFolder folder;
  write_file(folder.path() / "one.ics", one_event);
  write_file(folder.path() / "questions.txt", "Where is the apple harvest?\n");
  write_file(folder.path() / "run.toml", R"(
database = "memory.db"
[[agent]]
kind = "calendar"
paths = ["one.ics"]
[[agent]]
kind = "synthetic"
observations = 200
names = 50
ack = "applied"
[[agent]]
kind = "question"
paths = ["questions.txt"]
now = 2026-08-01
)");
  const auto result = run_commonbook({"run", (folder.path() / "run.toml").string(), "--json"});
  INFO(result.errors << result.output);
  REQUIRE(result.exit_code == 0);
  const auto report = nlohmann::json::parse(result.output);
  for (const char* key :
       {"documents", "observations", "triples", "entities", "created", "existed", "replayed", "suggestions",
        "acknowledged", "commits", "wal_bytes", "errors", "verify", "row_digest", "content_digest", "answers"}) {
    INFO(key);
    CHECK(report.contains(key));
  }
  CHECK(report.at("acknowledged").at("count") == 201);
  for (const char* key : {"p50_ms", "p99_ms", "max_ms"}) CHECK(report.at("acknowledged").contains(key));
  CHECK(report.at("verify").at("ok") == true);
  CHECK(report.at("answers").at(0).at("answer").get<std::string>().find("North orchard") != std::string::npos);
  CHECK(result.errors.empty());  // no progress line when piped
}

TEST_CASE("doctor looks at a machine and a file and says what it found") {
  const TemporaryFolder folder;
  const auto result = run_commonbook({"doctor", make_database(folder).string(), "--json"});
  INFO(result.output << result.errors);
  const auto report = nlohmann::json::parse(result.output);
  std::vector<std::string> ids;
  for (const auto& finding : report.at("findings")) ids.push_back(finding.at("id"));
  for (const char* id : {"sqlite_version", "wal_reset_bug", "file_system", "permissions", "settings"}) {
    INFO(id);
    CHECK(std::count(ids.begin(), ids.end(), id) == 1);
  }
  CHECK(result.exit_code == (report.at("ok") == true ? 0 : 1));
}
