// Files, folders and Maildirs: what is found, what is passed over, and in what order.
#include "expected_mail.hpp"
#include "mail_triples.hpp"
#include "maildir_reader.hpp"

#include "commonbook/agents/vocabulary.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace commonbook;
using namespace commonbook::agents;
using namespace commonbook::testing;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string mail(const std::string& id) {
  return "From: a@x.example\nMessage-ID: <" + id + "@x>\n\nbody of " + id + "\n";
}

std::vector<std::string> positions(const std::vector<ImportItem>& items) {
  std::vector<std::string> result;
  for (const ImportItem& item : items) result.push_back(item.observation.position);
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what a path is, is found by looking") {
  const TemporaryFolder folder;
  write(folder.path() / "a.txt", mail("single"));
  write(folder.path() / "b",
        "From a@x Mon Jan  5 10:00:00 2026\n" + mail("one") + "\nFrom a@x Mon Jan  5 10:00:00 2026\n" + mail("two"));
  write(folder.path() / "box/cur/1:2,S", mail("read"));
  write(folder.path() / "box/new/2", mail("new"));
  write(folder.path() / "box/tmp/3", mail("undelivered"));
  write(folder.path() / "box/.Sent/cur/4:2,RS", mail("sent"));
  write(folder.path() / "box/inner/cur/5:2,", mail("nested"));
  write(folder.path() / ".cache/6", mail("hidden"));
  write(folder.path() / "README", "This is no mail.\nNote: not at all\n");
  CHECK(positions(read_all_mail({folder.path()})) ==
        Texts{"a.txt", "b#0", "b#1", "box/.Sent/cur/4:2,RS", "box/cur/1:2,S", "box/inner/cur/5:2,", "box/new/2"});
}

TEST_CASE("files that hold no mail are named, and others go on") {
  const TemporaryFolder folder;
  write(folder.path() / "1", "");
  write(folder.path() / "2", std::string("\0\1\2binary", 9));
  write(folder.path() / "book.db", mail("never opened"));
  write(folder.path() / "zz", mail("good"));
  fs::create_symlink(folder.path() / "zz", folder.path() / "link");
  auto source = open_mail({folder.path()}, "email");
  REQUIRE(source);
  int found = 0;
  for (auto item = (*source)->next(); item && *item; item = (*source)->next()) ++found;
  CHECK(found == 1);
  std::set<std::string> places;
  for (const Dropped& dropped : (*source)->dropped()) places.insert(dropped.place);
  CHECK(places == std::set<std::string>{"1", "2", "book.db", "link"});
  CHECK((*source)->progress().bytes_done == (*source)->progress().bytes_total);
  CHECK(open_mail({folder.path() / "missing"}, "email").error().code == ErrorCode::not_found);
}

TEST_CASE("flags come from the file name, unread from a missing S or the folder new") {
  CHECK(maildir_flags("17.host:2,RS", false) == Texts{"replied"});
  CHECK(maildir_flags("17.host:2,FT", false) == Texts{"unread", "flagged", "trashed"});
  CHECK(maildir_flags("17.host", false) == Texts{"unread"});
  CHECK(maildir_flags("17.host:2,S", true) == Texts{"unread"});
}

TEST_CASE("an invitation gives an event after its message, and the message says so") {
  const TemporaryFolder folder;
  const std::string calendar =
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:kick@x\r\nDTSTAMP:20260105T090000Z\r\n"
      "DTSTART:20260120T150000Z\r\nSUMMARY:Kick-off\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  write(folder.path() / "invite.eml",
        "From: a@x.example\nMessage-ID: <i@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nPlease come.\n"
        "--b\nContent-Type: text/calendar; method=REQUEST\n\n" +
            calendar + "--b--\n");
  const auto items = read_all_mail({folder.path() / "invite.eml"});
  REQUIRE(items.size() == 2);
  REQUIRE(std::holds_alternative<MailMessage>(items[0].parsed));
  REQUIRE(std::holds_alternative<CalendarEvent>(items[1].parsed));
  CHECK(std::get<CalendarEvent>(items[1].parsed).summary == "Kick-off");
  CHECK(items[1].observation.position.starts_with("invite.eml"));
  const Key event = items[1].observation.document->subject->key;
  const Triple expected{message_entity("<i@x>"), std::string(predicate::invites_to), EntityName{event, {}},
                        Cardinality::many};
  const auto& triples = items[0].observation.triples;
  CHECK(std::find(triples.begin(), triples.end(), expected) != triples.end());
}

TEST_CASE("the sample team's second copies are second observations of one document") {
  const auto maildir = test_data("desk/Maildir");
  if (!maildir) return;
  std::set<std::string> documents;
  std::set<std::pair<std::string, std::string>> versions;
  std::set<std::string> operations;
  std::size_t messages = 0;
  for (const ImportItem& item : read_all_mail({*maildir})) {
    if (!std::holds_alternative<MailMessage>(item.parsed)) continue;
    ++messages;
    documents.insert(item.observation.document->id);
    versions.emplace(item.observation.document->id, item.observation.document->hash);
    operations.insert(*item.observation.operation_id);
  }
  CHECK(messages == 91);
  CHECK(documents.size() == 85);
  CHECK(versions.size() == 85);
  CHECK(operations.size() == 90);  // one second copy has the same bytes and the same flags
}

TEST_CASE("reading twice gives the same items") {
  const auto maildir = test_data("desk/Maildir");
  if (!maildir) return;
  const auto first = read_all_mail({*maildir});
  const auto second = read_all_mail({*maildir});
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(first[i].observation == second[i].observation);
}
