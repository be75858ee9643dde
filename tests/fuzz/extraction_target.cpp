// A letter's text: what the rules find in it can be stored, stands where they say, and is found again. No reader of
// ours leaves control characters in a text, but what the rules give does not depend on that.
#include "fuzz_support.hpp"
#include "observation_promises.hpp"

#include "commonbook/agents/extractor.hpp"
#include "commonbook/model/civil_time.hpp"

using namespace commonbook;
using namespace commonbook::agents;
using namespace commonbook::fuzz;

namespace {

ImportItem letter(const std::string& input) {
  MailMessage message;
  message.message_id = "<1@x>";
  message.from = {{"Ada", "ada@x.example"}};
  message.to = {{"Carl Gauss", "carl@x.example"}};
  const std::size_t line = input.find('\n');
  message.subject = input.substr(0, line);
  message.new_text = line == std::string::npos ? std::string{} : input.substr(line + 1);
  message.date = as_utc({{2026, 6, 10}, 9, 0, 0});
  ImportItem item;
  item.observation.document = Document{"<1@x>",
                                       DocumentKind::message,
                                       message.subject,
                                       message.new_text,
                                       "",
                                       message.date,
                                       "1",
                                       EntityName{{Scheme::mid, "1@x", {}}, {}}};
  item.observation.position = "inbox#1";
  item.observation.trust = Trust::untrusted;
  item.parsed = std::move(message);
  return item;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  const ImportItem item = letter(utf8_of(text_of(bytes, count)));
  const auto text = readable_text(item);
  if (!text) return 0;
  const auto extractor = make_rule_extractor();
  const auto facts = extractor->extract(*text);
  require(facts.has_value(), "the rules have no errors");
  require(facts->size() <= extracted_facts_max, "at most 200 facts");
  for (const ExtractedFact& fact : *facts) {
    const std::size_t size = (fact.position.part == TextPart::title ? text->title : text->text).size();
    require(fact.position.begin < fact.position.end && fact.position.end <= size, "a fact stands in its text");
    require(is_well_formed(std::get<Literal>(fact.triple.object)), "an object is of its type",
            std::get<Literal>(fact.triple.object).text);
  }
  const auto again = make_rule_extractor()->extract(*text);
  require(again && *again == *facts, "the same text gives the same facts");
  for (const ImportItem& derived : derived_items(item, *text, *facts, *extractor, "email"))
    require_storable(derived.observation, Trust::untrusted);
  return 0;
}
