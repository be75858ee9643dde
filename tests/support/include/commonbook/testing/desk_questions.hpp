// The questions of the desk set with what is expected of an answer, as questions.tsv lists them.
#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace commonbook::testing {

struct DeskQuestion {
  std::string id;                 ///< "q01"
  std::string question;
  std::string answer;             ///< what the answer's line holds, where a fact answers directly
  std::set<std::string> support;  ///< document ids; one of them among the first citations is enough
  bool is_direct = false;         ///< a calendar fact answers it directly
};

/// The rows below the headline, in their order.
[[nodiscard]] std::vector<DeskQuestion> read_desk_questions(const std::filesystem::path& file);

/// True where the line holds the expected answer, or four fifths of its words that are no articles or prepositions, in
/// any order and inflection: most answers of the list are somebody's own words for what a mail says. "yes" and "no" must
/// stand as words.
[[nodiscard]] bool says_the_same(const std::string& line, const std::string& expected);

/// Without white space and in lower case: answers are compared so.
[[nodiscard]] std::string folded(const std::string& text);

}  // namespace commonbook::testing
