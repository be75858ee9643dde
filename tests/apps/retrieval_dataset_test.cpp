// `eval retrieval`: its formats, what it counts, and the figures on conversations that nobody here wrote.
#include "command_run.hpp"
#include "retrieval_measure.hpp"

using namespace commonbook;
using namespace commonbook::apps;
using namespace commonbook::testing;

namespace {

constexpr const char* office = R"({
  "name": "office",
  "documents": [
    {"id": "monday", "title": "Monday", "time": "2031-03-03T09:00", "passages": [
      {"id": "m1", "speaker": "Ada", "text": "The printer on the second floor is broken."},
      {"id": "m2", "speaker": "Ben", "text": "I called the technician.\nHe comes on Thursday."}]},
    {"id": "tuesday", "passages": [
      {"id": "t1", "text": "The canteen closes at two because of the inventory."}]}],
  "questions": [
    {"question": "Which printer is broken?", "evidence": ["m1"], "category": "things"},
    {"question": "When does the technician come?", "evidence": ["m2", "m1", "nowhere"], "category": "time"},
    {"question": "Who knows?", "evidence": ["nowhere"]}]
})";

double mean(const VariantResult& result, std::map<std::size_t, double> RecallSums::*measure, std::size_t depth,
            const std::string& without = "none") {
  double sum = 0;
  std::size_t questions = 0;
  for (const auto& [name, sums] : result.categories) {
    if (name == without) continue;
    sum += (sums.*measure).at(depth);
    questions += sums.questions;
  }
  return sum / static_cast<double>(questions);
}

}  // namespace

TEST_CASE("a dataset of one's own is read; evidence that names no passage is left out and counted") {
  const auto dataset = parse_retrieval_dataset(office);
  REQUIRE(dataset);
  REQUIRE(dataset->collections.size() == 1);
  const DatasetCollection& collection = dataset->collections.front();
  CHECK(collection.documents.size() == 2);
  CHECK(collection.documents[0].passages[1].text.find('\n') == std::string::npos);
  CHECK(collection.questions.size() == 2);
  CHECK(collection.questions[1].evidence == std::vector<std::string>{"m2", "m1"});
  CHECK(dataset->questions_left_out == 1);
  const auto several = parse_retrieval_dataset(std::string{R"({"collections": [)"} + office + ", " + office + "]}");
  REQUIRE(several);
  CHECK(several->collections.size() == 2);
}

TEST_CASE("a dataset that can't be read is refused with the place") {
  const auto [text, place] = GENERATE(table<std::string, std::string>({
      {"{", "no JSON"},
      {"[]", "\"documents\" and \"questions\""},
      {R"({"documents": [{"title": "x"}], "questions": []})", "documents[0]: a document needs an \"id\""},
      {R"({"documents": [{"id": "x", "time": "soon", "passages": []}], "questions": []})", "documents[0].time"},
      {R"({"documents": [{"id": "x"}], "questions": []})", "a list \"passages\""},
      {R"({"documents": [], "questions": [{"question": "who"}]})", "questions[0]: a question needs a list"},
  }));
  const auto dataset = parse_retrieval_dataset(text);
  REQUIRE_FALSE(dataset);
  INFO(dataset.error().message);
  CHECK(dataset.error().code == ErrorCode::parse_error);
  CHECK(dataset.error().message.find(place) != std::string::npos);
}

TEST_CASE("conversations of LoCoMo's form are read: sessions, turns with pictures, evidence of several turns") {
  const auto dataset = parse_retrieval_dataset(R"([{"sample_id": "c", "conversation": {
    "speaker_a": "Ada", "speaker_b": "Ben",
    "session_1_date_time": "12:05 am on 3 March, 2031",
    "session_1": [{"speaker": "Ada", "dia_id": "D1:1", "text": "Look!", "blip_caption": "a red kite"},
                  {"speaker": "Ben", "dia_id": "D1:2", "text": "Nice."}],
    "session_2_date_time": "1:56 pm on 8 May, 2031",
    "session_2": [{"speaker": "Ben", "dia_id": "D2:1", "text": "It flew away."}]},
    "qa": [{"question": "What flew away?", "evidence": ["D1:1; D2:1", "D9:9"], "category": 4},
           {"question": "Why?", "evidence": [], "category": 1}]}])");
  REQUIRE(dataset);
  const DatasetCollection& collection = dataset->collections.front();
  REQUIRE(collection.documents.size() == 2);
  CHECK(collection.documents[0].time == Timestamp{1930262700000});  // 2031-03-03T00:05Z
  CHECK(collection.documents[0].passages[0].text == "Look! [picture: a red kite]");
  REQUIRE(collection.questions.size() == 1);
  CHECK(collection.questions[0].evidence == std::vector<std::string>{"D1:1", "D2:1"});
  CHECK(collection.questions[0].category == "4");
  CHECK(collection.questions[0].now == Timestamp{collection.documents[1].time->unix_ms + 24 * 3600 * 1000});
}

