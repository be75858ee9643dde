// Which evidence about an entity may displace other evidence, and which is only a claim (model/speaker.hpp). Decided
// when a question reads, from all evidence that counts: so the order of arrival does not matter.
#pragma once
#include "book/evidence_reader.hpp"
#include "book/triple_reader.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace commonbook::storage {

enum class Standing : std::uint8_t {
  claim = 0,  ///< untrusted, or sent by somebody else than the organiser
  statement,
};

/// The rule for one entity.
/// @thread  the evidence reader's.
class SpeakerRule {
 public:
  /// @param rows  with the entity as subject, all of those whose predicate decides who may speak (decides()); others among
  ///              them do no harm.
  static Result<SpeakerRule> of(EvidenceReader& reader, const std::vector<TailRow>& rows);
  /// The names of the predicates that decide.
  static const std::array<std::string_view, 2>& deciding_predicates() noexcept;
  [[nodiscard]] Standing standing(std::int64_t observation, Trust trust) const;
  /// True where one of the rows is a statement by somebody who may speak of the entity. Where anything single-valued is
  /// stated of it, claims do not hold.
  [[nodiscard]] Result<bool> is_stated(EvidenceReader& reader, const std::vector<TailRow>& rows) const;

 private:
  struct Organiser {
    std::int64_t entity = 0;
    std::int64_t observation = 0;
    const Evidence* evidence = nullptr;  // the reader's
  };
  Result<void> look_at(EvidenceReader& reader, const TailRow& row, std::vector<Organiser>& named);
  void choose_organiser(const std::vector<Organiser>& named);

  std::unordered_map<std::int64_t, std::int64_t> stated_by_;  // sender of an observation
  std::optional<std::int64_t> organiser_;
};

}  // namespace commonbook::storage
