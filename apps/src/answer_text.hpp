// How an answer reads on the terminal; `ask` and `run` print the same.
#pragma once
#include "commonbook/model/answer.hpp"

#include <cstddef>

namespace commonbook::apps {

/// The answer's line, or the best passage where no fact answers directly, then citations. Thread: any.
void print_answer(const Answer& answer, std::size_t citations_max);

}  // namespace commonbook::apps
