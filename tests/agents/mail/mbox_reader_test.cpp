// Where messages begin in a mailbox, in the dialects that people have.
#include "mbox_reader.hpp"

#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

std::vector<RawMessage> read(const std::string& mailbox, std::size_t message_bytes_max = 1u << 20) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "test.mbox";
  std::ofstream(path, std::ios::binary) << mailbox;
  auto reader = MboxReader::open(path, message_bytes_max);
  REQUIRE(reader);
  std::vector<RawMessage> messages;
  for (;;) {
    auto message = reader->next();
    REQUIRE(message);
    if (!*message) break;
    messages.push_back(std::move(**message));
  }
  CHECK(reader->position() == static_cast<std::int64_t>(mailbox.size()));
  return messages;
}

}  // namespace

TEST_CASE("messages end where the next one begins, and keep their bytes") {
  const auto messages = read(
      "From a@x Mon Jan  5 10:00:00 2026\nSubject: 1\n\none\n\nFrom b@x Mon Jan  5 11:00:00 2026\nSubject: 2\n\ntwo\n");
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].bytes == "Subject: 1\n\none\n");
  CHECK(messages[1].bytes == "Subject: 2\n\ntwo\n");
}

TEST_CASE("text that begins with From is no message") {
  const auto messages = read(
      "From a@x Mon Jan  5 10:00:00 2026\nSubject: 1\n\nFrom now on we meet on Mondays.\n\nFrom here it is two "
      "hours.\nNot far.\n");
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].bytes.find("two hours") != std::string::npos);
}

TEST_CASE("one quotation mark is taken off a quoted From line") {
  const auto messages =
      read("From a@x Mon Jan  5 10:00:00 2026\nSubject: 1\n\n>From my desk\n>>From his\n> From here\n");
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].bytes == "Subject: 1\n\nFrom my desk\n>From his\n> From here\n");
}

TEST_CASE("a right Content-Length keeps a From line inside its message") {
  const std::string body = "\nFrom b@x Mon Jan  5 11:00:00 2026\nSubject: quoted\n\nold\n";
  const std::string mailbox =
      "From a@x Mon Jan  5 10:00:00 2026\nSubject: 1\nContent-Length: " + std::to_string(body.size()) + "\n\n" + body;
  CHECK(read(mailbox).size() == 1);
  CHECK(read(mailbox + "\nFrom c@x Mon Jan  5 12:00:00 2026\nSubject: 2\n\nx\n").size() == 2);
}

TEST_CASE("a wrong Content-Length does no harm") {
  for (const std::string length : {"0", "1", "7", "25", "1000000", "99999999999999999999", "-5", "x"}) {
    INFO(length);
    const auto messages = read("From a@x Mon Jan  5 10:00:00 2026\nSubject: 1\nContent-Length: " + length +
                               "\n\none one one one\n\nFrom b@x Mon Jan  5 11:00:00 2026\nSubject: 2\n\ntwo\n");
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].bytes.ends_with("one one one one\n"));
  }
}

TEST_CASE("a mailbox with CR LF, without a last line end, or cut off gives what is there") {
  const auto messages = read(
      "From a@x Mon Jan  5 10:00:00 2026\r\nSubject: 1\r\n\r\none\r\n\r\nFrom b@x Mon Jan  5 11:00:00 2026\r\nSubject: "
      "2");
  REQUIRE(messages.size() == 2);
  CHECK(messages[1].bytes == "Subject: 2");
  CHECK(read("").empty());
}

TEST_CASE("a message that is too long is cut, and the next one still found") {
  const auto messages = read("From a@x Mon Jan  5 10:00:00 2026\nSubject: 1\n\n" + std::string(500'000, 'x') +
                                 "\n\nFrom b@x Mon Jan  5 11:00:00 2026\nSubject: 2\n\ntwo\n",
                             1000);
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].bytes.size() == 1000);
  CHECK(messages[0].cut > 499'000);
  CHECK(messages[1].cut == 0);
}

TEST_CASE("a mailbox of nothing but From lines and lengths is read once") {
  std::string mailbox;
  for (int i = 0; i < 100'000; ++i) mailbox += "From x\nA: b\nContent-Length: 7\n\n";
  CHECK(read(mailbox).size() == 100'000);
}
