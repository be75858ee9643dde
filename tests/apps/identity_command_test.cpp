// Who is who as a person decides it on the command line: what the verbs print, how they end, and that nothing is lost.
#include "command_run.hpp"

using namespace commonbook::testing;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const char* const letters =
    "From ada@orchard.example Mon Jan  5 10:00:00 2026\n"
    "From: Ada Pippin <ada@orchard.example>\n"
    "To: crew@orchard.example\n"
    "Subject: Ladders\n"
    "Date: Mon, 5 Jan 2026 10:00:00 +0000\n"
    "Message-ID: <ladders@orchard.example>\n"
    "\n"
    "The ladders are in the north shed.\n"
    "\n"
    "From ada@home.example Tue Jan  6 10:00:00 2026\n"
    "From: Ada Pippin <ada@home.example>\n"
    "To: crew@orchard.example\n"
    "Subject: Baskets\n"
    "Date: Tue, 6 Jan 2026 10:00:00 +0000\n"
    "Message-ID: <baskets@home.example>\n"
    "\n"
    "The baskets are in the south shed.\n";

struct Orchard {
  TemporaryFolder folder;
  std::string db = (folder.path() / "memory.db").string();

  Orchard() {
    write_file(folder.path() / "two.mbox", letters);
    const auto imported = run_commonbook({"import", "mail", (folder.path() / "two.mbox").string(), "--db", db});
    INFO(imported.errors);
    REQUIRE(imported.exit_code == 0);
  }
  CommandResult run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--db", db});
    return run_commonbook(arguments);
  }
  Json json(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    const auto result = run(std::move(arguments));
    INFO(result.errors);
    REQUIRE(result.exit_code == 0);
    return Json::parse(result.output);
  }
  [[nodiscard]] std::string digest() const { return json({"stats", "--digests"})["content_digest"]; }
};

}  // namespace

TEST_CASE("merge, unmerge, rename and suggestions have a help that names their arguments and exit statuses") {
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"merge"}, {"unmerge"}, {"rename"}, {"suggestions", "list"}, {"suggestions", "accept"}, {"suggestions", "reject"}}) {
    auto arguments = verb;
    arguments.push_back("--help");
    const auto help = run_commonbook(arguments);
    INFO(verb.back());
    CHECK(help.exit_code == 0);
    CHECK(help.output.find("--json") != std::string::npos);
    CHECK(help.output.find("Exit status") != std::string::npos);
  }
}

TEST_CASE("two addresses are merged by name, shown as one, and two again when the merge is taken back") {
  const Orchard orchard;
  const std::string before = orchard.digest();
  const Json merged = orchard.json({"merge", "ada@orchard.example", "ada@home.example"});
  CHECK(merged["changed"] == true);
  CHECK(orchard.digest() != before);
  const Json shown = orchard.json({"show", "ada@home.example"});
  REQUIRE(shown["entities"].size() == 1);
  CHECK(shown["entities"][0]["value"] == "ada@orchard.example");
  CHECK(orchard.run({"verify"}).exit_code == 0);
  const auto again = orchard.run({"merge", "ada@home.example", "ada@orchard.example"});
  CHECK(again.exit_code == 0);
  CHECK(again.output.find("merged already") != std::string::npos);
  CHECK(orchard.json({"unmerge", "ada@home.example"})["merges"] == 1);
  CHECK(orchard.digest() == before);
  const auto nothing = orchard.run({"unmerge", "ada@home.example", "ada@orchard.example"});
  CHECK(nothing.exit_code == 1);
  CHECK(nothing.errors.find("are not merged") != std::string::npos);
}

TEST_CASE("a name that several claim is refused with the ways to say which; an unknown one is told") {
  const Orchard orchard;
  const auto several = orchard.run({"merge", "Ada Pippin", "crew@orchard.example"});
  CHECK(several.exit_code == 1);
  CHECK(several.errors.find("ada@home.example, entity:") != std::string::npos);
  CHECK(several.errors.find("ada@orchard.example, entity:") != std::string::npos);
  const auto unknown = orchard.run({"merge", "Nobody", "crew@orchard.example"});
  CHECK(unknown.exit_code == 1);
  CHECK(unknown.errors.find("nothing is known by the name") != std::string::npos);
}

TEST_CASE("a renamed person is shown under the new name, and found by it") {
  const Orchard orchard;
  CHECK(orchard.json({"rename", "ada@orchard.example", "Ada Pippin-Bramley"})["created"] == true);
  CHECK(orchard.json({"show", "ada@orchard.example"})["entities"][0]["spelling"] == "Ada Pippin-Bramley");
  CHECK(orchard.json({"show", "Ada Pippin-Bramley"})["facts"].size() > 1);
  CHECK(orchard.run({"verify"}).exit_code == 0);
  const auto taken = orchard.run({"rename", "ada@home.example", "ada pippin-bramley"});
  CHECK(taken.exit_code == 1);
  CHECK(taken.errors.find("use `merge`") != std::string::npos);
}

TEST_CASE("the addresses that claim one name are rejected as a suggestion, and stay so") {
  const Orchard orchard;
  const auto rejected = orchard.run({"suggestions", "reject", "ada@orchard.example", "ada@home.example"});
  CHECK(rejected.exit_code == 0);
  CHECK(orchard.json({"suggestions", "list", "--decision", "rejected"})["total"] == 1);
  const auto merged = orchard.run({"merge", "ada@orchard.example", "ada@home.example"});
  CHECK(merged.exit_code == 1);
  CHECK(merged.errors.find("--despite-rejection") != std::string::npos);
  const auto accepted = orchard.run({"suggestions", "accept", "ada@orchard.example", "crew@orchard.example"});
  CHECK(accepted.exit_code == 1);
  CHECK(accepted.errors.find("nobody suggested") != std::string::npos);
  CHECK(orchard.json({"suggestions", "accept", "ada@orchard.example", "ada@home.example"})["changed"] == true);
}
