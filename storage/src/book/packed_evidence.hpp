// An observation as evidence, in half the memory: for the cache of what readers have met (known_rows.hpp).
#pragma once
#include "commonbook/model/answer.hpp"
#include "commonbook/model/observation.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

namespace commonbook::storage {

/// What ranks evidence: later revisions first, then later validity, then statements about the instance itself; what
/// is equal still has an order that no id decides.
using EvidenceRank = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::string>;

/// One observation as evidence.
struct Evidence {
  bool retracted = false;
  std::int64_t revision = 0;
  Timestamp valid_from;
  std::uint8_t specificity = 0;
  std::string document_hash;
  Citation citation;
  /// What it is ranked by, in place.
  [[nodiscard]] auto ranking() const {
    return std::tie(revision, valid_from.unix_ms, specificity, document_hash, citation.agent, citation.position);
  }
  [[nodiscard]] EvidenceRank rank() const { return ranking(); }
  /// rank() < other.rank(), without a copy of its texts.
  [[nodiscard]] bool ranks_below(const Evidence& other) const { return ranking() < other.ranking(); }
};

/// All texts one after another; the agent, which many observations have in common, by its session.
class PackedEvidence {
 public:
  /// @param epoch  of the snapshot that it was read in.
  PackedEvidence(std::int64_t epoch, std::int64_t session, const Evidence& evidence)
      : epoch_(epoch), session_(session), revision_(evidence.revision), valid_from_(evidence.valid_from),
        time_(evidence.citation.time), specificity_(evidence.specificity), retracted_(evidence.retracted),
        kind_(evidence.citation.kind), trust_(evidence.citation.trust) {
    const std::array<std::string_view, text_count> texts{evidence.document_hash, evidence.citation.document_id,
                                                         evidence.citation.title, evidence.citation.position};
    std::size_t size = 0;
    for (const std::string_view text : texts) size += text.size();
    texts_.reserve(size);
    for (std::size_t at = 0; at < text_count; ++at) {
      texts_ += texts[at];
      ends_[at] = static_cast<std::uint32_t>(texts_.size());
    }
  }
  [[nodiscard]] std::int64_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] std::int64_t session() const noexcept { return session_; }
  /// Without the agent.
  [[nodiscard]] Evidence unpacked() const {
    Evidence evidence;
    evidence.retracted = retracted_;
    evidence.revision = revision_;
    evidence.valid_from = valid_from_;
    evidence.specificity = specificity_;
    evidence.citation.kind = kind_;
    evidence.citation.trust = trust_;
    evidence.citation.time = time_;
    const std::array<std::string*, text_count> texts{&evidence.document_hash, &evidence.citation.document_id,
                                                     &evidence.citation.title, &evidence.citation.position};
    for (std::size_t at = 0; at < text_count; ++at) {
      const std::size_t begin = at == 0 ? 0 : ends_[at - 1];
      texts[at]->assign(texts_, begin, ends_[at] - begin);
    }
    return evidence;
  }

 private:
  static constexpr std::size_t text_count = 4;
  std::int64_t epoch_;
  std::int64_t session_;
  std::int64_t revision_;
  Timestamp valid_from_;
  Timestamp time_;
  std::uint8_t specificity_;
  bool retracted_;
  DocumentKind kind_;
  Trust trust_;
  std::array<std::uint32_t, text_count> ends_{};
  std::string texts_;
};

}  // namespace commonbook::storage
