#include "mail_items.hpp"

#include "mail_attachments.hpp"
#include "mail_message_reader.hpp"
#include "mail_sender_rules.hpp"
#include "mail_triples.hpp"

#include <iterator>
#include <utility>

namespace commonbook::agents {
namespace {

/// A calendar in a mail tells of an event; a reply to an invitation tells of the invited one's answer.
bool invites(const CalendarEvent& event) { return event.method != "REPLY" && event.method != "COUNTER"; }

Key key_of(const ImportItem& item, const CalendarEvent& event) {
  const auto& document = item.observation.document;
  if (document && document->subject) return document->subject->key;
  return event_key(event, document ? document->hash : std::string{});
}

}  // namespace

std::vector<ImportItem> items_of(const RawMail& mail, std::vector<Dropped> dropped, const MailLimits& limits) {
  MailMessage message = read_message(mail.raw, mail.position, dropped, limits);
  message.flags = mail.flags;
  std::vector<Key> events;
  std::vector<ImportItem> items(1);
  for (const std::string& calendar : message.calendars) {
    for (ImportItem& found : read_calendar(calendar, mail.position, mail.agent, dropped)) {
      const auto& event = std::get<CalendarEvent>(found.parsed);
      if (invites(event)) events.push_back(key_of(found, event));
      std::vector<ImportItem> allowed = under_sender_rules(std::move(found), message);
      std::move(allowed.begin(), allowed.end(), std::back_inserter(items));
    }
  }
  items.front().observation = to_observation(message, {mail.agent, mail.position, mail.raw}, events);
  std::vector<ImportItem> attached = attached_items(message, {mail.agent, mail.position, mail.raw});
  std::move(attached.begin(), attached.end(), std::back_inserter(items));
  ImportItem& own = items.front();
  own.parsed = std::move(message);
  own.dropped = std::move(dropped);
  return items;
}

}  // namespace commonbook::agents