TEST_CASE("every variant is measured over the whole way of a question") {
  const auto dataset = parse_retrieval_dataset(office);
  REQUIRE(dataset);
  const auto results = measure_retrieval(*dataset, {{1, 5}, retrieval_variants(), {}, {}});
  REQUIRE(results);
  REQUIRE(results->size() == retrieval_variants().size());
  for (const VariantResult& result : *results) {
    INFO(result.name);
    CHECK(result.times.size() == 2);
    if (result.name == "without words") continue;
    CHECK(mean(result, &RecallSums::documents, 1) == Approx(1.0));
    // One of the three pieces shares no word with its question: only what stands beside it leads there.
    const bool has_neighbours = result.name != "without neighbours" && result.name != "words alone";
    CHECK(mean(result, &RecallSums::passages, 5) == Approx(has_neighbours ? 1.0 : 0.75));
    CHECK(mean(result, &RecallSums::passages, 1) == Approx(0.75));  // one of two pieces of evidence comes first
  }
}

TEST_CASE("the command prints a row for each variant, as a table and as JSON") {
  const TemporaryFolder folder;
  write_file(folder.path() / "office.json", office);
  const auto file = (folder.path() / "office.json").string();
  const auto table = run_commonbook({"eval", "retrieval", file, "--variant", "all"});
  INFO(table.output << table.errors);
  REQUIRE(table.exit_code == 0);
  CHECK(table.output.find("2 questions over 1 collection, 1 left out") != std::string::npos);
  CHECK(table.output.find("passages at 10") != std::string::npos);
  const auto json = run_commonbook({"eval", "retrieval", file, "--json", "--variant", "words alone",
                                 "--without-category", "time", "--at", "3"});
  REQUIRE(json.exit_code == 0);
  const auto result = nlohmann::json::parse(json.output);
  CHECK(result.at("variants").size() == 1);
  CHECK(result.at("variants").at(0).at("all").at("questions") == 1);
  CHECK(result.at("variants").at(0).at("all").at("documents@3") == 1.0);
  CHECK(run_commonbook({"eval", "retrieval", file + "x"}).exit_code == 3);
  CHECK(run_commonbook({"eval", "retrieval", file, "--variant", "x"}).exit_code == 2);
}

namespace {

void require_recall(std::size_t conversations, double passages_min, double documents_min) {
  const auto file = test_data("locomo/locomo-first5.json");
  if (!file) return;
  auto dataset = read_retrieval_dataset(*file);
  REQUIRE(dataset);
  dataset->collections.resize(conversations);
  const auto results = measure_retrieval(*dataset, {{5, 10}, {{"all", {}}}, {}, {}});
  REQUIRE(results);
  const VariantResult& all = results->front();
  const std::string adversarial = "5";
  const double passages = mean(all, &RecallSums::passages, 10, adversarial);
  const double documents = mean(all, &RecallSums::documents, 10, adversarial);
  WARN("recall at 10 by turn " << passages << ", by session " << documents << ", p99 "
                               << all.times[all.times.size() * 99 / 100].count() / 1000 << " ms");
  CHECK(passages >= passages_min);
  CHECK(documents >= documents_min);
}

}  // namespace

TEST_CASE("evidence in a long conversation comes back within the first ten turns and sessions") {
  require_recall(1, 0.63, 0.92);
}

TEST_CASE("the same over five conversations", "[.locomo]") { require_recall(5, 0.70, 0.92); }
