// What a configuration may say, and how a wrong one is answered: file, line, key, what to write instead.
#include "command_run.hpp"
#include "config.hpp"

using namespace commonbook;
using namespace commonbook::apps;
using namespace commonbook::testing;

namespace {

Result<RunConfig> read_text(const TemporaryFolder& folder, const std::string& text) {
  write_file(folder.path() / "run.toml", text);
  return read_config(folder.path() / "run.toml");
}

}  // namespace

TEST_CASE("a configuration says who runs on what; paths are relative to it") {
  const TemporaryFolder folder;
  const auto config = read_text(folder, R"(
database = "memory.db"
[storage]
actors = 4
similarity = "merge"
deadline_ms = 2500
[[agent]]
kind = "email"
paths = ["mail", "/var/mail/ada"]
ack = "applied"
rate = 2.5
[[agent]]
name = "asker"
kind = "question"
paths = ["questions.txt"]
now = 2026-04-01
zone = "Europe/Berlin"
[[agent]]
kind = "synthetic"
seed = 7
names = 12
)");
  if (!config) FAIL(to_string(config.error()));
  CHECK(config->database == folder.path() / "memory.db");
  CHECK(config->runtime.storage_actors == 4);
  CHECK(config->runtime.similarity == "merge");
  CHECK(config->runtime.deadline == std::chrono::milliseconds{2500});
  REQUIRE(config->agents.size() == 3);
  CHECK(config->agents[0].name == "email");
  CHECK(config->agents[0].paths == std::vector<std::filesystem::path>{folder.path() / "mail", "/var/mail/ada"});
  CHECK(config->agents[0].ack_class == AckClass::applied);
  CHECK(config->agents[0].observations_per_second == 2.5);
  CHECK(config->agents[1].name == "asker");
  CHECK(config->agents[1].now == Timestamp{1'775'001'600'000});
  CHECK(config->agents[1].zone == "Europe/Berlin");
  CHECK(config->agents[2].synthetic.seed == 7);
  CHECK(config->agents[2].synthetic.names == 12);
}

TEST_CASE("facts in the text are found by rules unless a configuration says otherwise; a model is asked only where one is named") {
  const TemporaryFolder folder;
  const auto plain = read_text(folder, "[[agent]]\nkind = \"email\"\npaths = [\"mail\"]\n");
  REQUIRE(plain);
  CHECK(plain->agents[0].extracts);
  CHECK_FALSE(plain->agents[0].asks_model);
  CHECK_FALSE(plain->model);
  const auto none = read_text(folder, "[[agent]]\nkind = \"email\"\npaths = [\"mail\"]\nextract = \"none\"\n");
  REQUIRE(none);
  CHECK_FALSE(none->agents[0].extracts);
  const std::string asking = "[[agent]]\nkind = \"email\"\npaths = [\"mail\"]\nextract = \"model\"\n";
  const auto unnamed = read_text(folder, asking);
  REQUIRE_FALSE(unnamed);
  CHECK(unnamed.error().message.find("write [model]") != std::string::npos);
  const auto model = read_text(folder, "[model]\nname = \"tiny\"\nrequests = 3\ntimeout_ms = 500\nconfidence = 0.5\n" + asking);
  REQUIRE(model);
  REQUIRE(model->model);
  CHECK(model->agents[0].asks_model);
  CHECK(model->model->model == "tiny");
  CHECK(model->model->url.starts_with("http://127.0.0.1"));
  CHECK(model->model->requests_max == 3);
  CHECK(model->model->timeout == std::chrono::milliseconds{500});
  CHECK(model->model->confidence_max == 0.5);
}

