// What names say about whether they are one: which are merged silently, which are suggested, which have nothing to do with
// each other, and that the answer has its reasons and does not depend on who is asked first.
#include "write_support.hpp"

#include "book/name_blocks.hpp"
#include "commonbook/storage/record_evidence.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

struct NamePair {
  const char* left;
  const char* right;
  Outcome outcome;
  const char* reason;  // part of one
};

Outcome outcome_of_names(const NameEvidence& evidence) { return outcome_of(evidence.score, OutcomeThresholds{}); }

bool meet(const std::string& left, const std::string& right) {
  const auto one = blocks_of(profile_of(left), {});
  const auto other = blocks_of(profile_of(right), {});
  std::vector<std::uint64_t> shared;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(shared));
  return !shared.empty();
}

}  // namespace

TEST_CASE("names that differ in nothing but writing are the same; slips are suggested; others are different") {
  const NamePair pair = GENERATE(
      NamePair{"Ada Lovelace", "Lovelace, Ada", Outcome::same, "another order"},
      NamePair{"Orchard Corp", "ORCHARD Corporation", Outcome::same, "legal form written otherwise"},
      NamePair{"North Orchard", "North Orchard GmbH", Outcome::same, "legal form left out"},
      NamePair{"Sunrise Parts", "Sunrise Parts K.K.", Outcome::same, "legal form left out"},
      NamePair{"Bj\xC3\xB6rn Sk\xC3\xA5ne", "Bjorn Skane", Outcome::same, "same words"},
      NamePair{"Crane-3", "Crane 3", Outcome::same, "same words"},
      NamePair{"A. Lovelace", "Ada Lovelace", Outcome::suggestion, "initial"},
      NamePair{"Bill Turner", "William Turner", Outcome::suggestion, "nickname"},
      NamePair{"Katharina Waldstein", "Katharina Waldstien", Outcome::suggestion, "written alike"},
      NamePair{"\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD \xD0\x9F\xD0\xB5\xD1\x82\xD1\x80\xD0\xBE\xD0\xB2", "Ivan Petrov", Outcome::suggestion, "another script"},
      NamePair{"North Orchard Ltd", "North Orchard GmbH", Outcome::suggestion, "another legal form"},
      NamePair{"Orchard", "Orchard Ltd", Outcome::suggestion, "single word"},
      NamePair{"Crane 1", "Crane 2", Outcome::different, "numbers differ"},
      NamePair{"meeting room 12", "meeting room 13", Outcome::different, "numbers differ"},
      NamePair{"Orchard Corp", "Orchard Logistics", Outcome::different, "only one has"},
      NamePair{"Room Oak", "Room Maple", Outcome::different, "only one has"},
      NamePair{"Ada Lovelace", "Grace Hopper", Outcome::different, nullptr});
  INFO(pair.left << " / " << pair.right);
  const NameEvidence evidence = compare_names(profile_of(std::string{pair.left}), profile_of(std::string{pair.right}));
  INFO("score " << evidence.score);
  for (const std::string& reason : evidence.reasons) UNSCOPED_INFO(reason);
  CHECK(outcome_of_names(evidence) == pair.outcome);
  if (pair.reason != nullptr)
    CHECK(std::any_of(evidence.reasons.begin(), evidence.reasons.end(), [&](const std::string& reason) {
      return reason.find(pair.reason) != std::string::npos;
    }));
  const NameEvidence turned = compare_names(profile_of(std::string{pair.right}), profile_of(std::string{pair.left}));
  CHECK(turned.score == evidence.score);
  // What may be one is looked at.
  if (pair.outcome != Outcome::different) CHECK(meet(pair.left, pair.right));
}

TEST_CASE("a letter of another alphabet that looks the same never merges two names by itself") {
  const NameEvidence evidence =
      compare_names(profile_of(std::string{"\xD0\x90""cme Corp"}), profile_of(std::string{"Acme Corp"}));
  CHECK(outcome_of_names(evidence) != Outcome::same);
}

TEST_CASE("blocks of a name are few, and names with other numbers never meet") {
  CHECK(blocks_of(profile_of(std::string{"Crane 1"}), {}).size() <= 64);
  CHECK_FALSE(meet("Crane 1", "Crane 2"));
  CHECK(meet("Crane 1", "crane-1"));
  std::string title;
  for (int word = 0; word < 90; ++word) title += "word" + std::string(1, static_cast<char>('a' + word % 26)) + ' ';
  CHECK(blocks_of(profile_of(title), {}).size() <= 64);
  const auto here = blocks_of(profile_of(std::string{"Ada Lovelace"}), "people");
  const auto there = blocks_of(profile_of(std::string{"Ada Lovelace"}), "places");
  for (const std::uint64_t block : here) CHECK(std::find(there.begin(), there.end(), block) == there.end());
}

TEST_CASE("the kind of a value is told from the value") {
  struct Value {
    const char* field;
    const char* value;
    FieldKind kind;
  };
  const Value value = GENERATE(
      Value{"phone", "212/555 -0101", FieldKind::phone}, Value{"call", "+44 20 7946 0958", FieldKind::phone},
      Value{"fax", "2125550101", FieldKind::phone}, Value{"year", "2001", FieldKind::year},
      Value{"born", "1951-08-26", FieldKind::date}, Value{"born", "19510826", FieldKind::date},
      Value{"id", "9541034", FieldKind::code}, Value{"strength", "7.40 %", FieldKind::number},
      Value{"house", "144", FieldKind::number}, Value{"street", "144 Nelson Street", FieldKind::text},
      Value{"floor", "3rd", FieldKind::number}, Value{"note", "", FieldKind::text}, Value{"range", "-", FieldKind::text});
  INFO(value.field << ": " << value.value);
  CHECK(kind_of(value.field, value.value) == value.kind);
}

TEST_CASE("attributes that agree or differ move a record's score; a shared identifier decides; missing ones say nothing") {
  const Record ada{"Ada Lovelace", {}, {{"phone", "212/555 -0101"}, {"born", "1815-12-10"}}};
  const auto score = [&ada](const Record& other) {
    return compare_records(profile_of(ada), profile_of(other)).score;
  };
  const double without = score({"Ada Lovelac", {}, {}});
  CHECK(score({"Ada Lovelac", {}, {{"phone", "212-555-0101"}}}) > without);
  CHECK(score({"Ada Lovelac", {}, {{"born", "1944-01-01"}}}) < without);
  CHECK(score({"Ada Lovelac", {}, {{"shoe size", "38"}, {"phone", "-"}}}) == without);
  CHECK(score({"Augusta King", {}, {{"phone", "212-555-0101"}, {"born", "1815-12-10"}}}) > score({"Augusta King", {}, {}}));
  Record one = ada;
  Record other{"Somebody Else", {"ada@example.org"}, {{"born", "1944-01-01"}}};
  one.identifiers = {"ada@example.org"};
  const auto decided = compare_records(profile_of(one), profile_of(other));
  CHECK(decided.score == 1);
  CHECK(decided.reasons.front().find("ada@example.org") != std::string::npos);
}
