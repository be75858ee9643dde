// JSON as the verbs print it. Keys keep their order; text that is no UTF-8 is replaced, never refused.
#pragma once
#include "commonbook/agents/source.hpp"
#include "commonbook/model/answer.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/reader.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace commonbook::apps {

using Json = nlohmann::ordered_json;

/// One value on standard output. @param indent -1: on one line.
void print_json(const Json& value, int indent = 2);

/// {question, answer, citations: [{document, agent, time, kind, title}]}.
[[nodiscard]] Json answer_json(const std::string& question, const Answer& answer);
/// {ok, checks: [{id, what, ok, detail, examined}]}.
[[nodiscard]] Json verify_json(const storage::VerifyReport& report);
[[nodiscard]] Json stats_json(const storage::BookStats& stats);
/// {scheme, value, spelling}, or {type, value} of a literal.
[[nodiscard]] Json fact_json(const Fact& fact);
[[nodiscard]] Json triple_json(const Triple& triple);
[[nodiscard]] Json dropped_json(const std::vector<agents::Dropped>& dropped);

}  // namespace commonbook::apps
