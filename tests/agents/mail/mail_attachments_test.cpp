// Attached texts are documents of their own that name their message.
#include "mail_items.hpp"

#include "commonbook/agents/vocabulary.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

std::string attached_part(const std::string& type, const std::string& name, const std::string& body) {
  return "--b\nContent-Type: " + type + "; charset=utf-8\nContent-Disposition: attachment; filename=\"" + name +
         "\"\n\n" + body + "\n";
}

std::string letter_with(const std::string& parts) {
  return "From: Ada <ada@x.example>\nTo: Carl <carl@x.example>\nSubject: Prices\nDate: Wed, 10 Jun 2026 09:00:00 "
         "+0000\n"
         "Message-ID: <1@x>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
         "text/plain\n\n"
         "See what is attached.\n" +
         parts + "--b--\n";
}

std::vector<ImportItem> items_in(const std::string& raw) { return items_of({raw, "inbox#1", {}, "email"}, {}, {}); }

const Document& document_of(const ImportItem& item) { return item.observation.document.value(); }

}  // namespace

TEST_CASE("text and csv attachments are documents that cite their message and are believed no further than it") {
  const auto read = items_in(letter_with(attached_part("text/csv", "prices.csv", "item;price\nladder;12") +
                                         attached_part("text/plain", "note.txt", "Ripe.")));
  REQUIRE(read.size() == 3);
  CHECK(document_of(read[0]).kind == DocumentKind::message);
  CHECK(document_of(read[1]).id == "<1@x>/prices.csv");
  CHECK(document_of(read[1]).kind == DocumentKind::text);
  CHECK(document_of(read[1]).title == "prices.csv");
  CHECK(document_of(read[1]).text == "item;price\nladder;12");
  CHECK(document_of(read[1]).time == document_of(read[0]).time);
  CHECK(document_of(read[2]).text == "Ripe.");
  for (const std::size_t at : {std::size_t{1}, std::size_t{2}}) {
    const Observation& observation = read[at].observation;
    CHECK(observation.derived_from == std::vector<std::string>{"<1@x>"});
    CHECK(observation.trust == Trust::untrusted);
    const auto attached = std::find_if(observation.triples.begin(), observation.triples.end(),
                                       [](const Triple& triple) { return triple.predicate == predicate::attached_to; });
    REQUIRE(attached != observation.triples.end());
    CHECK(std::get<EntityName>(attached->object).key == Key{Scheme::mid, "1@x", {}});
    CHECK(attached->subject.key.value == document_of(read[at]).id.substr(1, 3) + document_of(read[at]).id.substr(5));
  }
}

TEST_CASE("an attachment is the same document wherever its message lies, and another one where its text differs") {
  const auto once = items_in(letter_with(attached_part("text/plain", "note.txt", "Ripe.")));
  const std::string elsewhere = "X-Delivered: again\n" + letter_with(attached_part("text/plain", "note.txt", "Ripe."));
  const auto again = items_of({elsewhere, "other#9", {"unread"}, "email"}, {}, {});
  const auto other = items_in(letter_with(attached_part("text/plain", "note.txt", "Rotten.")));
  CHECK(again[1].observation.operation_id == once[1].observation.operation_id);
  CHECK(document_of(again[1]) == document_of(once[1]));
  CHECK(other[1].observation.operation_id != once[1].observation.operation_id);
  CHECK(document_of(other[1]).hash != document_of(once[1]).hash);
}

TEST_CASE("two attachments of one name are two documents") {
  const auto read = items_in(letter_with(attached_part("text/plain", "note.txt", "Ripe.") +
                                         attached_part("text/plain", "note.txt", "Rotten.")));
  REQUIRE(read.size() == 3);
  CHECK(document_of(read[1]).id == "<1@x>/note.txt");
  CHECK(document_of(read[2]).id == "<1@x>/note.txt#2");
}

TEST_CASE("what is no text, empty, or larger than 256 KiB is named but no document") {
  const std::string large(256 * 1024 + 1, 'x');
  for (const std::string& raw : {letter_with(attached_part("application/pdf", "plan.pdf", "%PDF")),
                                 letter_with(attached_part("text/plain", "empty.txt", " ")),
                                 letter_with(attached_part("text/plain", "large.txt", large)),
                                 letter_with(attached_part("text/html", "page.html", "<p>Ripe</p>"))}) {
    const auto read = items_in(raw);
    CHECK(read.size() == 1);
    CHECK(std::get<MailMessage>(read[0].parsed).attachments.size() == 1);
  }
  CHECK(items_in(letter_with(attached_part("text/plain", "full.txt", std::string(256 * 1024 - 1, 'x')))).size() == 2);
}

TEST_CASE("a hostile file name stays within the identifier") {
  const auto read = items_in(letter_with(attached_part("text/plain", "../../etc/pass\x01wd", "Ripe.")));
  REQUIRE(read.size() == 2);
  CHECK(document_of(read[1]).id.find('\x01') == std::string::npos);
  CHECK(document_of(read[1]).id.starts_with("<1@x>/"));
}
