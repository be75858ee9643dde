// Who, where a sentence says it: somebody whom it names, or its author.
#pragma once
#include "question_statements.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

struct SaidPerson {
  std::string name;  ///< in full where the facts know it
  double score = 0;  ///< 0 to 1: how well it fits in its sentence
};

/// @param everybody  as people_of() gives them.
/// @returns  nullopt where the sentence names nobody but whom the question names, or only "somebody". Thread: any.
[[nodiscard]] std::optional<SaidPerson> person_in(const QuestionDetails& details, const Statement& statement,
                                                  const std::vector<Person>& everybody);

/// The one person whom the words name, first among `near`, then among `everybody`; empty: none, or more than one.
[[nodiscard]] std::string full_name(const std::string& words, const std::vector<Person>& near,
                                    const std::vector<Person>& everybody);

}  // namespace commonbook::agents
