#include "mail_message_reader.hpp"

#include "html_text.hpp"
#include "mail_message_headers.hpp"
#include "mail_message_parts.hpp"
#include "mail_text.hpp"
#include "mail_text_decoding.hpp"

#include "commonbook/model/document.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <utility>

namespace commonbook::agents {
namespace {

/// Walks the parts of one message. Text bodies are collected with the alternative that they stand in, so that an HTML
/// form is left out where the same thing is there as plain text.
class BodyReader {
 public:
  BodyReader(const HeaderReader& headers, const MailLimits& limits, const std::string& place, MailMessage& message,
             std::vector<Dropped>& dropped)
      : headers_(headers), limits_(limits), place_(place), message_(message), dropped_(dropped) {}

  void read(const SplitMessage& part) { read_part(part, "text/plain", 0, no_alternative); }

  /// Joins the text bodies: plain ones, and HTML where no plain form of it exists.
  [[nodiscard]] std::string text() {
    std::string result;
    bool any = false;
    for (const TextBody& body : texts_) {
      if (body.named && any_unnamed()) continue;
      if (body.html && has_plain(body.alternative)) continue;
      if (any) result += '\n';
      any = true;
      result += body.html ? html_to_text(body.text) : body.text;
      if (cut_utf8(result, limits_.text_bytes_max)) {
        drop("the text is longer than " + std::to_string(limits_.text_bytes_max) + " bytes: the rest was left out");
        break;
      }
    }
    return result;
  }

 private:
  static constexpr std::size_t no_alternative = 0;

  struct TextBody {
    std::string text;
    std::size_t alternative = no_alternative;
    bool html = false;
    bool named = false;  ///< has a file name: an attachment, read only where there is no other text
  };

  void drop(std::string reason) { dropped_.push_back({place_, std::move(reason)}); }

  bool any_unnamed() const {
    return std::any_of(texts_.begin(), texts_.end(), [](const TextBody& body) { return !body.named; });
  }

  bool has_plain(std::size_t alternative) const {
    return alternative != no_alternative && std::any_of(texts_.begin(), texts_.end(), [&](const TextBody& body) {
             return !body.html && body.alternative == alternative;
           });
  }

  void read_part(const SplitMessage& part, std::string_view fallback, std::size_t depth, std::size_t alternative) {
    if (part.dropped > 0) drop(std::to_string(part.dropped) + " header fields beyond the limits were left out");
    const PartType type = headers_.part_type(first_value(part.fields, "content-type"),
                                             first_value(part.fields, "content-disposition"), fallback);
    if (!take_part()) return;
    if (type.media_type.starts_with("multipart/") && read_multipart(part, type, depth, alternative)) return;
    read_leaf(part, type, alternative);
  }

  /// False where the body can only be read as one text.
  bool read_multipart(const SplitMessage& part, const PartType& type, std::size_t depth, std::size_t alternative) {
    if (depth >= limits_.depth_max) {
      drop("parts nested deeper than " + std::to_string(limits_.depth_max) + " were left out");
      return true;
    }
    if (type.boundary.empty() || type.boundary.size() > limits_.boundary_bytes_max) {
      drop("a multipart without a usable boundary was read as text");
      return false;
    }
    const SplitMultipart split = split_multipart(part.body, type.boundary, limits_.parts_max);
    if (split.bodies.empty() && !part.body.empty()) {
      drop("a multipart without any part was read as text");
      return false;
    }
    if (split.more) drop("parts beyond " + std::to_string(limits_.parts_max) + " were left out");
    const bool is_alternative = type.media_type == "multipart/alternative";
    const std::size_t group = is_alternative ? ++alternatives_ : alternative;
    const std::string_view fallback = type.media_type == "multipart/digest" ? "message/rfc822" : "text/plain";
    for (const std::string_view body : split.bodies) {
      if (parts_reported_) break;
      read_part(split_header(body, limits_), fallback, depth + 1, group);
    }
    return true;
  }

  bool take_part() {
    if (parts_ < limits_.parts_max) {
      ++parts_;
      return true;
    }
    if (!std::exchange(parts_reported_, true))
      drop("parts beyond " + std::to_string(limits_.parts_max) + " were left out");
    return false;
  }

  void read_leaf(const SplitMessage& part, const PartType& type, std::size_t alternative) {
    const bool html = type.media_type == "text/html";
    // Old mail says just "text"; an unreadable or foreign multipart is text at best.
    const bool plain =
        type.media_type == "text/plain" || type.media_type == "text" || type.media_type.starts_with("multipart/");
    const bool is_attachment = type.disposition == "attachment" || !type.file_name.empty();
    const bool text_body = (html || plain) && type.disposition != "attachment";
    const std::string encoding(first_value(part.fields, "content-transfer-encoding"));
    std::string bytes;
    const bool nested = type.media_type == "message/rfc822";
    const bool decoded = nested || part.body.size() <= limits_.decoded_bytes_max - decoded_bytes_;
    if (decoded) {
      bytes = decode_transfer(part.body, encoding.substr(0, encoding.find_first_of("; \t")));
      if (!nested) decoded_bytes_ += std::min(bytes.size(), limits_.decoded_bytes_max - decoded_bytes_);
    } else {
      drop("a part of " + std::to_string(part.body.size()) + " bytes was not decoded: the message is too large");
    }
    if (is_attachment || !(html || plain)) add_attachment(type, part, bytes, decoded);
    if (!decoded) return;
    if (type.media_type == "text/calendar") {
      add_calendar(decode_charset(std::move(bytes), type.charset));
    } else if (text_body) {
      texts_.push_back({decode_charset(std::move(bytes), type.charset), alternative, html, is_attachment});
    }
  }

