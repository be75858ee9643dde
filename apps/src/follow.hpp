// `run --follow`: the agents stay at their sources while questions come from standard input.
#pragma once
#include "interrupt.hpp"
#include "run_report.hpp"

#include "commonbook/agents/agents.hpp"

#include <string>
#include <vector>

namespace commonbook::apps {

/// How what is asked meanwhile is answered.
struct FollowedQuestions {
  std::string zone = "UTC";
  bool json = false;  ///< one object a line instead of text
};

/// Until the interrupt, or until every source ended: prints a line once the sources are up to date, and an answer for
/// each line of standard input. Its end ends the questions, not the run. Thread: the first one; blocks.
void follow(std::vector<agents::ImportAgent>& importers, agents::QuestionAgent& questions,
            const FollowedQuestions& options, Interrupt& interrupt, RunReport& report);

}  // namespace commonbook::apps
