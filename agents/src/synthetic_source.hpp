// The source that open_synthetic() gives.
#pragma once
#include "synthetic_source_names.hpp"

#include "commonbook/agents/source.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// Draws everything from one engine by `%`, never through the standard library's distributions, whose results differ
/// between implementations: equal options give equal observations everywhere.
class SyntheticSource final : public Source {
 public:
  explicit SyntheticSource(SyntheticOptions options);

  Result<std::optional<ImportItem>> next() override;
  [[nodiscard]] SourceProgress progress() const override;
  [[nodiscard]] const std::vector<Dropped>& dropped() const override { return dropped_; }

 private:
  struct Relation;
  struct Vocabulary;
  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  [[nodiscard]] EntityName draw_name();
  [[nodiscard]] Triple draw_triple(const EntityName& about, Timestamp time);
  [[nodiscard]] Document write_document(const EntityName& about, Timestamp time);
  [[nodiscard]] static const Vocabulary& vocabulary_of(std::string_view kind);

  SyntheticOptions options_;
  const Vocabulary* vocabulary_;  // never null; a constant of the program
  SyntheticNames names_;
  std::mt19937_64 engine_;
  std::int64_t done_ = 0;
  std::vector<Dropped> dropped_;  // stays empty: nothing made up is ever damaged
};

}  // namespace commonbook::agents
