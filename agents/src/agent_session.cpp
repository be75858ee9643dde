#include "commonbook/agents/agents.hpp"

#include <memory>
#include <utility>

namespace commonbook::agents {

std::future<Result<Answer>> ask(actors::AgentSession& session, Question question, EmbedText embed) {
  auto understood = std::make_shared<const UnderstoodQuestion>(understand(question));
  // The reader works at once; composing waits for whoever collects the answer, so that it costs no thread.
  return std::async(std::launch::deferred,
                    [understood, embed = std::move(embed), found = session.ask(understood->plan)]() mutable -> Result<Answer> {
                      auto answer = found.get();
                      if (!answer) return answer;
                      return compose(*understood, std::move(*answer), embed);
                    });
}

}  // namespace commonbook::agents
