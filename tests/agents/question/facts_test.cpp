// Answers from facts alone, and what is quoted where documents answer.
#include "answer_builder.hpp"
#include "question_facts.hpp"
#include "commonbook/agents/question.hpp"
#include "commonbook/model/civil_time.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::agents;
using commonbook::testing::AnswerBuilder;

namespace {

Fact stated(const std::string& subject, const std::string& predicate, const std::string& value, bool superseded) {
  Fact fact;
  fact.subject = {7, {Scheme::name, subject, {}}, subject};
  fact.predicate = predicate;
  fact.object = Literal{LiteralType::text, value};
  fact.single_valued = true;
  fact.superseded = superseded;
  fact.citation.agent = "notes";
  return fact;
}

Answer composed(const std::string& question, Answer found, const RetrievalParts& parts = {}) {
  return compose(understand({question, as_utc({{2031, 5, 14}, 9, 0, 0}), "UTC", parts}), std::move(found));
}

}  // namespace

TEST_CASE("of a single-valued predicate the value in force comes before those that it superseded") {
  Answer answer;
  answer.facts = {stated("Boiler", "pressure limit", "2 bar pressure limit boiler", true),
                  stated("Boiler", "pressure limit", "3 bar", false)};
  const auto ranked = rank_facts({{stem("boiler"), 1.0}, {stem("pressure"), 1.0}}, answer);
  REQUIRE(ranked.size() == 2);
  CHECK_FALSE(ranked[0].fact->superseded);
}

TEST_CASE("what an agent stated without a document answers, in the value that holds") {
  Answer answer;
  answer.facts = {stated("Boiler", "pressure limit", "2 bar", true), stated("Boiler", "pressure limit", "3 bar", false)};
  const Answer found = composed("What is the pressure limit of the boiler?", answer);
  CHECK(found.line == "Boiler pressure limit 3 bar (stated by notes)");
  RetrievalParts parts;
  parts.facts = false;
  CHECK(composed("What is the pressure limit of the boiler?", answer, parts).line.empty());
  CHECK(composed("Who painted the fence green?", answer).line.empty());
}

TEST_CASE("a fact nearer to the question's entities comes before one further away that says the same") {
  Answer answer;
  answer.facts = {stated("Mill", "opens", "at nine", false), stated("Shop", "opens", "at nine", false)};
  answer.facts[0].closeness = 0.3;
  answer.facts[1].subject.id = 8;
  const auto ranked = rank_facts({{stem("opens"), 1.0}}, answer);
  REQUIRE(ranked.size() == 2);
  CHECK(ranked[0].fact->subject.spelling == "Shop");
}

TEST_CASE("a sentence is quoted with what stands beside it, so that a bare value is not lost") {
  AnswerBuilder builder;
  builder.subject(Scheme::mid, "one@school", "<one@school>")
      .person(predicate::from, "anna.lind@school.example")
      .passage("Re: Width of the stage", "4.20 m. The stage was built wider than the plan says.",
               as_utc({{2031, 5, 2}, 8, 0, 0}));
  const Answer answer = composed("What is the width of the stage?", builder.answer());
  CHECK(answer.line.find("4.20 m.") != std::string::npos);
  CHECK(answer.line.find("Anna Lind, 2031-05-02") != std::string::npos);
}
