// Bombs: whatever a message claims, sizes stay within the limits, the loss is reported, and the rest is kept.
#include "mail_message_parts.hpp"
#include "mail_message_reader.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

struct Read {
  MailMessage message;
  std::vector<Dropped> dropped;
  [[nodiscard]] bool reports(const std::string& words) const {
    return std::any_of(dropped.begin(), dropped.end(),
                       [&](const Dropped& d) { return d.reason.find(words) != std::string::npos; });
  }
};

/// Reads a bomb. The time allowed is a hundred times what is needed: only work that is not linear reaches it.
Read read(const std::string& raw, const MailLimits& limits = {}) {
  Read result;
  const auto begin = std::chrono::steady_clock::now();
  result.message = read_message(raw, "bomb.eml", result.dropped, limits);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{30});
  return result;
}

std::string repeated(const std::string& piece, int count) {
  std::string result;
  result.reserve(piece.size() * static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) result += piece;
  return result;
}

}  // namespace

TEST_CASE("parts nested a hundred thousand deep are cut at the limit") {
  std::string raw = "Message-ID: <1@x>\nSubject: deep\n";
  for (int i = 0; i < 100'000; ++i)
    raw += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) + "\n";
  raw += "\nbottom\n";
  const Read bomb = read(raw);
  CHECK(bomb.message.subject == "deep");
  CHECK(bomb.reports("nested deeper"));
}

TEST_CASE("half a million header fields and addresses are cut at the limit") {
  const Read fields = read("Message-ID: <1@x>\nSubject: many\n" + repeated("X-Field: value\n", 500'000) + "\nbody\n");
  CHECK(fields.message.subject == "many");
  CHECK(fields.message.text == "body\n");
  CHECK(fields.reports("header fields"));
  const Read addresses = read("Message-ID: <1@x>\nTo: " + repeated("a@x,", 500'000) + "\n\nbody\n");
  CHECK(addresses.message.to.size() <= 1000);
  const Read short_addresses = read("Message-ID: <1@x>\nTo: " + repeated("a,", 30'000) + "\n\nbody\n");
  CHECK(short_addresses.message.to.size() == 1000);
  CHECK(short_addresses.reports("addresses"));
}

TEST_CASE("references of all fields together are cut at the limit, what was cut is named") {
  MailLimits limits;
  limits.references_max = 4;
  const std::string field = "References: <0@x> <1@x> <2@x>\n";
  const Read within = read("Message-ID: <9@x>\nReferences: <0@x>\n" + field + "\nbody\n", limits);
  CHECK(within.message.references == std::vector<std::string>{"<0@x>", "<0@x>", "<1@x>", "<2@x>"});
  CHECK_FALSE(within.reports("references"));
  const Read bomb = read("Message-ID: <9@x>\nIn-Reply-To: <8@x>\n" + repeated(field, 100) + "\nbody\n", limits);
  CHECK(bomb.message.references == std::vector<std::string>{"<0@x>", "<1@x>", "<2@x>", "<0@x>"});
  CHECK(bomb.message.in_reply_to == "<8@x>");
  CHECK(bomb.reports("references beyond 4"));
}

TEST_CASE("many parts are cut at the limit") {
  const Read bomb = read("Message-ID: <1@x>\nContent-Type: multipart/mixed; boundary=b\n\n" +
                         repeated("--b\n\nx\n", 100'000) + "--b--\n");
  CHECK(bomb.message.text.size() < 3000);
  CHECK(bomb.reports("parts beyond"));
}

TEST_CASE("a body of near-boundaries is read in one pass a level") {
  const std::string boundary(69, 'b');
  const Read bomb = read("Message-ID: <1@x>\nContent-Type: multipart/mixed; boundary=" + boundary + "c\n\n" +
                         repeated("--" + boundary + "\n", 200'000));
  CHECK(bomb.reports("without any part"));
  const Read nested = read("Message-ID: <1@x>\nContent-Type: multipart/mixed; boundary=b\n\n" +
                           repeated("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 50'000));
  CHECK(nested.message.message_id == "<1@x>");
  CHECK(read("Content-Type: multipart/mixed; boundary=" + std::string(71, 'b') + "\n\nx\n").reports("usable boundary"));
}

TEST_CASE("decoded parts stay within the limit, what is too much is named and not read") {
  MailLimits limits;
  limits.decoded_bytes_max = 10'000;
  limits.text_bytes_max = 100;
  const std::string part =
      "--b\nContent-Type: application/x; name=big\nContent-Transfer-Encoding: base64\n\n" + repeated("QUJD\n", 1500);
  const Read bomb =
      read("Message-ID: <1@x>\nContent-Type: multipart/mixed; boundary=b\n\n" + part + part + part + "--b--\n", limits);
  REQUIRE(bomb.message.attachments.size() == 3);
  CHECK_FALSE(bomb.message.attachments[0].hash.empty());
  CHECK(bomb.message.attachments[2].hash.empty());
  CHECK(bomb.reports("not decoded"));
  CHECK(read("Message-ID: <1@x>\n\n" + repeated("\u00E9", 200), limits).message.text.size() == 100);
  limits.message_bytes_max = 1000;
  CHECK(read("Message-ID: <1@x>\n\n" + repeated("a", 5000), limits).reports("longer than"));
}

TEST_CASE("parameters and encoded words cannot make a parser work for long") {
  std::string type = "text/plain";
  for (int i = 0; i < 4000; ++i) type += "; name*" + std::to_string(i) + "*=utf-8''" + std::string(4, 'a');
  CHECK(read("Message-ID: <1@x>\nContent-Type: " + type + "\n\nx\n").message.message_id == "<1@x>");
  const std::string words = repeated("=?utf-8?b?YQ= ", 4000);
  const Read bomb = read("Message-ID: <1@x>\nSubject: " + words + "\n\n");
  CHECK(bomb.message.message_id == "<1@x>");
  std::string parts = "Message-ID: <1@x>\nContent-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 900; ++i) parts += "--b\nContent-Type: text/plain; name=\"" + words + "\"\n\nx\n";
  CHECK(read(parts).message.message_id == "<1@x>");
}

TEST_CASE("splitting a multipart looks at each line once") {
  // Counted by the bodies: their bytes together never exceed the text that was split.
  const std::string body = repeated("--b\nx\n", 1000);
  const SplitMultipart split = split_multipart(body, "b", 1'000'000);
  std::size_t bytes = 0;
  for (const auto part : split.bodies) bytes += part.size();
  CHECK(split.bodies.size() == 1000);
  CHECK(bytes < body.size());
}
