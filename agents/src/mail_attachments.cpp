#include "mail_attachments.hpp"

#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace commonbook::agents {
namespace {

/// Raise it when the same attachment gives other triples.
constexpr std::string_view attachment_reader_version = "attachment 1";

/// A name as part of an identifier: in one line, without what nobody sees.
std::string identifier_part(std::string_view name) {
  std::string part;
  for (const char c : name) part += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '_' : c;
  return part.empty() ? "attachment" : part;
}

Observation observation_of(const MailAttachment& attachment, const std::string& name, const MailMessage& message,
                           const MailOrigin& origin) {
  const EntityName owner = message_entity(message.message_id);
  const EntityName subject{{Scheme::mid, owner.key.value + '/' + name, {}}, attachment.name};
  Document document;
  document.id = message.message_id + '/' + name;
  document.kind = DocumentKind::text;
  document.title = attachment.name;
  document.text = attachment.text;
  document.context = message.subject;
  document.time = message.date;
  document.hash = content_hash(document.id + '\n' + attachment.hash + '\n' + attachment.text);
  document.subject = subject;
  Observation observation;
  observation.triples.push_back(
      {subject, std::string{predicate::type}, Literal{LiteralType::text, "attachment"}, Cardinality::many});
  if (!attachment.name.empty())
    observation.triples.push_back(
        {subject, std::string{predicate::title}, Literal{LiteralType::text, attachment.name}, Cardinality::single});
  observation.triples.push_back({subject, std::string{predicate::attached_to}, owner, Cardinality::many});
  observation.operation_id = content_hash(origin.agent + '\n' + document.id + '\n' + document.hash + '\n' +
                                          std::string{attachment_reader_version} + '\n' + message.subject + '\n' +
                                          (message.date ? std::to_string(message.date->unix_ms) : std::string{}));
  observation.document = std::move(document);
  observation.position = origin.position + " attachment " + name;
  if (message.date) observation.time = observation.valid_from = *message.date;
  observation.trust = Trust::untrusted;
  observation.derived_from = {message.message_id};
  return observation;
}

}  // namespace

std::vector<ImportItem> attached_items(const MailMessage& message, const MailOrigin& origin) {
  std::vector<ImportItem> items;
  std::map<std::string, int> seen;
  for (const MailAttachment& attachment : message.attachments) {
    const bool has_words = attachment.text.find_first_not_of(" \t\r\n") != std::string::npos;
    if (!has_words || attachment.text == message.text) continue;
    std::string name = identifier_part(attachment.name);
    if (const int count = ++seen[name]; count > 1) name += '#' + std::to_string(count);
    items.push_back({{}, observation_of(attachment, name, message, origin), {}});
  }
  return items;
}

}  // namespace commonbook::agents
