#include "expected_mail.hpp"

#include "commonbook/model/civil_time.hpp"

#include <catch2/catch.hpp>
#include <glib.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace commonbook::testing {
namespace {

using nlohmann::json;

/// NFC, each run of Unicode white space one space, trimmed: the form that the expected hashes are taken of.
std::string comparable(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  const icu::UnicodeString normal = nfc->normalize(icu::UnicodeString::fromUTF8(text), status);
  icu::UnicodeString result;
  bool space = false;
  for (int i = 0; i < normal.length(); i = normal.moveIndex32(i, 1)) {
    const UChar32 c = normal.char32At(i);
    if (u_isUWhiteSpace(c) || (c >= 0x1C && c <= 0x1F)) {
      space = !result.isEmpty();
      continue;
    }
    if (space) result.append(static_cast<UChar32>(' '));
    space = false;
    result.append(c);
  }
  std::string utf8;
  result.toUTF8String(utf8);
  return utf8;
}

std::string sha256(const std::string& text) {
  char* digest =
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(text.data()), text.size());
  std::string result(digest);
  g_free(digest);
  return result;
}

std::string text_or_empty(const json& value) { return value.is_null() ? std::string{} : value.get<std::string>(); }

std::string people(const std::vector<agents::MailAddress>& addresses) {
  std::string result;
  for (const auto& a : addresses) result += "[" + comparable(a.name) + "|" + a.address + "]";
  return result;
}

std::string people(const json& addresses) {
  std::string result;
  for (const json& a : addresses)
    result += "[" + comparable(text_or_empty(a["name"])) + "|" + text_or_empty(a["addr"]) + "]";
  return result;
}

std::string attachments(const std::vector<agents::MailAttachment>& list) {
  std::string result;
  for (const auto& a : list)
    result += "[" + a.name + "|" + a.media_type + "|" +
              (a.media_type == "message/rfc822" ? "" : std::to_string(a.bytes)) + "]";
  return result;
}

std::string attachments(const json& list) {
  std::string result;
  for (const json& a : list)
    result += "[" + text_or_empty(a["filename"]) + "|" + text_or_empty(a["type"]) + "|" +
              (a["size"].is_null() ? "" : std::to_string(a["size"].get<std::int64_t>())) + "]";
  return result;
}

/// A Message-ID may stand without brackets; ours always has them.
std::string bracketed(const std::string& id) { return id.empty() || id.starts_with('<') ? id : "<" + id + ">"; }

std::string joined(const std::vector<std::string>& ids) {
  std::string result;
  for (const auto& id : ids) result += id;
  return result;
}

}  // namespace

std::vector<agents::ImportItem> read_all_mail(const std::vector<std::filesystem::path>& paths) {
  auto source = agents::open_mail(paths, "email");
  REQUIRE(source);
  std::vector<agents::ImportItem> items;
  for (;;) {
    auto item = (*source)->next();
    if (!item) FAIL(to_string(item.error()));
    if (!*item) return items;
    items.push_back(std::move(**item));
  }
}

std::map<std::string, agents::MailMessage> read_messages(const std::filesystem::path& folder,
                                                         const std::vector<std::string>& names) {
  std::map<std::string, agents::MailMessage> messages;
  for (const std::string& name : names) {
    for (agents::ImportItem& item : read_all_mail({folder / name})) {
      auto* message = std::get_if<agents::MailMessage>(&item.parsed);
      if (message == nullptr) continue;
      const std::string& position = item.observation.position;
      const bool is_folder = std::filesystem::is_directory(folder / name);
      const std::string key =
          is_folder ? name + "/" + position : (std::filesystem::path(name).parent_path() / position).string();
      messages.emplace(key, std::move(*message));
    }
  }
  return messages;
}

json read_json(const std::filesystem::path& path) {
  std::ifstream in(path);
  return json::parse(in);
}

Agreement compare(const std::map<std::string, agents::MailMessage>& messages, const json& expected) {
  Agreement result;
  for (const auto& [key, want] : expected["messages"].items()) {
    const auto found = messages.find(key);
    if (found == messages.end()) {
      result.differing["there"].push_back(key);
      continue;
    }
    ++result.compared;
    const agents::MailMessage& got = found->second;
    std::set<std::string> disputed;
    if (want.contains("disputed"))
      for (const json& d : want["disputed"]) disputed.insert(d["field"].get<std::string>());
    const auto check = [&, name = key](const std::string& field, const std::string& ours, const std::string& theirs) {
      if (disputed.contains(field)) return;
      ++result.counted[field];
      if (ours == theirs) {
        ++result.agreed[field];
      } else {
        result.differing[field].push_back(name + ": " + ours.substr(0, 200) + " instead of " + theirs.substr(0, 200));
      }
    };
    check("message_id", got.message_id, bracketed(text_or_empty(want["message_id"])));
    check("subject", comparable(got.subject), comparable(text_or_empty(want["subject"])));
    check("date", got.date ? format_utc(*got.date) : "", text_or_empty(want["date"]));
    check("from", people(got.from), people(want["from"]));
    check("to", people(got.to), people(want["to"]));
    check("cc", people(got.cc), people(want["cc"]));
    check("in_reply_to", got.in_reply_to, text_or_empty(want["in_reply_to"]));
    check("references", joined(got.references), joined(want["references"].get<std::vector<std::string>>()));
    check("attachments", attachments(got.attachments), attachments(want["attachments"]));
    if (!want["text_sha256"].is_null() && !disputed.contains("text"))
      check("text_sha256", sha256(comparable(got.text)), want["text_sha256"].get<std::string>());
  }
  return result;
}

std::string Agreement::table() const {
  std::ostringstream out;
  out << "messages found: " << compared << '\n';
  for (const auto& [field, total] : counted) {
    const auto same = agreed.find(field);
    out << "  " << field << ": " << (same == agreed.end() ? 0 : same->second) << " of " << total << '\n';
  }
  for (const auto& [field, list] : differing)
    for (const std::string& line : list) out << "  differs in " << field << ": " << line << '\n';
  return out.str();
}

}  // namespace commonbook::testing
