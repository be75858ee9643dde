// Facts in the text of a mail, through the command: found, cited, believed no further than the mail, forgotten with it.
#include "command_run.hpp"
#include "fake_model.hpp"

#include <algorithm>

using namespace commonbook::testing;
using Json = nlohmann::json;

namespace {

const char* const ladder_letter =
    "From: Ada Pippin <ada@orchard.example>\nTo: Carl Rind <carl@orchard.example>\nSubject: Ladders\n"
    "Date: Wed, 10 Jun 2026 09:00:00 +0000\nMessage-ID: <ladders@orchard.example>\n\n"
    "The ladders cost 1,250 EUR, our order LX-2026-007. I will fetch them on Friday, 12 June.\n";

struct Orchard {
  Orchard() {
    std::filesystem::create_directories(folder.path() / "mail/cur");
    write_file(folder.path() / "mail/cur/1.x:2,", ladder_letter);
  }
  [[nodiscard]] Json import(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"import", "mail", (folder.path() / "mail").string(), "--db", database, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run_commonbook(arguments);
    INFO(result.errors);
    REQUIRE(result.exit_code == 0);
    return Json::parse(result.output);
  }
  /// Objects of a predicate of the message, with their facts.
  [[nodiscard]] std::vector<Json> facts(const std::string& predicate) const {
    const auto result = run_commonbook({"show", "<ladders@orchard.example>", "--db", database, "--json"});
    std::vector<Json> found;
    if (result.exit_code != 0) return found;
    const Json shown = Json::parse(result.output);
    std::copy_if(shown.at("facts").begin(), shown.at("facts").end(), std::back_inserter(found),
                 [&](const Json& fact) { return fact.at("predicate") == predicate; });
    return found;
  }

  TemporaryFolder folder;
  std::string database = (folder.path() / "memory.db").string();
};

}  // namespace

TEST_CASE(
    "facts in a mail's text cite the mail, say who found them and how sure he is, and are as untrusted as the mail") {
  const Orchard orchard;
  const Json report = orchard.import();
  CHECK(report.at("documents") == 1);
  CHECK(report.at("facts") == 4);
  const auto amounts = orchard.facts("mentions amount");
  REQUIRE(amounts.size() == 1);
  CHECK(amounts.front().at("object").at("value") == "1250 EUR");
  const Json& citation = amounts.front().at("citation");
  CHECK(citation.at("document") == "<ladders@orchard.example>");
  CHECK(citation.at("title") == "Ladders");
  CHECK(citation.at("trust") == "untrusted");
  const auto position = citation.at("position").get<std::string>();
  CHECK(position.find("text 17-26, rules ") != std::string::npos);
  CHECK(position.find("confidence 0.97") != std::string::npos);
  REQUIRE(orchard.facts("mentions date").size() == 1);
  CHECK(orchard.facts("refers to number").size() == 1);
}

TEST_CASE("a mail that is imported again, under another name and with other flags, gives no fact a second time") {
  const Orchard orchard;
  static_cast<void>(orchard.import());
  std::filesystem::rename(orchard.folder.path() / "mail/cur/1.x:2,", orchard.folder.path() / "mail/cur/2.y:2,RS");
  const Json again = orchard.import();
  CHECK(again.at("observations").get<int>() - again.at("replayed").get<int>() == 1);  // the mail itself has new flags
  const auto amounts = orchard.facts("mentions amount");
  REQUIRE(amounts.size() == 1);
  CHECK(amounts.front().at("evidence") == 1);
}

TEST_CASE("forgetting a mail forgets what was extracted from it") {
  const Orchard orchard;
  static_cast<void>(orchard.import());
  REQUIRE(orchard.facts("mentions amount").size() == 1);
  const auto forgotten =
      run_commonbook({"forget", "--document", "<ladders@orchard.example>", "--db", orchard.database});
  INFO(forgotten.errors);
  REQUIRE(forgotten.exit_code == 0);
  CHECK(orchard.facts("mentions amount").empty());
  CHECK(run_commonbook({"verify", orchard.database}).exit_code == 0);
}

TEST_CASE("with --extract none only what stands in the headers is stored") {
  const Orchard orchard;
  CHECK(orchard.import({"--extract", "none"}).at("facts") == 0);
  CHECK(orchard.facts("mentions amount").empty());
  CHECK(orchard.facts("title").size() == 1);
}

TEST_CASE(
    "a run asks the model of its configuration once a document; what it says is its own agent's, and can be taken "
    "back") {
  const Orchard orchard;
  const FakeModel model{[](const std::string&) {
    return FakeModel::Reply{200, completion(R"([{"subject":"document","predicate":"asks for","object":"patience",
      "quote":"The ladders cost","confidence":0.6}])")};
  }};
  write_file(orchard.folder.path() / "run.toml", "[model]\nname = \"tiny\"\nurl = \"" + model.url() +
                                                     "\"\n[[agent]]\nkind = \"email\"\n" +
                                                     "paths = [\"mail\"]\nextract = \"model\"\n");
  const auto run =
      run_commonbook({"run", (orchard.folder.path() / "run.toml").string(), "--db", orchard.database, "--json"});
  INFO(run.errors << run.output);
  REQUIRE(run.exit_code == 0);
  CHECK(model.requests() == 1);
  const auto said = orchard.facts("asks for");
  REQUIRE(said.size() == 1);
  const Json& citation = said.front().at("citation");
  CHECK(citation.at("agent") == "email by tiny");
  CHECK(citation.at("document") == "<ladders@orchard.example>");
  CHECK(citation.at("trust") == "untrusted");
  CHECK(citation.at("position").get<std::string>().find("model tiny, confidence 0.60") != std::string::npos);
  REQUIRE(run_commonbook({"forget", "--agent", "email by tiny", "--db", orchard.database}).exit_code == 0);
  CHECK(orchard.facts("asks for").empty());
  CHECK(orchard.facts("mentions amount").size() == 1);
}

TEST_CASE("a model that nobody serves is said, and costs no document") {
  const Orchard orchard;
  write_file(orchard.folder.path() / "run.toml",
             "[model]\nname = \"tiny\"\nurl = \"http://127.0.0.1:1/v1\"\n[[agent]]\nkind = \"email\"\n"
             "paths = [\"mail\"]\nextract = \"model\"\n");
  const auto run = run_commonbook({"run", (orchard.folder.path() / "run.toml").string(), "--db", orchard.database});
  CHECK(run.exit_code == 1);
  CHECK((run.output + run.errors).find("start it, or change the URL") != std::string::npos);
  CHECK(orchard.facts("mentions amount").size() == 1);
}
