// import --dry-run --json: one object a document with the documented fields.
#include "command_run.hpp"

#include <set>

using namespace commonbook::testing;

namespace {

std::vector<nlohmann::json> lines_of(const std::string& output) {
  std::vector<nlohmann::json> objects;
  std::istringstream lines{output};
  for (std::string line; std::getline(lines, line);) objects.push_back(nlohmann::json::parse(line));
  return objects;
}

std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

}  // namespace

TEST_CASE("a dry run prints an event with its fields, instances and triples, and stores nothing") {
  const TemporaryFolder folder;
  write_file(folder.path() / "series.ics", R"(BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//tests//EN
BEGIN:VEVENT
UID:press@orchard.example
DTSTAMP:20260101T080000Z
DTSTART;TZID=Europe/Berlin:20260302T090000
DTEND;TZID=Europe/Berlin:20260302T100000
RRULE:FREQ=WEEKLY;COUNT=5
SUMMARY:Cider press
END:VEVENT
BEGIN:VEVENT
UID:press@orchard.example
RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000
DTSTAMP:20260101T080000Z
DTSTART;TZID=Europe/Berlin:20260310T140000
DTEND;TZID=Europe/Berlin:20260310T150000
SUMMARY:Cider press
END:VEVENT
END:VCALENDAR
)");
  const auto result =
      run_commonbook({"import", "ics", (folder.path() / "series.ics").string(), "--dry-run", "--json", "--from",
                      "2026-03-01", "--until", "2026-03-31", "--db", (folder.path() / "memory.db").string()});
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "memory.db"));
  const auto objects = lines_of(result.output);
  REQUIRE(objects.size() == 2);
  const auto& series = objects[0];
  CHECK(keys_of(series) == std::set<std::string>{"kind", "document", "uid", "recurrence_id", "sequence", "summary",
                                                 "start", "end", "status", "organiser", "attendees", "location",
                                                 "recurrence_rule", "instances", "triples", "dropped"});
  CHECK(series["kind"] == "event");
  CHECK(series["uid"] == "press@orchard.example");
  CHECK(series["start"] ==
        nlohmann::json{{"value", "2026-03-02T09:00:00"}, {"zone", "Europe/Berlin"}, {"utc", "2026-03-02T08:00:00Z"}});
  CHECK(series["recurrence_rule"] == "FREQ=WEEKLY;COUNT=5");
  std::vector<std::string> starts;
  for (const auto& instance : series["instances"]) starts.push_back(instance["utc"]);
  // The second instance is moved by a day; from 29 March on Berlin keeps summer time.
  CHECK(starts == std::vector<std::string>{"2026-03-02T08:00:00Z", "2026-03-10T13:00:00Z", "2026-03-16T08:00:00Z",
                                           "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"});
  CHECK_FALSE(series["triples"].empty());
  CHECK(objects[1]["recurrence_id"]["utc"] == "2026-03-09T08:00:00Z");
}

TEST_CASE("a dry run prints a message with its fields") {
  const TemporaryFolder folder;
  write_file(folder.path() / "one.eml",
             "Message-ID: <m2@orchard.example>\r\nIn-Reply-To: <m1@orchard.example>\r\n"
             "References: <m0@orchard.example> <m1@orchard.example>\r\nFrom: Ada Pippin <ada@orchard.example>\r\n"
             "To: Ben <ben@orchard.example>\r\nSubject: Re: crates\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n"
             "Content-Type: text/plain; charset=utf-8\r\n\r\nForty crates.\r\n\r\nBen wrote:\r\n> How many?\r\n");
  const auto result = run_commonbook({"import", "mail", (folder.path() / "one.eml").string(), "--dry-run", "--json"});
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  const auto objects = lines_of(result.output);
  REQUIRE(objects.size() == 2);
  const auto& message = objects[0];
  CHECK(keys_of(message) == std::set<std::string>{"kind", "document", "message_id", "from", "to", "cc", "subject",
                                                  "date", "in_reply_to", "references", "attachments", "new_text",
                                                  "triples", "dropped"});
  CHECK(message["kind"] == "message");
  CHECK(message["message_id"] == "<m2@orchard.example>");
  CHECK(message["from"] == nlohmann::json::array({{{"name", "Ada Pippin"}, {"address", "ada@orchard.example"}}}));
  CHECK(message["date"] == "2026-03-02T09:00:00Z");
  CHECK(message["in_reply_to"] == "<m1@orchard.example>");
  CHECK(message["references"] == nlohmann::json::array({"<m0@orchard.example>", "<m1@orchard.example>"}));
  CHECK(message["new_text"].get<std::string>().find("Forty crates.") != std::string::npos);
  CHECK(message["new_text"].get<std::string>().find("How many") == std::string::npos);
  // Behind a document: what was found in its text.
  CHECK(objects[1]["kind"] == "facts");
  CHECK(objects[1]["document"] == "<m2@orchard.example>");
  CHECK(objects[1]["triples"][0]["object"]["value"] == "40 crates");
  CHECK(objects[1]["position"].get<std::string>().find("text 0-12") != std::string::npos);
}

TEST_CASE("a dry run says what it can't use and why") {
  const TemporaryFolder folder;
  write_file(folder.path() / "empty.ics", "this is no calendar\n");
  const auto result = run_commonbook({"import", "ics", (folder.path() / "empty.ics").string(), "--dry-run", "--json"});
  const auto objects = lines_of(result.output);
  REQUIRE(objects.size() == 1);
  CHECK(objects[0]["kind"] == "dropped");
  CHECK_FALSE(objects[0]["reason"].get<std::string>().empty());
}
