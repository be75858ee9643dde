// What single sentences of the found documents say, measured against the question: the material of one-line answers.
#pragma once
#include "extraction_text.hpp"
#include "fact_index.hpp"
#include "question_events.hpp"
#include "question_passages.hpp"

#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace commonbook::agents {

/// A word of the question with what it tells.
struct QueryWord {
  std::string stem;
  double weight = 0;
};

/// The question's words; what only says which sort of answer is wanted ("in force", "pay") tells less.
[[nodiscard]] std::vector<QueryWord> query_words(const QuestionDetails& details, const WordWeights& weights);
/// 0 to 1: the weighted mean of match(stem) over the words.
[[nodiscard]] double coverage_of(const std::vector<QueryWord>& query,
                                 const std::function<double(const std::string&)>& match);

/// Somebody whom the facts at hand name.
struct Person {
  std::string name;             ///< "Anna Lind"
  std::set<std::string> words;  ///< stems of name and address
  bool operator==(const Person&) const = default;
};

/// One sentence of a document.
struct Statement {
  Citation citation;
  Sentence sentence;           ///< points into the passage, or into the event's description
  std::string text;            ///< the sentence on one line
  Person author;               ///< who "I" is; an empty name: not known
  std::vector<Person> people;  ///< of the document: author, receivers, invited ones
  std::size_t document = 0;    ///< statements of one document share it, one after the other
  std::size_t rank = 0;        ///< of the document, best 0
  std::int64_t thread = 0;     ///< id of the thread's entity; 0: none
  std::int64_t time_ms = 0;
  bool of_event = false;            ///< an event's description
  std::optional<std::size_t> turn;  ///< of a dialogue: where the turn begins in the document; the author is who speaks
  double own = 0;                   ///< 0 to 1: share of the question's words in the sentence
  double coverage = 0;              ///< the same, of sentence, title and author together
};

struct StatementRequest {
  const QuestionDetails& details;
  const WordWeights& weights;
  const FactIndex& facts;
  const std::vector<Excerpt>& excerpts;  ///< the turns of a dialogue that are heard
};

/// The sentences of the best passages, and of the descriptions of the events that are clearly about the matter, in
/// order of documents. Points into `passages` and `matches`. Thread: any.
[[nodiscard]] std::vector<Statement> statements_of(const StatementRequest& request,
                                                   const std::vector<RankedPassage>& passages,
                                                   const std::vector<EventMatch>& matches);

/// Thread: any.
[[nodiscard]] bool is_among(std::string_view word, std::initializer_list<std::string_view> words) noexcept;
/// True where one of the folded words stands in the sentence. Thread: any.
[[nodiscard]] bool says_any(const Sentence& sentence, std::initializer_list<std::string_view> words) noexcept;

/// Everybody whom the facts name by an address, each once, by name.
[[nodiscard]] std::vector<Person> people_of(const FactIndex& facts);

}  // namespace commonbook::agents
