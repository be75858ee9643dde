// What one question costs in books of a thousand to a million triples. Hidden: it takes minutes. Run it with [.growth].
#include "commonbook/agents/question.hpp"
#include "commonbook/model/civil_time.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

Clock::SteadyPoint later() { return SystemClock{}.steady_now() + std::chrono::minutes{10}; }

/// Messages of a growing company: words by Zipf's law out of a fixed vocabulary, people and topics in proportion to the
/// messages, one topic and one person that a share of all messages names.
class Company {
 public:
  explicit Company(std::uint64_t seed) : dice_(seed) {}

  Observation message() {
    const std::uint64_t number = ++messages_;
    Observation observation;
    observation.agent = "email";
    observation.session = "growth";
    observation.sequence = number;
    observation.ack_class = AckClass::applied;
    observation.time = {start_ms + static_cast<std::int64_t>(number) * 60'000};
    observation.valid_from = observation.time;
    const EntityName subject{{Scheme::mid, "m" + std::to_string(number) + "@growth", {}}, {}};
    const std::string person = number % 10 == 0 ? "Hannah Hub" : "Person " + std::to_string(below(number / 5 + 10));
    const std::string topic = number % 7 == 0 ? "Project Kestrel" : "Topic " + std::to_string(below(number / 8 + 10));
    Document document;
    document.id = "<m" + std::to_string(number) + "@growth>";
    document.kind = DocumentKind::message;
    document.title = topic;
    document.text = text();
    document.context = person;
    document.time = observation.time;
    document.hash = content_hash(document.id);
    document.subject = subject;
    observation.document = std::move(document);
    observation.triples = {
        {subject, "from", named(person)},
        {subject, "about", named(topic)},
        {subject, "sent at", Literal{LiteralType::timestamp, format_utc(observation.time)}, Cardinality::single},
        {named(topic), "discussed by", named(person)},
        {named(topic), "last state", Literal{LiteralType::text, "state " + std::to_string(number % 50)}}};
    return observation;
  }

 private:
  static constexpr std::int64_t start_ms = 1'893'456'000'000;  // 2030-01-01

  std::uint64_t below(std::uint64_t limit) { return dice_() % limit; }

  std::string text() {
    std::string words;
    for (int at = 0; at < 25; ++at) {
      // About 1 / rank: the exponent of a uniform draw.
      const double share = static_cast<double>(below(1'000'000)) / 1'000'000;
      const auto rank = static_cast<std::uint64_t>(std::pow(20'000.0, share));
      words += "w" + std::to_string(rank) + "x ";
    }
    return words;
  }

  std::mt19937_64 dice_;
  std::uint64_t messages_ = 0;
};

const std::vector<std::string>& kinds_of_questions() {
  static const std::vector<std::string> all = {"What does w15000x say about w18000x?",
                                               "What about w2x and w3x?",
                                               "Who wrote w7x w11x w13x?",
                                               "What is the last state of Project Kestrel?",
                                               "What did Hannah Hub say about w40x?",
                                               "Who discussed Topic 3?",
                                               "What did Person 5 write on 3 January 2030?",
                                               "What hapened to w19999y?",
                                               "What did Hanah Hub write?",
                                               "When was w500x w501x decided?"};
  return all;
}

struct Cost {
  double mean_ms = 0;
  double longest_ms = 0;
  double mean_rows = 0;
  std::uint64_t most_rows = 0;
};

Cost cost_of(Reader& reader) {
  Cost cost;
  const int rounds = 3;
  for (int round = 0; round < rounds; ++round)
    for (const std::string& text : kinds_of_questions()) {
      const auto understood = agents::understand({text, as_utc({{2030, 1, 10}, 9, 0, 0}), "UTC"});
      const auto begin = std::chrono::steady_clock::now();
      auto found = reader.answer(understood.plan, later());
      REQUIRE(found);
      const Answer answer = agents::compose(understood, std::move(*found));
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
      if (round == 0) continue;  // warms the caches
      const double share = static_cast<double>(kinds_of_questions().size()) * (rounds - 1);
      cost.mean_ms += took.count() / share;
      cost.longest_ms = std::max(cost.longest_ms, took.count());
      cost.mean_rows += static_cast<double>(reader.last_rows_read()) / share;
      cost.most_rows = std::max(cost.most_rows, reader.last_rows_read());
    }
  return cost;
}

/// Rows that one question touches, and those without the walk from entity to entity.
void print_rows_by_kind(Reader& reader) {
  for (const std::string& text : kinds_of_questions()) {
    auto plan = agents::understand({text, as_utc({{2030, 1, 10}, 9, 0, 0}), "UTC"}).plan;
    REQUIRE(reader.answer(plan, later()));
    const std::uint64_t all = reader.last_rows_read();
    plan.parts.graph = false;
    REQUIRE(reader.answer(plan, later()));
    const std::uint64_t without_walk = reader.last_rows_read();
    plan.names.clear();
    plan.ranges.clear();
    REQUIRE(reader.answer(plan, later()));
    std::cout << "            " << all << " rows, " << without_walk << " without the walk, " << reader.last_rows_read()
              << " of words alone: " << text << '\n';
  }
}

}  // namespace

TEST_CASE("the cost of a question grows no faster than the logarithm of the book", "[.growth]") {
  const TemporaryFolder folder;
  const SystemClock clock;
  BookOptions options;
  options.path = folder.path() / "growth.db";
  options.create = true;
  options.similarity = SimilarityMode::off;
  auto book = Book::open(options, clock, later());
  REQUIRE(book);
  auto writer = Writer::open(*book, later());
  auto compactor = Compactor::open(*book, "growth", later());
  REQUIRE(writer);
  REQUIRE(compactor);
  Company company{1};
  std::uint64_t triples = 0;
  std::vector<Cost> costs;
  std::cout << "   triples   mean ms   longest   mean rows   most rows\n";
  for (const std::uint64_t size : {1'000u, 10'000u, 100'000u, 1'000'000u}) {
    while (triples < size) {
      std::vector<Observation> batch;
      for (int at = 0; at < 100; ++at) batch.push_back(company.message());
      for (const auto& result : writer->store(batch, later())) REQUIRE(result);
      triples += batch.size() * 5;
    }
    for (;;) {
      const auto step = compactor->step(true, later());
      REQUIRE(step);
      if (step->outcome == CompactionOutcome::idle) break;
    }
    auto reader = Reader::open(*book, later());
    REQUIRE(reader);
    costs.push_back(cost_of(*reader));
    char line[128];
    std::snprintf(line, sizeof line, "%10llu %9.1f %9.1f %11.0f %11llu\n", static_cast<unsigned long long>(triples),
                  costs.back().mean_ms, costs.back().longest_ms, costs.back().mean_rows,
                  static_cast<unsigned long long>(costs.back().most_rows));
    std::cout << line << std::flush;
    print_rows_by_kind(*reader);
  }
  // Small books are read whole. Where the bounds hold, ten times the book may add no more than a logarithm would.
  CHECK(costs[3].mean_rows <= costs[2].mean_rows * 1.2);
  CHECK(static_cast<double>(costs[3].most_rows) <= static_cast<double>(costs[2].most_rows) * 1.2);
}
