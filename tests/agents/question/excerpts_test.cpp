// Which passage of a long text supports an answer, by which way it was found, and that each way can be switched off.
#include "commonbook/agents/question.hpp"
#include "commonbook/model/civil_time.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;
using namespace commonbook::agents;

namespace {

Passage dialogue(const std::string& id, const CivilDate& date, const std::string& text, double score) {
  Passage passage;
  passage.citation.document_id = id;
  passage.citation.kind = DocumentKind::text;
  passage.citation.title = id;
  passage.citation.time = as_utc({date, 9, 0, 0});
  passage.text = text;
  passage.score = score;
  return passage;
}

Answer garden() {
  Answer answer;
  answer.passages = {
      dialogue("march", {2031, 3, 10},
               "Dora: The seeds came today.\n"
               "Emil: Which ones do you have?\n"
               "Dora: Leeks, and the purple beans.\n"
               "Emil: I planted my tomatoes last Saturday.\n"
               "Dora: So early!\n",
               2),
      dialogue("may", {2031, 5, 20},
               "Emil: The frost took all of it.\n"
               "Dora: What did you lose in the frost?\n"
               "Emil: Every single one of the tomatoes.\n"
               "Dora: Mine stood in the glasshouse.\n"
               "Emil: Lucky you.\n",
               1)};
  return answer;
}

std::vector<Excerpt> excerpts(const std::string& question, const RetrievalParts& parts = {}, const EmbedText& embed = {}) {
  return compose(understand({question, as_utc({{2031, 6, 1}, 9, 0, 0}), "UTC", parts}), garden(), embed).excerpts;
}

std::size_t place_of(const std::vector<Excerpt>& found, const std::string& begin) {
  for (std::size_t at = 0; at < found.size(); ++at)
    if (found[at].text.starts_with(begin)) return at;
  return found.size();
}

}  // namespace

TEST_CASE("an excerpt is the turn that answers, with its place in the text and what stands beside it") {
  const auto found = excerpts("Which beans does Dora have?");
  REQUIRE_FALSE(found.empty());
  CHECK(found.front().text == "Dora: Leeks, and the purple beans.");
  CHECK(found.front().before == "Emil: Which ones do you have?");
  CHECK(found.front().after == "Emil: I planted my tomatoes last Saturday.");
  CHECK(found.front().citation.document_id == "march");
  CHECK(garden().passages[0].text.substr(found.front().begin, found.front().end - found.front().begin) ==
        found.front().text);
}

TEST_CASE("a turn that holds no word of the question is found beside one that does, unless neighbours are off") {
  RetrievalParts parts;
  parts.expansion = false;
  const auto with = excerpts("What was lost in the frost?", parts);
  CHECK(place_of(with, "Emil: Every single one") < with.size());
  parts.neighbours = false;
  const auto without = excerpts("What was lost in the frost?", parts);
  CHECK(place_of(without, "Emil: Every single one") == without.size());
}

TEST_CASE("the named speaker's turn comes before the other's with the same word, unless entities are off") {
  RetrievalParts parts;
  parts.neighbours = parts.expansion = false;
  const auto emil = excerpts("What did Emil say of the frost?", parts);
  const auto dora = excerpts("What did Dora say of the frost?", parts);
  CHECK(place_of(emil, "Emil: The frost took") < place_of(emil, "Dora: What did you lose in the frost"));
  CHECK(place_of(dora, "Dora: What did you lose in the frost") < place_of(dora, "Emil: The frost took"));
  // By words alone the turn that speaks to Emil is as much about him, and it is the shorter one.
  Answer spoken_to;
  spoken_to.passages = {dialogue("june", {2031, 6, 2}, "Dora: Emil, frost?\nEmil: The frost came back here this morning.\n", 1)};
  const auto first = [&] {
    const auto found =
        compose(understand({"What did Emil say of the frost?", as_utc({{2031, 7, 1}, 9, 0, 0}), "UTC", parts}), spoken_to, {}).excerpts;
    return found.empty() ? std::string{} : found.front().text;
  };
  CHECK(first() == "Emil: The frost came back here this morning.");
  parts.entities = false;
  CHECK(first() == "Dora: Emil, frost?");
}

TEST_CASE("a day of the question is met by what a text says of it, counted from the text's own day") {
  RetrievalParts parts;
  parts.words = parts.neighbours = parts.expansion = parts.facts = false;
  const auto found = excerpts("What did Emil do on 8 March?", parts);  // the Saturday before 10 March 2031
  REQUIRE_FALSE(found.empty());
  CHECK(found.front().text == "Emil: I planted my tomatoes last Saturday.");
  const auto in_may = excerpts("What happened in May?", parts);
  REQUIRE_FALSE(in_may.empty());
  CHECK(in_may.front().citation.document_id == "may");
  parts.time = false;
  CHECK(excerpts("What did Emil do on 8 March?", parts).empty());
}

TEST_CASE("vectors find likeness without a common word, only where they are switched on") {
  const EmbedText embed = [](std::string_view text) -> Result<std::vector<float>> {
    const bool plants = text.find("beans") != std::string_view::npos || text.find("vegetables") != std::string_view::npos;
    return plants ? std::vector<float>{1, 0} : std::vector<float>{0, 1};
  };
  RetrievalParts parts;
  CHECK(place_of(excerpts("Any vegetables", parts, embed), "Dora: Leeks") ==
        excerpts("Any vegetables", parts, embed).size());
  parts.vectors = true;
  CHECK(place_of(excerpts("Any vegetables", parts, embed), "Dora: Leeks") == 0);
  const EmbedText failing = [](std::string_view) -> Result<std::vector<float>> {
    return Error{ErrorCode::timeout, "no model", 0, {}};
  };
  CHECK(place_of(excerpts("Which beans?", parts, failing), "Dora: Leeks") == 0);
}

TEST_CASE("without any part that looks, nothing is found, and nothing fails") {
  RetrievalParts parts;
  parts.words = parts.facts = parts.entities = parts.graph = parts.time = parts.spelling = parts.neighbours =
      parts.expansion = false;
  CHECK(excerpts("Which beans does Dora have?", parts).empty());
}