TEST_CASE("a wrong configuration is answered with file, line, key and what to write instead") {
  struct Wrong {
    const char* text;
    int line;
    const char* key;
    const char* advice;
  };
  const auto wrong = GENERATE(
      Wrong{"[storage\nactors = 2", 1, "", "write TOML"}, Wrong{"x = = 1", 1, "", "write TOML"},
      Wrong{"[storage]\nactors = 0", 2, "[storage] actors", "whole number from 1 to 64"},
      Wrong{"[storage]\nactors = \"two\"", 2, "[storage] actors", "whole number from 1 to 64"},
      Wrong{"[storage]\nsimilarity = \"perhaps\"", 2, "similarity", "\"off\", \"suggest\" or \"merge\""},
      Wrong{"[storage]\n\nthreads = 2", 3, "[storage] threads", "unknown key; write one of"},
      Wrong{"storage = 3", 1, "storage", "[storage]"}, Wrong{"databse = \"a.db\"", 1, "databse", "unknown key"},
      Wrong{"database = 3", 1, "database", "write a text"}, Wrong{"agent = \"calendar\"", 1, "agent", "[[agent]]"},
      Wrong{"[[agent]]\nname = \"a\"", 1, "[[agent]]", "kind is missing"},
      Wrong{"[[agent]]\nkind = \"calender\"", 2, "[[agent]] kind", "instead of \"calender\""},
      Wrong{"[[agent]]\nkind = \"email\"", 1, "[[agent]]", "paths is missing"},
      Wrong{"[[agent]]\nkind = \"email\"\npaths = \"mail\"", 3, "paths", "write a list of texts"},
      Wrong{"[[agent]]\nkind = \"email\"\npaths = [\"mail\"]\nack = \"sure\"", 4, "ack", "\"applied\" or \"durable\""},
      Wrong{"[[agent]]\nkind = \"email\"\npaths = [\"mail\"]\nextract = \"all\"", 4, "extract", "\"rules\", \"model\" or \"none\""},
      Wrong{"[model]\nurl = \"http://x\"", 1, "[model]", "llama3.2"},
      Wrong{"[model]\nname = \"tiny\"\nurl = \"file:///x\"", 3, "url", "http://127.0.0.1"},
      Wrong{"[[agent]]\nkind = \"email\"\npaths = [\"mail\"]\nrate = -1", 4, "rate", "write a number from 0"},
      Wrong{"[[agent]]\nkind = \"question\"\npaths = [\"q\"]\nnow = \"soon\"", 4, "now", "now = 2026-04-01"},
      Wrong{"[[agent]]\nkind = \"question\"\npaths = [\"q\"]\nzone = \"Mars\"", 4, "zone", "Europe/Berlin"},
      Wrong{"[[agent]]\nkind = \"synthetic\"\ntriples_min = 9\ntriples_max = 3", 4, "triples_max",
            "at least triples_min"});
  const TemporaryFolder folder;
  INFO(wrong.text);
  const auto config = read_text(folder, wrong.text);
  REQUIRE_FALSE(config);
  CHECK(config.error().code == ErrorCode::parse_error);
  INFO(config.error().message);
  const std::string place = (folder.path() / "run.toml").string() + ":" + std::to_string(wrong.line) + ": ";
  CHECK(config.error().message.rfind(place, 0) == 0);
  CHECK(config.error().message.find(wrong.key) != std::string::npos);
  CHECK(config.error().message.find(wrong.advice) != std::string::npos);
}

TEST_CASE("two agents of one name, and no agent at all, are refused") {
  const TemporaryFolder folder;
  const auto none = read_text(folder, "");
  REQUIRE_FALSE(none);
  CHECK(none.error().message.find("at least one [[agent]]") != std::string::npos);
  const auto twins = read_text(folder, "[[agent]]\nkind = \"synthetic\"\n[[agent]]\nkind = \"synthetic\"\n");
  REQUIRE_FALSE(twins);
  CHECK(twins.error().message.find("another agent is called \"synthetic\"") != std::string::npos);
}

TEST_CASE("questions are read from a table with a header, or one a line") {
  const TemporaryFolder folder;
  write_file(folder.path() / "table.tsv", "id\tquestion\tanswer\nq1\tWhen is lunch?\t12:00\r\nq2\tWho pays?\t\n");
  write_file(folder.path() / "plain.txt", "# about lunch\nWhen is lunch?\n\nWho pays?\n");
  const std::vector<std::string> expected = {"When is lunch?", "Who pays?"};
  const auto table = read_questions(folder.path() / "table.tsv");
  const auto plain = read_questions(folder.path() / "plain.txt");
  REQUIRE((table && plain));
  CHECK(*table == expected);
  CHECK(*plain == expected);
  CHECK(read_questions(folder.path() / "missing.txt").error().code == ErrorCode::not_found);
  write_file(folder.path() / "empty.txt", "");
  CHECK(read_questions(folder.path() / "empty.txt").error().code == ErrorCode::parse_error);
}

TEST_CASE("the sample configuration is read") {
  const auto config = read_config(source_folder() / "configs/desk.toml");
  if (!config) FAIL(to_string(config.error()));
  CHECK(config->agents.size() == 3);
  for (const AgentConfig& agent : config->agents)
    for (const auto& path : agent.paths) CHECK(std::filesystem::exists(path));
}
