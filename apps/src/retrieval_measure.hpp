// Runs a retrieval dataset through the whole way that a question goes, and counts how much of the evidence comes back.
#pragma once
#include "retrieval_dataset.hpp"

#include "commonbook/model/query_plan.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::apps {

/// A choice of parts, by name: "all", "without time", "words alone", "with vectors".
struct RetrievalVariant {
  std::string name;
  RetrievalParts parts;
};
/// All variants that are measured, "all" first.
[[nodiscard]] std::vector<RetrievalVariant> retrieval_variants();

/// Share of a question's evidence in the first k, summed over questions.
struct RecallSums {
  std::size_t questions = 0;
  std::map<std::size_t, double> passages;   ///< by k
  std::map<std::size_t, double> documents;  ///< by k: of the documents in which the evidence stands
};

struct VariantResult {
  std::string name;
  std::map<std::string, RecallSums> categories;
  std::vector<std::chrono::microseconds> times;  ///< one for each question, sorted
};

struct RetrievalMeasure {
  std::vector<std::size_t> depths;  ///< the k of "recall at k"
  std::vector<RetrievalVariant> variants;
  std::function<void(std::string_view)> progress;  ///< may be empty
  std::function<bool()> stop_requested;            ///< looked at before each question; may be empty
};

/// Stores each collection in a book of its own in a temporary folder and asks all its questions by every variant, one
/// after the other. @errors those of the runtime; cancelled when a stop was requested. @thread blocks.
[[nodiscard]] Result<std::vector<VariantResult>> measure_retrieval(const RetrievalDataset& dataset,
                                                                   const RetrievalMeasure& measure);

}  // namespace commonbook::apps
