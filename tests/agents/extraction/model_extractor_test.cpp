// A model over HTTP: asked as its schema says, believed only where it quotes, bounded in time, size and number.
#include "extraction_testing.hpp"
#include "fake_model.hpp"

#include "commonbook/agents/model_extractor.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <deque>

using namespace commonbook;
using namespace commonbook::agents;
using namespace commonbook::testing;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

ModelOptions options_of(const FakeModel& server) {
  ModelOptions options;
  options.url = server.url();
  options.model = "tiny";
  options.timeout = milliseconds{5000};
  return options;
}

Result<std::vector<ExtractedFact>> ask(const ModelOptions& options, const std::string& text,
                                       std::shared_ptr<const std::atomic<bool>> stop = {}) {
  auto extractor = make_model_extractor(options, std::move(stop));
  REQUIRE(extractor);
  return (*extractor)->extract(letter(text));
}

/// Gives letters, each with the text that is listed.
class Letters final : public Source {
 public:
  explicit Letters(std::size_t count) : left_(count) {}
  Result<std::optional<ImportItem>> next() override {
    if (left_ == 0) return std::optional<ImportItem>{};
    const std::string number = std::to_string(left_--);
    MailMessage message;
    message.message_id = "<" + number + "@x>";
    message.new_text = "Carl repairs ladder " + number + ".";
    ImportItem item;
    item.observation.document = Document{message.message_id,
                                         DocumentKind::message,
                                         "",
                                         message.new_text,
                                         "",
                                         {},
                                         number,
                                         EntityName{{Scheme::mid, number + "@x", {}}, {}}};
    item.observation.position = "inbox#" + number;
    item.observation.trust = Trust::imported;
    item.parsed = std::move(message);
    return std::optional{std::move(item)};
  }
  [[nodiscard]] SourceProgress progress() const override { return {}; }
  [[nodiscard]] const std::vector<Dropped>& dropped() const override { return dropped_; }

 private:
  std::size_t left_;
  std::vector<Dropped> dropped_;
};

}  // namespace

TEST_CASE("a model is asked with a schema, and its facts carry position, model and a capped confidence") {
  nlohmann::json asked;
  const FakeModel server{[&](const std::string& body) {
    asked = nlohmann::json::parse(body);
    return FakeModel::Reply{200, completion(R"([{"subject":"Carl","predicate":"repairs","object":"the ladder",
      "quote":"Carl repairs the ladder","confidence":0.99},{"subject":"I","predicate":"will","object":"paint it",
      "quote":"I paint it","confidence":0.4}])")};
  }};
  const auto facts = ask(options_of(server), "Hello. Carl repairs the ladder, I paint it.");
  REQUIRE(facts);
  REQUIRE(facts->size() == 2);
  CHECK((*facts)[0].triple.subject == named("Carl"));
  CHECK((*facts)[0].triple.predicate == "repairs");
  CHECK((*facts)[0].position == TextPosition{TextPart::text, 7, 30});
  CHECK((*facts)[0].confidence == Approx(0.7));
  CHECK((*facts)[1].triple.subject.key.value == "ada@example.org");
  CHECK((*facts)[1].confidence == Approx(0.4));
  CHECK(asked["model"] == "tiny");
  CHECK(asked["response_format"]["type"] == "json_schema");
  CHECK(asked["response_format"]["json_schema"]["schema"]["properties"].contains("facts"));
  CHECK(asked["messages"][1]["content"].get<std::string>().find("Carl repairs") != std::string::npos);
}

TEST_CASE("what a model makes up, or may not say, is left out") {
  const FakeModel server{[](const std::string&) {
    return FakeModel::Reply{200, completion(R"([
      {"subject":"Carl","predicate":"repairs","object":"a boat","quote":"Carl repairs a boat","confidence":0.9},
      {"subject":"document","predicate":"title","object":"Hello","quote":"Hello","confidence":0.9},
      {"subject":"document","predicate":"organised by","object":"me","quote":"Hello","confidence":0.9},
      {"subject":"Carl","predicate":"IS; DROP","object":"x","quote":"Hello","confidence":0.9},
      {"subject":"Carl","predicate":"repairs","object":7,"quote":"Hello","confidence":0.9},
      {"subject":"Carl","predicate":"repairs","object":"it","quote":"Hello"},
      "Carl", null,
      {"subject":"Carl","predicate":"greets","object":"Ada","quote":"Hello","confidence":0.9}])")};
  }};
  const auto facts = ask(options_of(server), "Hello.");
  REQUIRE(facts);
  REQUIRE(facts->size() == 1);
  CHECK(facts->front().triple.predicate == "greets");
}

TEST_CASE("a model's words are one line without control characters, and words of nothing else are left out") {
  const FakeModel server{[](const std::string&) {
    return FakeModel::Reply{200, completion(R"([
      {"subject":"Carl\u007f  Gauss","predicate":"greets","object":"Ada\nand\u0000 Emmy\u001b","quote":"Hello","confidence":0.9},
      {"subject":"Carl","predicate":"greets","object":"\u0007","quote":"Hello","confidence":0.9}])")};
  }};
  const auto facts = ask(options_of(server), "Hello.");
  REQUIRE(facts);
  REQUIRE(facts->size() == 1);
  CHECK(facts->front().triple.subject == named("Carl Gauss"));
  CHECK(std::get<Literal>(facts->front().triple.object).text == "Ada and Emmy");
}

