// run --follow: what is dropped into a Maildir or written into a calendar is known without a restart.
#include "command_run.hpp"

#include <chrono>
#include <functional>

using namespace commonbook::testing;
using Json = nlohmann::json;

namespace {

std::string letter(int number, const std::string& text) {
  return "From: Ada Pippin <ada@orchard.example>\nTo: Carl Rind <carl@orchard.example>\nSubject: Letter " +
         std::to_string(number) + "\nDate: Wed, 10 Jun 2026 09:00:00 +0000\nMessage-ID: <letter-" +
         std::to_string(number) + "@orchard.example>\n\n" + text + "\n";
}

/// A Maildir with one letter and a calendar with one event, followed.
class Followed {
 public:
  Followed() {
    for (const char* const part : {"cur", "new", "tmp"}) std::filesystem::create_directories(maildir() / part);
    write_file(maildir() / "cur/0.x:2,S", letter(0, "The orchard opens in spring."));
    write_file(folder_.path() / "orchard.ics", one_event);
    write_file(folder_.path() / "run.toml", R"(
[[agent]]
kind = "calendar"
paths = ["orchard.ics"]
ack = "applied"

[[agent]]
kind = "email"
paths = ["mail"]
ack = "applied"
)");
    start();
  }

  void start() {
    command_.emplace(std::vector<std::string>{"run", (folder_.path() / "run.toml").string(), "--follow", "--json",
                                              "--db", database()},
                     true);
    REQUIRE(until([&] { return command_->errors().find("following") != std::string::npos; }));
  }

  /// Looks again until it holds; at most 30 s.
  bool until(const std::function<bool()>& holds) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (command_->is_running() && std::chrono::steady_clock::now() < deadline)
      if (holds()) return true;
    return false;
  }
  /// As mail programs deliver: written elsewhere, then moved.
  void deliver(int number, const std::string& text) const {
    const std::string name = std::to_string(number) + ".x";
    write_file(maildir() / "tmp" / name, letter(number, text));
    std::filesystem::rename(maildir() / "tmp" / name, maildir() / "new" / name);
  }
  /// Asks until an answer mentions `wanted`.
  bool is_answered(const std::string& question, const std::string& wanted) const {
    return until([&] {
      const auto before = command_->output().size();
      command_->write_line(question);
      return until([&] { return command_->output().find('\n', before) != std::string::npos; }) &&
             command_->output().find(wanted, before) != std::string::npos;
    });
  }
  [[nodiscard]] Json stats() const {
    const auto result = run_commonbook({"stats", "--db", database(), "--json", "--log-level", "off"});
    return result.exit_code == 0 ? Json::parse(result.output) : Json{{"documents", -1}, {"observations", -1}};
  }
  /// As power loss for the process: nothing is drained.
  void kill() {
    command_->signal(SIGKILL);
    CHECK(command_->finish().exit_code == -1);
  }
  /// Ctrl-C: the report of the run.
  Json end() {
    command_->signal(SIGINT);
    const auto result = command_->finish();
    INFO(result.errors);
    CHECK(result.exit_code == 130);
    const std::size_t report = result.output.rfind("\n{\n");
    return Json::parse(report == std::string::npos ? result.output : result.output.substr(report));
  }
  [[nodiscard]] std::filesystem::path maildir() const { return folder_.path() / "mail"; }
  [[nodiscard]] std::filesystem::path calendar() const { return folder_.path() / "orchard.ics"; }
  [[nodiscard]] std::string database() const { return (folder_.path() / "memory.db").string(); }

 private:
  TemporaryFolder folder_;
  std::optional<RunningCommand> command_;
};

}  // namespace

TEST_CASE("a mail that is dropped into a followed Maildir is answered from, without a restart") {
  Followed followed;
  followed.deliver(1, "The key of the cider press hangs behind the blue door.");
  CHECK(followed.is_answered("Where does the key of the cider press hang?", "<letter-1@orchard.example>"));
  std::string changed = one_event;
  changed.replace(changed.find("North orchard"), 13, "South meadow ");
  changed.replace(changed.find("DTSTAMP:20260101"), 16, "DTSTAMP:20260201");
  write_file(followed.calendar(), changed);
  CHECK(followed.is_answered("Where is the apple harvest?", "South meadow"));
  const Json report = followed.end();
  CHECK(report.at("interrupted") == true);
  CHECK(report.at("verify").at("ok") == true);
  CHECK(report.at("errors").empty());
}

TEST_CASE("of 1,000 mails that are dropped at once none is lost and none stored twice") {
  Followed followed;
  const Json before = followed.stats();
  constexpr int dropped = 1000;
  for (int number = 1; number <= dropped; ++number)
    followed.deliver(number, "Tree " + std::to_string(number) + " was pruned.");
  // Half are read by a mail program meanwhile, which moves them: the same mail under another name and with other flags.
  for (int number = 1; number <= dropped; number += 2)
    std::filesystem::rename(followed.maildir() / "new" / (std::to_string(number) + ".x"),
                            followed.maildir() / "cur" / (std::to_string(number) + ".x:2,S"));
  const auto wanted = before.at("documents").get<std::int64_t>() + dropped;
  REQUIRE(followed.until([&] { return followed.stats().at("documents") >= wanted; }));
  const Json report = followed.end();
  CHECK(report.at("verify").at("ok") == true);
  CHECK(report.at("errors").empty());
  const Json after = followed.stats();
  CHECK(after.at("documents") == wanted);
  const auto again = run_commonbook(
      {"import", "mail", followed.maildir().string(), "--agent", "email", "--db", followed.database(), "--json"});
  REQUIRE(again.exit_code == 0);
  const Json replay = Json::parse(again.output);
  CHECK(replay.at("documents") == dropped + 1);
  CHECK(followed.stats().at("documents") == wanted);
}

TEST_CASE("a followed run that was killed goes on where it was, with what came while nobody ran") {
  Followed followed;
  const auto before = followed.stats().at("documents").get<std::int64_t>();
  for (int number = 1; number <= 200; ++number)
    followed.deliver(number, "Tree " + std::to_string(number) + " was pruned.");
  REQUIRE(followed.until([&] { return followed.stats().at("documents") > before; }));
  followed.kill();
  for (int number = 201; number <= 300; ++number)
    followed.deliver(number, "Tree " + std::to_string(number) + " was pruned.");
  followed.start();
  REQUIRE(followed.until([&] { return followed.stats().at("documents") >= before + 300; }));
  const Json report = followed.end();
  CHECK(report.at("verify").at("ok") == true);
  CHECK(report.at("errors").empty());
  CHECK(followed.stats().at("documents") == before + 300);
  CHECK(followed.stats().at("observations") == before + 300);
}
