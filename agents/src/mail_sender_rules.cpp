#include "mail_sender_rules.hpp"

#include "mail_text_ascii.hpp"

#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>
#include <utility>

namespace commonbook::agents {
namespace {

bool is_sender(const EntityName& person, const std::string& sender) {
  return !sender.empty() && person.key.scheme == Scheme::mailto && equals_ignoring_case(person.key.value, ascii_lower(sender));
}

/// One event from two senders is two observations: the sender and the class belong into the operation's name.
void name_operation(Observation& observation, const std::string& sender) {
  if (!observation.operation_id) return;
  observation.operation_id = content_hash(*observation.operation_id + '\n' + ascii_lower(sender) + '\n' +
                                          std::string{to_string(observation.trust)});
}

void keep_as_claim(ImportItem& item, std::string reason) {
  item.observation.trust = Trust::untrusted;
  item.dropped.push_back({item.observation.position, std::move(reason)});
}

/// Splits what a reply says into what its sender may say and the rest.
std::vector<ImportItem> of_reply(ImportItem item, const std::string& sender) {
  ImportItem claim = item;
  claim.dropped.clear();
  const auto about_sender = [&](const Triple& triple) {
    const auto* person = std::get_if<EntityName>(&triple.object);
    return person != nullptr && is_sender(*person, sender);
  };
  const auto name_of_sender = [&](const NameClaim& name) { return is_sender(name.entity, sender); };
  std::erase_if(item.observation.triples, [&](const Triple& triple) { return !about_sender(triple); });
  std::erase_if(item.observation.claims, [&](const NameClaim& name) { return !name_of_sender(name); });
  std::erase_if(claim.observation.triples, about_sender);
  std::erase_if(claim.observation.claims, name_of_sender);
  name_operation(item.observation, sender);
  std::vector<ImportItem> items;
  const bool is_own = !item.observation.triples.empty();
  if (is_own) items.push_back(std::move(item));
  if (is_own && claim.observation.triples.empty() && claim.observation.claims.empty()) return items;
  keep_as_claim(claim, "a reply that speaks for somebody else than its sender is kept as a claim");
  name_operation(claim.observation, sender);
  items.push_back(std::move(claim));
  return items;
}

}  // namespace

std::string sender_of(const MailMessage& message) {
  return message.from.size() == 1 ? message.from.front().address : std::string{};
}

std::vector<ImportItem> under_sender_rules(ImportItem item, const MailMessage& message) {
  const std::string sender = sender_of(message);
  const auto& event = std::get<CalendarEvent>(item.parsed);
  if (event.method == "REPLY") return of_reply(std::move(item), sender);
  Observation& observation = item.observation;
  const bool by_organiser = event.organiser && is_sender({{Scheme::mailto, event.organiser->address, {}}, {}}, sender);
  if (!by_organiser) keep_as_claim(item, "an invitation whose sender is not its organiser is kept as a claim");
  if (!observation.triples.empty() && sender.find('@') != std::string::npos) {
    const EntityName& subject = observation.triples.front().subject;
    observation.triples.push_back({subject, std::string{predicate::stated_by}, EntityName{{Scheme::mailto, sender, {}}, {}},
                                   Cardinality::many});
  }
  name_operation(observation, sender);
  std::vector<ImportItem> items;
  items.push_back(std::move(item));
  return items;
}

}  // namespace commonbook::agents
