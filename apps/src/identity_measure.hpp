// How well records are recognised: every pair is decided by the one fixed setting, and compared with the known answer.
#pragma once
#include "identity_dataset.hpp"

namespace commonbook::apps {

/// Of the pairs that are said to be one.
struct Agreement {
  std::int64_t true_positives = 0;
  std::int64_t false_positives = 0;
  std::int64_t false_negatives = 0;
  [[nodiscard]] double precision() const noexcept;  ///< 1 where nothing was said to be one
  [[nodiscard]] double recall() const noexcept;     ///< 1 where nothing is one
  [[nodiscard]] double f1() const noexcept;
};

struct Misjudged {
  RecordPair pair;
  storage::NameEvidence evidence;
};

struct IdentityMeasure {
  std::int64_t pairs = 0;      ///< to decide
  std::int64_t compared = 0;   ///< of these; of a table only those that share a block are
  std::int64_t matches = 0;    ///< that are one
  Agreement found;             ///< at or above the threshold of suggestions: suggestions and silent merges together
  Agreement merged;            ///< silent merges alone
  std::vector<Misjudged> misjudged;  ///< by `found`, at most as many as were asked for
};

/// @param misjudged_max  how many wrong decisions are kept. @thread any; takes about 20 us a compared pair.
[[nodiscard]] IdentityMeasure measure_identity(const IdentityDataset& dataset,
                                               const storage::OutcomeThresholds& thresholds, std::size_t misjudged_max);

}  // namespace commonbook::apps
