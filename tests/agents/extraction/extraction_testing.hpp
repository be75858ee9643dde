// One sentence in, what the rules find in it out.
#pragma once
#include "commonbook/agents/extractor.hpp"
#include "commonbook/model/civil_time.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace commonbook::testing {

using Found = std::vector<std::string>;

/// A letter of Wednesday, 10 June 2026 from Ada to Carl Gauss.
inline agents::ReadableText letter(const std::string& text) {
  agents::ReadableText readable;
  readable.document_id = "<letter@example.org>";
  readable.subject = {{Scheme::mid, "letter@example.org", {}}, {}};
  readable.author = EntityName{{Scheme::mailto, "ada@example.org", {}}, "ada@example.org"};
  readable.people = {"Carl Gauss"};
  readable.text = text;
  readable.time = as_utc({{2026, 6, 10}, 9, 0, 0});
  return readable;
}

/// "subject predicate object" of each fact of a kind, in order; the letter itself is left out as a subject.
inline Found found(agents::FactKind kind, const std::string& text) {
  const agents::ReadableText readable = letter(text);
  const auto facts = agents::make_rule_extractor()->extract(readable);
  REQUIRE(facts);
  Found rows;
  for (const agents::ExtractedFact& fact : *facts) {
    if (fact.kind != kind) continue;
    const EntityName& subject = fact.triple.subject;
    const std::string who = subject.key == readable.subject.key ? "" : subject.spelling + ' ';
    rows.push_back(who + fact.triple.predicate + ' ' + std::get<Literal>(fact.triple.object).text);
  }
  return rows;
}

}  // namespace commonbook::testing