TEST_CASE("an answer that is not as the schema says is an error that names the model") {
  for (const std::string body :
       {"", "{}", "no json", "{\"choices\":[]}", "{\"choices\":[{\"message\":{\"content\":\"Sure! Here:\"}}]}",
        "{\"choices\":[{\"message\":{\"content\":\"{}\"}}]}", "[1]"}) {
    const FakeModel server{[&](const std::string&) { return FakeModel::Reply{200, body}; }};
    const auto facts = ask(options_of(server), "Hello.");
    INFO(body);
    REQUIRE_FALSE(facts);
    CHECK(facts.error().code == ErrorCode::parse_error);
    CHECK(facts.error().message.find("tiny") != std::string::npos);
  }
}

TEST_CASE("a model that is slow, absent, failing or talkative ends in a typed error within its time") {
  const FakeModel slow{[](const std::string&) { return FakeModel::Reply{200, {}, true}; }};
  ModelOptions options = options_of(slow);
  options.timeout = milliseconds{300};
  const auto begun = steady_clock::now();
  const auto timed_out = ask(options, "Hello.");
  REQUIRE_FALSE(timed_out);
  CHECK(timed_out.error().code == ErrorCode::timeout);
  CHECK(steady_clock::now() - begun < std::chrono::seconds{5});
  const FakeModel failing{[](const std::string&) { return FakeModel::Reply{500, "out of memory"}; }};
  const auto failed = ask(options_of(failing), "Hello.");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("500") != std::string::npos);
  const FakeModel talkative{[](const std::string&) { return FakeModel::Reply{200, std::string(3u << 20, 'x')}; }};
  const auto too_much = ask(options_of(talkative), "Hello.");
  REQUIRE_FALSE(too_much);
  CHECK(too_much.error().code == ErrorCode::too_large);
  ModelOptions nobody = options_of(failing);
  nobody.url = "http://127.0.0.1:1/v1";
  const auto absent = ask(nobody, "Hello.");
  REQUIRE_FALSE(absent);
  CHECK(absent.error().message.find("start it") != std::string::npos);
}

TEST_CASE("a request that hangs ends when it is asked to stop") {
  const auto stop = std::make_shared<std::atomic<bool>>(false);
  const FakeModel slow{[&](const std::string&) {
    stop->store(true);
    return FakeModel::Reply{200, {}, true};
  }};
  ModelOptions options = options_of(slow);
  options.timeout = milliseconds{30'000};
  const auto begun = steady_clock::now();
  const auto stopped = ask(options, "Hello.", stop);
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::cancelled);
  CHECK(steady_clock::now() - begun < std::chrono::seconds{10});
}

TEST_CASE("an address that is none and a model without a name are refused") {
  CHECK_FALSE(make_model_extractor({.url = "file:///etc/passwd", .model = "tiny"}, {}));
  CHECK_FALSE(make_model_extractor({.model = ""}, {}));
}

TEST_CASE("as many requests run at one time as there are takers, each document is asked about once, untrusted") {
  const FakeModel server{[](const std::string& body) {
    const std::string text = nlohmann::json::parse(body)["messages"][1]["content"];
    const std::string quote = text.substr(0, text.size() - 1);
    return FakeModel::Reply{200, completion("[{\"subject\":\"Carl\",\"predicate\":\"repairs\",\"object\":\"" + quote +
                                            "\",\"quote\":\"" + quote + "\",\"confidence\":0.5}]")};
  }};
  constexpr std::size_t letters = 20;
  const auto queue = make_extraction_queue(4);
  const auto documents = queueing(std::make_unique<Letters>(letters), queue);
  std::mutex mutex;
  std::vector<Observation> found;
  std::vector<std::thread> takers;
  for (int i = 0; i < 2; ++i)
    takers.emplace_back([&] {
      auto extractor = make_model_extractor(options_of(server), {});
      const auto source = extracted_from(queue, std::move(*extractor), "email by tiny");
      for (;;) {
        auto item = source->next();
        if (item && *item) {
          const std::lock_guard guard{mutex};
          found.push_back((*item)->observation);
        } else if (!source->more_may_come()) {
          return;
        }
      }
    });
  std::size_t given = 0;
  for (;;) {
    const auto item = documents->next();
    REQUIRE(item);
    if (*item) ++given;
    if (!*item && !documents->more_may_come()) break;
  }
  for (std::thread& taker : takers) taker.join();
  CHECK(given == letters);
  CHECK(server.requests() == static_cast<int>(letters));
  CHECK(server.at_once_max() <= 2);
  REQUIRE(found.size() == letters);
  for (const Observation& observation : found) {
    CHECK(observation.trust == Trust::untrusted);
    CHECK(observation.derived_from.size() == 1);
    CHECK(observation.position.find("model tiny, confidence 0.50") != std::string::npos);
  }
}
