// The rules on mail that nobody here wrote: patches, quotations, footers, other languages.
#include "commonbook/agents/extractor.hpp"
#include "commonbook/model/literal.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <map>
#include <sstream>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

std::string words_of(const ExtractedFact& fact, const ReadableText& text) {
  const std::string& part = fact.position.part == TextPart::title ? text.title : text.text;
  REQUIRE(fact.position.begin < fact.position.end);
  REQUIRE(fact.position.end <= part.size());
  return part.substr(fact.position.begin, fact.position.end - fact.position.begin);
}

}  // namespace

TEST_CASE("in mail and calendars of strangers every fact is well formed, stands where it says, and comes again") {
  const std::string kind = GENERATE("mail", "ics");
  const auto folder = testing::test_data(kind);
  if (!folder) return;
  auto source = kind == "mail" ? open_mail({*folder}, "mail") : open_calendars({*folder}, "calendar");
  REQUIRE(source);
  const auto extractor = make_rule_extractor();
  std::map<std::string, int> counts;
  int documents = 0;
  std::ostringstream shown;
  for (auto item = (*source)->next(); !item || *item; item = (*source)->next()) {
    if (!item) continue;
    const auto text = readable_text(**item);
    if (!text) continue;
    ++documents;
    const auto facts = extractor->extract(*text);
    REQUIRE(facts);
    CHECK(facts->size() <= extracted_facts_max);
    const auto again = extractor->extract(*text);
    REQUIRE(again);
    CHECK((*again == *facts));
    for (const ExtractedFact& fact : *facts) {
      ++counts[std::string{to_string(fact.kind)}];
      const auto& object = std::get<Literal>(fact.triple.object);
      CHECK(is_well_formed(object));
      CHECK_FALSE(object.text.empty());
      CHECK((fact.confidence > 0 && fact.confidence <= 1));
      const std::string words = words_of(fact, *text);
      if (std::getenv("COMMONBOOK_SHOW") != nullptr)
        shown << to_string(fact.kind) << " | " << fact.triple.predicate << " | " << object.text << " | " << words
              << '\n';
    }
  }
  std::ostringstream report;
  for (const auto& [fact, count] : counts) report << " " << fact << " " << count;
  WARN(kind << ", " << documents << " documents:" << report.str());
  if (!shown.str().empty()) WARN(shown.str());
  CHECK(documents > 50);
}
