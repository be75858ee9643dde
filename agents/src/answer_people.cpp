#include "answer_people.hpp"

#include "answer_values.hpp"

#include <algorithm>
#include <array>

namespace commonbook::agents {
namespace {

bool is_first_person(std::string_view word) { return is_among(word, {"i", "we", "my", "our"}); }

bool is_anybody(std::string_view word) {
  return is_among(word, {"somebody", "someone", "anybody", "anyone", "nobody", "everybody", "everyone"});
}

/// What one does by writing: who does it is the author, whatever the sentence says.
bool asks_for_writer(const QuestionDetails& details) {
  constexpr std::array writing = {"announc", "tell",    "told",   "said",    "sai",    "writ",    "wrot",     "written",
                                  "report",  "ask",     "propos", "suggest", "inform", "mention", "complain", "warn",
                                  "thank",   "confirm", "stat",   "reply",   "repli",  "state",   "claim"};
  return std::any_of(details.content_words.begin(), details.content_words.end(), [&](const std::string& word) {
    return std::find(writing.begin(), writing.end(), stem(word)) != writing.end();
  });
}

/// "Who at Blue Corp": the words behind "at", "from" or "of".
std::set<std::string> asked_house(const QuestionDetails& details) {
  const std::vector<Token>& tokens = details.tokens;
  for (std::size_t at = 0; at + 2 < tokens.size(); ++at)
    if (tokens[at].text == "who" && is_among(tokens[at + 1].text, {"at", "from", "of", "in"})) {
      std::set<std::string> words;
      for (std::size_t next = at + 2; next < tokens.size() && tokens[next].capital; ++next)
        words.insert(stem(tokens[next].text));
      return words;
    }
  return {};
}

bool includes_any(const std::set<std::string>& words, const std::set<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& word) { return words.count(word) > 0; });
}

bool named_in_question(const QuestionDetails& details, const std::string& name) {
  const std::set<std::string> words = stems_of(name);
  return std::any_of(details.mentions.begin(), details.mentions.end(),
                     [&](const std::string& mention) { return includes_any(stems_of(mention), words); });
}

std::string only_one(const std::set<std::string>& words, const std::vector<Person>& people) {
  std::string name;
  for (const Person& person : people) {
    if (!std::includes(person.words.begin(), person.words.end(), words.begin(), words.end())) continue;
    if (!name.empty() && name != person.name) return {};
    name = person.name;
  }
  return name;
}

}  // namespace

std::string full_name(const std::string& words, const std::vector<Person>& near, const std::vector<Person>& everybody) {
  const std::set<std::string> wanted = stems_of(words);
  if (wanted.empty()) return {};
  const std::string here = only_one(wanted, near);
  return here.empty() ? only_one(wanted, everybody) : here;
}

std::optional<SaidPerson> person_in(const QuestionDetails& details, const Statement& statement,
                                    const std::vector<Person>& everybody) {
  const Sentence& sentence = statement.sentence;
  const std::set<std::string> house = asked_house(details);
  SaidPerson best;
  const auto offer = [&](const std::string& name, double score) {
    if (!name.empty() && score > best.score && !named_in_question(details, name)) best = {name, score};
  };
  const bool author_fits =
      !statement.author.name.empty() && (house.empty() || includes_any(statement.author.words, house));
  if (asks_for_writer(details)) {
    if (author_fits) offer(statement.author.name, house.empty() ? 0.5 : 0.8);
    return best.name.empty() ? std::nullopt : std::optional{best};
  }
  for (std::size_t at = 0; at < sentence.size(); ++at)
    if (is_anybody(sentence.word(at))) return std::nullopt;
  for (std::size_t at = 0; at < sentence.size(); ++at) {
    if (is_first_person(sentence.word(at)) && author_fits) {
      const auto away = distance_to_matter(details, sentence, at, at + 1);
      offer(statement.author.name, away ? 0.4 + 0.4 / (1.0 + 0.5 * static_cast<double>(*away)) : 0.2);
      continue;
    }
    if (!sentence.tokens[at].capital || is_stop_word(sentence.word(at)) || is_number(sentence.word(at))) continue;
    std::size_t end = at + 1;
    while (end < sentence.size() && sentence.joined(end) && sentence.tokens[end].capital &&
           !is_stop_word(sentence.word(end)))
      ++end;
    std::string name;
    for (; end > at && name.empty(); --end) name = full_name(sentence.raw(at, end), statement.people, everybody);
    if (name.empty()) continue;
    const auto away = distance_to_matter(details, sentence, at, end + 1);
    const bool is_signature = sentence.size() <= 3 && name == statement.author.name;
    if (!is_signature) offer(name, away ? 0.4 + 0.4 / (1.0 + 0.5 * static_cast<double>(*away)) : 0.2);
    at = end;
  }
  return best.name.empty() ? std::nullopt : std::optional{best};
}

}  // namespace commonbook::agents
