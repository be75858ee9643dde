// Recognising records, measured on public sets with one fixed setting that was learned from none of them, and what the verb
// prints and refuses.
#include "command_run.hpp"

#include "identity_measure.hpp"

#include <set>

using namespace commonbook;
using namespace commonbook::apps;
using namespace commonbook::testing;

namespace {

using Json = nlohmann::json;

IdentityMeasure measure(const std::filesystem::path& file) {
  const auto dataset = read_identity_dataset(file);
  if (!dataset) FAIL(to_string(dataset.error()));
  return measure_identity(*dataset, {}, 0);
}

double best_baseline(const std::filesystem::path& file) {
  const Json expected = Json::parse(read_file(file));
  double best = 0;
  for (const auto& [name, figures] : expected["baselines"].items())
    if (name.find("not a fair baseline") == std::string::npos) best = std::max(best, figures["f1"].get<double>());
  return best;
}

}  // namespace

TEST_CASE("records are recognised better than by trivial comparisons, on every public set, with one setting") {
  struct Set {
    const char* file;
    const char* expected;
  };
  const Set set = GENERATE(Set{"er/ditto/Structured-Beer.test.txt", "expected/er-structured-beer.json"},
                           Set{"er/ditto/Structured-DBLP-ACM.test.txt", "expected/er-structured-dblp-acm.json"},
                           Set{"er/ditto/Structured-Fodors-Zagats.test.txt", "expected/er-structured-fodors-zagats.json"},
                           Set{"er/febrl-dataset1.csv", "expected/er-febrl-dataset1.json"});
  const auto data = test_data(set.file);
  const auto expected = test_data(set.expected);
  if (!data || !expected) {
    WARN("skipped: " << set.file << " is missing; set COMMONBOOK_TEST_DATA");
    return;
  }
  const IdentityMeasure found = measure(*data);
  const Json known = Json::parse(read_file(*expected));
  CHECK(found.pairs == known["pairs"].get<std::int64_t>());
  CHECK(found.matches == known["matches"].get<std::int64_t>());
  INFO(set.file << ": precision " << found.found.precision() << ", recall " << found.found.recall() << ", F1 "
                << found.found.f1() << "; silent merges: precision " << found.merged.precision());
  CHECK(found.found.f1() > best_baseline(*expected));
  if (std::string{set.file}.find("febrl") != std::string::npos) CHECK(found.merged.precision() >= 0.99);
}

TEST_CASE("of the sample's names only those of one person, company or thing are merged silently") {
  const auto truth = test_data("desk/truth.json");
  if (!truth) {
    WARN("skipped: desk/truth.json is missing; set COMMONBOOK_TEST_DATA");
    return;
  }
  std::vector<std::pair<std::string, std::string>> names;  // spelling, entity
  const Json desk = Json::parse(read_file(*truth));
  std::set<std::pair<std::string, std::string>> apart;
  for (const Json& entity : desk["entities"]) {
    for (const Json& spelling : entity["spellings"]) names.emplace_back(spelling, entity["id"]);
    if (entity.contains("not_the_same_as"))
      for (const Json& other : entity["not_the_same_as"]) apart.emplace(entity["id"], other);
  }
  REQUIRE(names.size() >= 40);
  REQUIRE(apart.size() >= 6);  // three pairs, each from both sides
  Agreement merged;
  Agreement found;
  for (std::size_t one = 0; one < names.size(); ++one)
    for (std::size_t other = one + 1; other < names.size(); ++other) {
      const auto evidence = storage::compare_names(storage::profile_of(std::string_view{names[one].first}),
                                                   storage::profile_of(std::string_view{names[other].first}));
      const auto outcome = storage::outcome_of(evidence.score, {});
      const bool is_match = names[one].second == names[other].second;
      const auto note = [&](Agreement& agreement, bool said) {
        agreement.true_positives += said && is_match ? 1 : 0;
        agreement.false_positives += said && !is_match ? 1 : 0;
        agreement.false_negatives += !said && is_match ? 1 : 0;
      };
      note(merged, outcome == storage::Outcome::same);
      note(found, outcome != storage::Outcome::different);
      INFO(names[one].first << " / " << names[other].first << ": " << evidence.score);
      if (apart.count({names[one].second, names[other].second}) > 0) CHECK(outcome != storage::Outcome::same);
    }
  INFO("silent merges: " << merged.true_positives << " right, " << merged.false_positives << " wrong, "
                         << merged.false_negatives << " left; found at all: precision " << found.precision()
                         << ", recall " << found.recall());
  CHECK(merged.precision() >= 0.99);
  CHECK(merged.recall() >= 0.5);
  if (std::getenv("COMMONBOOK_SHOW_FIGURES") != nullptr) FAIL("the figures");
}

TEST_CASE("eval identity measures pairs and tables of the user's own, and says what is wrong with a file") {
  TemporaryFolder folder;
  const auto at = [&folder](const std::string& name) { return (folder.path() / name).string(); };
  write_file(at("pairs.txt"),
             "COL name VAL Orchard Corp COL year VAL 2001\tCOL name VAL Orchard Corporation COL year VAL 2001\t1\n"
             "COL name VAL Crane 1\tCOL name VAL Crane 2\t0\n");
  const auto pairs = run_commonbook({"eval", "identity", at("pairs.txt"), "--json"});
  INFO(pairs.errors);
  REQUIRE(pairs.exit_code == 0);
  const Json report = Json::parse(pairs.output)[0];
  CHECK(report["pairs"] == 2);
  CHECK(report["merged"]["f1"] == 1.0);
  write_file(at("table.csv"),
             "entity,given_name,surname,born\n1,Ada,Lovelace,18151210\n1,Ada,Lovelac,18151210\n2,Grace,Hopper,19061209\n"
             "3,\"Turing, Alan\",,19120623\n");
  const auto table = run_commonbook({"eval", "identity", at("table.csv")});
  REQUIRE(table.exit_code == 0);
  CHECK(table.output.find("6, of which 1 are one") != std::string::npos);
  CHECK(table.output.find("F1 1.0000") != std::string::npos);
  write_file(at("broken.txt"), "COL name VAL a\tCOL name VAL b\tmaybe\n");
  const auto broken = run_commonbook({"eval", "identity", at("broken.txt")});
  CHECK(broken.exit_code == 3);
  CHECK(broken.errors.find("broken.txt:1") != std::string::npos);
  write_file(at("broken.csv"), "entity,name\n1,a,b\n");
  CHECK(run_commonbook({"eval", "identity", at("broken.csv")}).errors.find("broken.csv:2") != std::string::npos);
  CHECK(run_commonbook({"eval", "identity", at("nowhere.csv")}).exit_code == 3);
}
