// Bytes as one mail message, read within limits that a fuzzer can reach. The first byte says whether the product's own
// limits hold instead.
#include "fuzz_support.hpp"
#include "observation_promises.hpp"

#include "mail_items.hpp"
#include "mail_message_reader.hpp"

using namespace commonbook;
using namespace commonbook::agents;
using namespace commonbook::fuzz;

namespace {

MailLimits low_limits() {
  MailLimits limits;
  limits.message_bytes_max = 4096;
  limits.header_fields_max = 12;
  limits.header_bytes_max = 1024;
  limits.parameters_max = 4;
  limits.depth_max = 3;
  limits.parts_max = 6;
  limits.decoded_bytes_max = 512;
  limits.text_bytes_max = 256;
  limits.addresses_max = 4;
  limits.references_max = 4;
  limits.calendars_max = 2;
  return limits;
}

void require_within(const MailMessage& message, const MailLimits& limits) {
  require(message.from.size() + message.to.size() + message.cc.size() <= limits.addresses_max, "addresses are limited");
  require(message.text.size() <= limits.text_bytes_max, "text is limited");
  require(message.calendars.size() <= limits.calendars_max, "calendars are limited");
  require(message.attachments.size() <= limits.parts_max, "parts are limited");
  require(message.references.size() <= limits.references_max, "references are limited");
  require(!message.message_id.empty() && message.message_id.front() == '<' && message.message_id.back() == '>',
          "a message has an id in angle brackets", message.message_id);
  for (const MailAttachment& attachment : message.attachments) {
    require(attachment.name.size() <= limits.name_bytes_max, "file names are limited");
    require(attachment.bytes >= 0, "a size is no negative number");
  }
  require_clean_text(message.quoted_text, "quoted text");
  require_clean_text(message.signature, "signature");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  if (count == 0) return 0;
  const MailLimits limits = bytes[0] == 'L' ? low_limits() : MailLimits{};
  const std::string raw = text_of(bytes + 1, count - 1);
  const RawMail mail{raw, "fuzz.eml", {"unread"}, "email"};
  const std::vector<ImportItem> items = items_of(mail, {}, limits);
  require(!items.empty(), "a message gives at least itself");
  require_within(std::get<MailMessage>(items.front().parsed), limits);
  for (const ImportItem& item : items) {
    const bool is_message = &item == &items.front();
    require_storable(item.observation, is_message ? Trust::untrusted : Trust::imported);
    for (const Dropped& dropped : item.dropped) require_clean_text(dropped.reason, "reason");
  }
  const std::vector<ImportItem> again = items_of(mail, {}, limits);
  require(items.size() == again.size(), "reading twice gives the same items");
  for (std::size_t at = 0; at < items.size(); ++at)
    require(items[at].observation == again[at].observation, "reading twice gives the same observations");
  return 0;
}