  void add_attachment(const PartType& type, const SplitMessage& part, const std::string& bytes, bool decoded) {
    MailAttachment attachment;
    attachment.name = type.file_name;
    attachment.media_type = type.media_type;
    attachment.bytes = static_cast<std::int64_t>(decoded ? bytes.size() : part.body.size());
    if (decoded) attachment.hash = content_hash(bytes);
    const bool is_text = type.media_type == "text/plain" || type.media_type == "text/csv";
    if (decoded && is_text && bytes.size() <= limits_.attached_text_bytes_max)
      attachment.text = decode_charset(bytes, type.charset);
    message_.attachments.push_back(std::move(attachment));
  }

  void add_calendar(std::string text) {
    if (message_.calendars.size() < limits_.calendars_max) {
      message_.calendars.push_back(std::move(text));
    } else {
      drop("calendars beyond " + std::to_string(limits_.calendars_max) + " were not read");
    }
  }

  const HeaderReader& headers_;
  const MailLimits& limits_;
  const std::string& place_;
  MailMessage& message_;
  std::vector<Dropped>& dropped_;
  std::vector<TextBody> texts_;
  std::size_t alternatives_ = 0;
  std::size_t parts_ = 0;
  std::size_t decoded_bytes_ = 0;
  bool parts_reported_ = false;
};

void read_people(const SplitMessage& split, const HeaderReader& headers, const MailLimits& limits,
                 const std::string& place, MailMessage& message, std::vector<Dropped>& dropped) {
  std::size_t left = limits.addresses_max;
  const auto read = [&](std::string_view field, std::vector<MailAddress>& to) {
    for (const std::string_view value : all_values(split.fields, field)) {
      std::vector<MailAddress> found = headers.addresses(value, left + 1);
      if (found.size() > left && !fault("planted.address_limit")) {
        dropped.push_back({place, "addresses beyond " + std::to_string(limits.addresses_max) + " were left out"});
        found.resize(left);
      }
      left -= std::min(left, found.size());
      std::move(found.begin(), found.end(), std::back_inserter(to));
    }
  };
  read("from", message.from);
  read("to", message.to);
  read("cc", message.cc);
}

void read_references(const SplitMessage& split, const HeaderReader& headers, const MailLimits& limits,
                     const std::string& place, MailMessage& message, std::vector<Dropped>& dropped) {
  bool more = false;
  for (const std::string_view value : all_values(split.fields, "references")) {
    const std::size_t left = limits.references_max - message.references.size();
    std::vector<std::string> found = headers.identifiers(value, left + 1);
    more = more || found.size() > left;
    found.resize(std::min(found.size(), left));
    std::move(found.begin(), found.end(), std::back_inserter(message.references));
  }
  if (more) dropped.push_back({place, "references beyond " + std::to_string(limits.references_max) + " were left out"});
  const std::vector<std::string> answered = headers.identifiers(first_value(split.fields, "in-reply-to"), 1);
  if (!answered.empty()) message.in_reply_to = answered.front();
}

void append_field(std::string& to, std::string_view name, std::string_view value) {
  to += name;
  to += ' ';
  to += std::to_string(value.size());  // so that no value can imitate another field
  to += ' ';
  to += value;
  to += '\n';
}

}  // namespace

MailMessage read_message(std::string_view raw, const std::string& place, std::vector<Dropped>& dropped,
                         const MailLimits& limits) {
  MailMessage message;
  if (raw.size() > limits.message_bytes_max) {
    dropped.push_back({place, "the message is longer than " + std::to_string(limits.message_bytes_max) +
                                  " bytes: the rest was left out"});
    raw = raw.substr(0, limits.message_bytes_max);
  }
  const HeaderReader headers(limits);
  const SplitMessage split = split_header(raw, limits);
  read_people(split, headers, limits, place, message, dropped);
  message.subject = headers.text(first_value(split.fields, "subject"));
  const std::string_view date = first_value(split.fields, "date");
  message.date = headers.date(date);
  if (!message.date && !date.empty()) dropped.push_back({place, "the Date header can't be read"});
  read_references(split, headers, limits, place, message, dropped);

  BodyReader body(headers, limits, place, message, dropped);
  body.read(split);
  message.text = body.text();
  MailLayers layers = separate_layers(message.text);
  message.new_text = std::move(layers.new_text);
  message.quoted_text = std::move(layers.quoted_text);
  message.signature = std::move(layers.signature);

  message.message_id = headers.message_id(first_value(split.fields, "message-id"));
  if (message.message_id.empty()) {
    dropped.push_back({place, "there is no Message-ID: the message is named by its content"});
    message.message_id = "<hash:" + content_hash(canonical_content(message)) + "@local>";
  }
  return message;
}

std::string canonical_content(const MailMessage& message) {
  std::string content;
  append_field(content, "message-id", message.message_id);
  const auto people = [&](std::string_view field, const std::vector<MailAddress>& addresses) {
    for (const MailAddress& address : addresses) {
      append_field(content, field, address.address);
      append_field(content, "name", address.name);
    }
  };
  people("from", message.from);
  people("to", message.to);
  people("cc", message.cc);
  append_field(content, "subject", message.subject);
  append_field(content, "date", message.date ? std::to_string(message.date->unix_ms) : std::string{});
  append_field(content, "in-reply-to", message.in_reply_to);
  for (const std::string& reference : message.references) append_field(content, "reference", reference);
  append_field(content, "text", message.new_text);
  for (const MailAttachment& attachment : message.attachments) append_field(content, "attachment", attachment.hash);
  return content;
}

}  // namespace commonbook::agents
