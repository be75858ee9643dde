// One message: what its header and its parts say, also when they are damaged.
#include "mail_message_reader.hpp"

#include "mail_text_decoding.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

MailMessage read(const std::string& raw) {
  std::vector<Dropped> dropped;
  return read_message(raw, "test.eml", dropped);
}

const std::string head = "From: A <a@x.example>\nMessage-ID: <1@x.example>\nDate: Mon, 5 Jan 2026 15:10:00 +0100\n";

}  // namespace

TEST_CASE("names and subjects are decoded, also when programs encode them wrongly") {
  const auto message = read(
      "From: =?iso-8859-1?q?Ren=E9e?= =?utf-8?b?IERvcnZlbm5l?= <r@x.example>\nTo: \"Doe, Jane\" <j@x.example>, "
      "k@x.example, team: l@x.example, m@x.example;\n"
      "Subject: =?utf-8?q?Gr=C3=BC?=\n =?utf-8?q?=C3=9Fe?= and\n  more\nMessage-ID: <1@x>\n\nx\n");
  REQUIRE(message.from.size() == 1);
  CHECK(message.from[0] == MailAddress{"Ren\u00E9e Dorvenne", "r@x.example"});
  REQUIRE(message.to.size() == 4);
  CHECK(message.to[0] == MailAddress{"Doe, Jane", "j@x.example"});
  CHECK(message.to[3].address == "m@x.example");
  CHECK(message.subject == "Gr\u00FC\u00DFe and more");
}

TEST_CASE("a character set off the list is never opened") {
  const auto message = read(
      "Subject: =?ISO-2022-CN-EXT?q?plain?=\nMessage-ID: <1@x>\nContent-Type: text/plain; "
      "charset=ISO-2022-CN-EXT\n\nplain \xC3\xA9\n");
  CHECK(message.subject.find("plain") != std::string::npos);
  CHECK(message.text == "plain \u00E9\n");
  CHECK_FALSE(is_known_charset("ISO-2022-CN-EXT"));
  CHECK_FALSE(is_known_charset("UTF-7"));
  CHECK(is_known_charset("UTF-8"));
}

TEST_CASE("text is UTF-8 whatever the message claims") {
  CHECK(decode_charset("caf\xE9", "iso-8859-1") == "caf\u00E9");
  CHECK(decode_charset("caf\xE9", "") == "caf\u00E9");
  CHECK(decode_charset("caf\xC3\xA9", "us-ascii") == "caf\u00E9");
  CHECK(decode_charset("caf\xE9 \xF0\x9F", "utf-8") == "caf\uFFFD \uFFFD\uFFFD");
  CHECK(decode_charset("\x93quoted\x94", "windows-1252") == "\u201Cquoted\u201D");
  CHECK(decode_charset(std::string("a\0b\r\nc\rd", 8), "utf-8") == "ab\nc\nd");
  CHECK(decode_charset("\xED\xA0\x80\xC0\x80", "utf-8").find("\xED\xA0\x80") == std::string::npos);
}

TEST_CASE("the plain form of an alternative is taken, the HTML form where it is alone") {
  const std::string both = head +
                           "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: "
                           "text/html\n\n<p>html</p>\n--b--\n";
  CHECK(read(both).text == "plain");
  const std::string alone = head + "Content-Type: text/html\n\n<p>only <i>html</i></p>\n";
  CHECK(read(alone).text == "only html");
}

TEST_CASE("attachments have a name, a size and a hash, and are no text") {
  const auto message =
      read(head +
           "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\n\nhello\n--b\nContent-Type: text/plain; name=n.txt\n"
           "Content-Disposition: attachment; filename*0*=utf-8''r%C3%A9; "
           "filename*1=port.txt\nContent-Transfer-Encoding: base64\n\naGVsbG8K\n--b--\n");
  CHECK(message.text == "hello");
  REQUIRE(message.attachments.size() == 1);
  CHECK(message.attachments[0].name == "r\u00E9port.txt");
  CHECK(message.attachments[0].bytes == 6);
  CHECK(message.attachments[0].hash == content_hash("hello\n"));
}

TEST_CASE("a damaged structure keeps what can be read") {
  CHECK(read(head + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nno end").text == "no end");
  CHECK(read(head + "Content-Type: multipart/mixed\n\njust text\n").text == "just text\n");
  CHECK(read(head + "Content-Type: multipart/mixed; boundary=b\n\nno parts\n").text == "no parts\n");
  CHECK(read(head + "not a field\n\nbody\n").text == "not a field\n\nbody\n");
  CHECK(read("").message_id.starts_with("<hash:"));
}

TEST_CASE("without a Message-ID a message is named by its content") {
  const std::string raw = "From: a@x.example\nSubject: s\n\ntext\n";
  const auto first = read(raw);
  CHECK(first.message_id.starts_with("<hash:"));
  CHECK(first.message_id.ends_with("@local>"));
  CHECK(read("Received: from here\n" + raw).message_id == first.message_id);
  CHECK(read(raw + "more\n").message_id != first.message_id);
  CHECK(read("Message-ID: bare@x\n" + raw).message_id == "<bare@x>");
}

TEST_CASE("dates are UTC, and an unreadable one is none") {
  const auto date = [](const std::string& value) { return read("Date: " + value + "\n\n").date; };
  CHECK(date("Mon, 5 Jan 2026 15:10:00 +0100") == Timestamp{1767622200000});
  CHECK(date("5 Jan 2026 14:10 gmt") == Timestamp{1767622200000});
  CHECK_FALSE(date("yesterday"));
}

TEST_CASE("copies that differ in transport, flags or a list footer have one content") {
  const std::string raw = head + "Subject: s\n\nHello\n\nMira\n";
  const std::string copy = "List-Id: team\nReceived: x\n" + head + "Subject:  s\n\nHello\n\nMira\n--\nteam list\n";
  CHECK(canonical_content(read(raw)) == canonical_content(read(copy)));
  CHECK(canonical_content(read(raw)) != canonical_content(read(raw + "More.\n")));
}
