// Datasets for `eval retrieval`: documents made of passages, and questions with the passages that answer them.
//
// Own format, one JSON object (or {"collections": [...]} with several, each kept in a book of its own):
//   {"name": "office",
//    "documents": [{"id": "d1", "title": "Weekly status", "time": "2026-03-02T10:00",
//                   "passages": [{"id": "d1:1", "speaker": "Ann", "text": "The boxes arrived."}]}],
//    "questions": [{"question": "When did the boxes arrive?", "evidence": ["d1:1"],
//                   "category": "time", "now": "2026-03-31"}]}
// `title`, `time`, `speaker`, `category` and `now` may be left out. Evidence names passages.
//
// LoCoMo's format (Maharana et al., "Evaluating Very Long-Term Conversational Memory of LLM Agents", 2024) is read as
// it is: a list of conversations with `conversation` and `qa`; a session is a document, a turn with the caption of its
// picture a passage.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::apps {

struct DatasetPassage {
  std::string id;
  std::string speaker;  ///< empty: not said by anybody
  std::string text;     ///< on one line
};

struct DatasetDocument {
  std::string id;
  std::string title;
  std::optional<Timestamp> time;
  std::vector<DatasetPassage> passages;
};

struct DatasetQuestion {
  std::string text;
  std::string category;               ///< empty: none
  std::vector<std::string> evidence;  ///< ids of passages that exist, each once; never empty
  std::optional<Timestamp> now;
};

struct DatasetCollection {
  std::string name;
  std::vector<DatasetDocument> documents;
  std::vector<DatasetQuestion> questions;
};

struct RetrievalDataset {
  std::vector<DatasetCollection> collections;
  std::size_t questions_left_out = 0;  ///< whose evidence is empty or names no passage
};

/// Reads either format, told apart by what stands in it.
/// @errors  not_found; parse_error with the place and what is expected there. @thread any; blocks on the file.
[[nodiscard]] Result<RetrievalDataset> read_retrieval_dataset(const std::filesystem::path& file);
/// The same from text.
[[nodiscard]] Result<RetrievalDataset> parse_retrieval_dataset(std::string_view text);

}  // namespace commonbook::apps
