// Questions in plain English: what is asked becomes a query plan, what the book gives back becomes an answer.
// Both steps are pure functions; the question agent runs them round one snapshot.
#pragma once
#include "commonbook/model/answer.hpp"
#include "commonbook/model/clock.hpp"
#include "commonbook/model/query_plan.hpp"
#include "commonbook/model/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

struct Question {
  std::string text;
  Timestamp now;             ///< what "today" and "last week" are relative to
  std::string zone = "UTC";  ///< IANA name: how times are shown where the question names no place
  RetrievalParts parts{};    ///< the ways of finding that are used
};

/// Turns a text into a vector, for RetrievalParts::vectors; vectors of one embedder have one length and the length 1.
/// Called for the question and for at most 100 passages, after the snapshot has ended; what it fails with leaves the
/// passage without likeness. @thread the caller's of compose(): one that calls out must not run on a pool's thread.
using EmbedText = std::function<Result<std::vector<float>>(std::string_view text)>;

/// What sort of thing is asked for.
enum class Asked : std::uint8_t { when = 1, what_time, which_day, where, who, how_many, how_much, yes_no, why, what };

/// A question as understood: kept beside its plan, since composing the answer needs it.
struct UnderstoodQuestion {
  Question question;
  Asked asked = Asked::what;
  std::vector<std::string> content_words;    ///< lower case, without stop words
  std::vector<std::string> mentions;         ///< capitalised runs: candidate names
  std::optional<TimeWindow> window;          ///< local days that the question names, in its zone
  bool window_is_one_day = false;
  std::optional<std::string> answer_zone;    ///< "in Berlin time", "in UTC": IANA name
  QueryPlan plan;
};

/// @param question  any text up to 4 KiB; longer is cut. Never fails: an odd question gets a plain word search.
/// @thread  any.
[[nodiscard]] UnderstoodQuestion understand(const Question& question);

/// Ranks facts and passages, computes instances of recurring events over the asked days, writes the one-line answer
/// where a fact answers directly, and puts the citations in order of support, one a document.
/// Cuts the passages into excerpts and ranks these too.
/// @param found  what the plan gave back; its passages and facts are kept.
/// @param embed  empty: without vectors.
/// @thread  any.
[[nodiscard]] Answer compose(const UnderstoodQuestion& understood, Answer found, const EmbedText& embed = {});

}  // namespace commonbook::agents
