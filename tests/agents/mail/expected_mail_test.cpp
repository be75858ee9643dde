// The reader against three independent ones over 115 public and 91 made-up messages: only what is undisputed counts.
#include "expected_mail.hpp"

#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <iostream>

using namespace commonbook;
using namespace commonbook::testing;

namespace {

std::map<std::string, agents::MailMessage> public_messages(const std::filesystem::path& data) {
  return read_messages(data / "mail", {"mimekit/content-length.mbox.txt", "mimekit/issue1189.mbox.txt", "notmuch"});
}

/// At least `percent` of the undisputed values of `field` agree.
void require_share(const Agreement& agreement, const std::string& field, int percent) {
  INFO(field);
  const auto agreed = agreement.agreed.find(field);
  REQUIRE(agreed != agreement.agreed.end());
  CHECK(agreed->second * 100 >= agreement.counted.at(field) * percent);
}

}  // namespace

TEST_CASE("public mail is read as three other programs read it") {
  const auto data = test_data("expected/mail.json");
  if (!data) return;
  const auto root = data->parent_path().parent_path();
  const Agreement agreement = compare(public_messages(root), read_json(*data));
  std::cout << "mail.json: " << agreement.table();
  INFO(agreement.table());
  REQUIRE(agreement.compared >= 110);
  for (const char* field :
       {"message_id", "subject", "date", "from", "to", "cc", "in_reply_to", "references", "attachments", "text_sha256"})
    require_share(agreement, field, 100);
}

TEST_CASE("the sample team's mail is read without any difference") {
  const auto data = test_data("expected/desk-mail.json");
  if (!data) return;
  const auto root = data->parent_path().parent_path();
  const Agreement agreement = compare(read_messages(root / "desk", {"Maildir"}), read_json(*data));
  std::cout << "desk-mail.json: " << agreement.table();
  INFO(agreement.table());
  REQUIRE(agreement.compared == 91);
  CHECK(agreement.differing.empty());
}

TEST_CASE("a mailbox holds as many messages as other programs count in it") {
  const auto data = test_data("expected/mail.json");
  if (!data) return;
  const auto root = data->parent_path().parent_path() / "mail";
  const auto expected = read_json(*data);
  for (const auto& [name, counts] : expected["_about"]["mbox"].items()) {
    INFO(name);
    CHECK(read_all_mail({root / name}).size() == counts["messages_mimekit_summary"].get<std::size_t>());
  }
}
