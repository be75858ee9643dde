#include "mail_triples.hpp"

#include "mail_message_reader.hpp"
#include "mail_thread.hpp"

#include "commonbook/agents/vocabulary.hpp"
#include "commonbook/model/civil_time.hpp"

#include <algorithm>
#include <optional>

namespace commonbook::agents {
namespace {

Literal text_literal(std::string text) { return {LiteralType::text, std::move(text)}; }

/// An address is a strong identifier; a name without one is a name like any other in running text.
std::optional<EntityName> person(const MailAddress& address) {
  if (address.address.find('@') != std::string::npos)
    return EntityName{{Scheme::mailto, address.address, {}}, address.address};
  const std::string& name = address.name.empty() ? address.address : address.name;
  if (name.empty()) return std::nullopt;
  return named(name);
}

std::string attachment_text(const MailAttachment& attachment) {
  std::string text = attachment.name.empty() ? attachment.media_type : attachment.name;
  text += ", " + std::to_string(attachment.bytes) + " bytes";
  return attachment.hash.empty() ? text + ", not read" : text + ", " + attachment.hash;
}

class Extractor {
 public:
  explicit Extractor(const MailMessage& message) : message_(message), subject_(message_entity(message.message_id)) {}

  void extract(Observation& to, const std::vector<Key>& events) {
    add(predicate::type, text_literal("message"));
    people(predicate::from, message_.from);
    people(predicate::to, message_.to);
    people(predicate::cc, message_.cc);
    if (!message_.subject.empty()) add(predicate::title, text_literal(message_.subject), Cardinality::single);
    if (message_.date)
      add(predicate::sent_at, Literal{LiteralType::timestamp, format_utc(*message_.date)}, Cardinality::single);
    if (const std::string parent = parent_id(message_); !parent.empty())
      add(predicate::replies_to, message_entity(parent));
    add(predicate::part_of_thread, message_entity(thread_id(message_)));
    for (const MailAttachment& attachment : message_.attachments)
      add(predicate::has_attachment, text_literal(attachment_text(attachment)));
    for (const Key& event : events) add(predicate::invites_to, EntityName{event, {}});
    for (const std::string& flag : message_.flags) add(predicate::flagged, text_literal(flag));
    to.triples = std::move(triples_);
    to.claims = std::move(claims_);
  }

  [[nodiscard]] const EntityName& subject() const noexcept { return subject_; }

 private:
  void add(std::string_view predicate, Object object, Cardinality cardinality = Cardinality::many) {
    Triple triple{subject_, std::string(predicate), std::move(object), cardinality};
    // A person may stand twice in one field; one observation says a thing once.
    if (std::find(triples_.begin(), triples_.end(), triple) == triples_.end()) triples_.push_back(std::move(triple));
  }

  void people(std::string_view predicate, const std::vector<MailAddress>& addresses) {
    for (const MailAddress& address : addresses) {
      const auto entity = person(address);
      if (!entity) continue;
      add(predicate, *entity);
      const bool claims_name =
          is_strong(entity->key.scheme) && !address.name.empty() && address.name != address.address;
      if (!claims_name) continue;
      NameClaim claim{*entity, address.name};
      if (std::find(claims_.begin(), claims_.end(), claim) == claims_.end()) claims_.push_back(std::move(claim));
    }
  }

  const MailMessage& message_;
  EntityName subject_;
  std::vector<Triple> triples_;
  std::vector<NameClaim> claims_;
};

/// Words by which people look for a message that do not stand in its text: who it went between, what hung on it.
std::string context_of(const MailMessage& message) {
  std::vector<std::string_view> words;
  const auto add = [&](std::string_view word) {
    if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  };
  for (const auto* addresses : {&message.from, &message.to, &message.cc})
    for (const MailAddress& address : *addresses) add(address.name.empty() ? address.address : address.name);
  for (const MailAttachment& attachment : message.attachments) add(attachment.name);
  std::string context;
  for (const std::string_view word : words) {
    if (!context.empty()) context += '\n';
    context += word;
  }
  return context;
}

std::string operation_id(const MailMessage& message, const MailOrigin& origin) {
  std::string content = origin.agent + '\n' + message.message_id + '\n' + std::to_string(mail_extractor_version) + '\n';
  for (const std::string& flag : message.flags) content += flag + '\n';
  content += '\n';
  content += origin.raw;
  return content_hash(content);
}

}  // namespace

EntityName message_entity(std::string_view message_id) {
  if (message_id.starts_with('<')) message_id.remove_prefix(1);
  if (message_id.ends_with('>')) message_id.remove_suffix(1);
  return {{Scheme::mid, std::string(message_id), {}}, {}};
}

Observation to_observation(const MailMessage& message, const MailOrigin& origin, const std::vector<Key>& events) {
  Observation observation;
  Extractor extractor(message);
  extractor.extract(observation, events);
  Document document;
  document.id = message.message_id;
  document.kind = DocumentKind::message;
  document.title = message.subject;
  document.text = message.new_text;
  document.context = context_of(message);
  document.time = message.date;
  document.hash = content_hash(canonical_content(message));
  document.subject = extractor.subject();
  observation.document = std::move(document);
  observation.operation_id = operation_id(message, origin);
  observation.position = origin.position;
  if (message.date) observation.time = observation.valid_from = *message.date;
  observation.trust = Trust::untrusted;  // by its channel: anybody can write to a mailbox
  return observation;
}

}  // namespace commonbook::agents
