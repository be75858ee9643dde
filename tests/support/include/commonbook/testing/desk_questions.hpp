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

/// Without white space and in lower case: answers are compared so.
[[nodiscard]] std::string folded(const std::string& text);

}  // namespace commonbook::testing
