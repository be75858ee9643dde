// The rules against the facts that people marked in the desk set: what they find, and what they make up.
#include "commonbook/agents/extractor.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <tuple>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

/// kind, subject, predicate, object: as a row of desk_facts.tsv has them.
using Row = std::tuple<std::string, std::string, std::string, std::string>;

struct MarkedDocument {
  std::string set;  ///< "dev" or "final"
  std::set<Row> facts;
  std::set<Row> found;
};

std::map<std::string, MarkedDocument> read_marked() {
  std::map<std::string, MarkedDocument> documents;
  std::ifstream in{testing::source_folder() / "tests/agents/extraction/desk_facts.tsv"};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#') || line.starts_with("document\t")) continue;
    std::vector<std::string> cells;
    std::istringstream rest{line};
    for (std::string cell; std::getline(rest, cell, '\t');) cells.push_back(cell);
    if (cells.size() < 3) continue;
    MarkedDocument& document = documents[cells[0]];
    document.set = cells[1];
    if (cells[2] != "-") document.facts.insert({cells[2], cells.at(3), cells.at(4), cells.at(5)});
  }
  return documents;
}

Row row_of(const ExtractedFact& fact, const ReadableText& text) {
  const EntityName& subject = fact.triple.subject;
  const std::string name = subject.key == text.subject.key                  ? "document"
                           : text.author && subject.key == text.author->key ? "sender"
                                                                            : subject.spelling;
  return {std::string{to_string(fact.kind)}, name, fact.triple.predicate, std::get<Literal>(fact.triple.object).text};
}

std::string without_brackets(std::string id) {
  if (id.starts_with('<')) id = id.substr(1, id.size() - 2);
  return id;
}

void extract_all(Source& source, std::map<std::string, MarkedDocument>& documents) {
  const auto extractor = make_rule_extractor();
  for (auto item = source.next(); item && *item; item = source.next()) {
    const auto text = readable_text(**item);
    if (!text) continue;
    const auto document = documents.find(without_brackets(text->document_id));
    if (document == documents.end()) continue;
    const auto facts = extractor->extract(*text);
    REQUIRE(facts);
    for (const ExtractedFact& fact : *facts) document->second.found.insert(row_of(fact, *text));
  }
}

struct Measure {
  std::size_t marked = 0;
  std::size_t found = 0;
  std::size_t right = 0;
  [[nodiscard]] double precision() const {
    return found == 0 ? 1 : static_cast<double>(right) / static_cast<double>(found);
  }
  [[nodiscard]] double recall() const {
    return marked == 0 ? 1 : static_cast<double>(right) / static_cast<double>(marked);
  }
};

std::string to_text(const Row& row) {
  return std::get<0>(row) + " | " + std::get<1>(row) + " | " + std::get<2>(row) + " | " + std::get<3>(row);
}

}  // namespace

TEST_CASE("of the marked facts of the desk set at least 70 % are found, and 95 % of what is found is marked") {
  std::map<std::string, MarkedDocument> documents = read_marked();
  const auto desk = testing::source_folder() / "configs/desk";
  auto calendar = open_calendars({desk / "calendar.ics"}, "calendar");
  auto mail = open_mail({desk / "Maildir"}, "mail");
  REQUIRE(calendar);
  REQUIRE(mail);
  extract_all(**calendar, documents);
  extract_all(**mail, documents);

  const char* const shown = std::getenv("COMMONBOOK_SHOW");  // "dev" or "final": each miss and each wrong find
  std::map<std::string, Measure> by_set;
  std::map<std::string, Measure> by_kind;
  std::string details;
  for (const auto& [id, document] : documents) {
    const auto count = [&](const Row& row, bool marked, bool found) {
      for (Measure* measure : {&by_set["all"], &by_set[document.set], &by_kind[std::get<0>(row)]}) {
        measure->marked += marked ? 1 : 0;
        measure->found += found ? 1 : 0;
        measure->right += marked && found ? 1 : 0;
      }
      if (shown != nullptr && document.set == shown && marked != found)
        details += (marked ? "MISSED " : "WRONG  ") + id + ' ' + to_text(row) + '\n';
    };
    for (const Row& row : document.facts) count(row, true, document.found.count(row) > 0);
    for (const Row& row : document.found)
      if (document.facts.count(row) == 0) count(row, false, true);
  }
  std::ostringstream report;
  for (const auto& table : {by_set, by_kind})
    for (const auto& [name, measure] : table)
      report << name << ": " << measure.marked << " marked, " << measure.found << " found, " << measure.right
             << " right, precision " << measure.precision() << ", recall " << measure.recall() << '\n';
  WARN(report.str() << details);
  for (const std::string set : {"all", "dev", "final"}) {
    INFO(set);
    CHECK(by_set[set].marked >= (set == "all" ? 150U : 50U));
    CHECK(by_set[set].precision() >= 0.95);
    CHECK(by_set[set].recall() >= 0.7);
  }
}
