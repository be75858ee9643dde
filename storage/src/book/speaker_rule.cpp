#include "book/speaker_rule.hpp"

#include "commonbook/model/speaker.hpp"

namespace commonbook::storage {

Result<SpeakerRule> SpeakerRule::of(EvidenceReader& reader, const std::vector<TailRow>& rows) {
  SpeakerRule rule;
  std::vector<Organiser> named;
  for (const TailRow& row : rows)
    if (auto done = rule.look_at(reader, row, named); !done) return done.error();
  rule.choose_organiser(named);
  return rule;
}

const std::array<std::string_view, 2>& SpeakerRule::deciding_predicates() noexcept {
  static constexpr std::array<std::string_view, 2> names{organised_by_predicate, stated_by_predicate};
  return names;
}

Result<bool> SpeakerRule::is_stated(EvidenceReader& reader, const std::vector<TailRow>& rows) const {
  for (const TailRow& row : rows) {
    const auto weight = reader.weight(row.observation);
    if (!weight) return weight.error();
    if (reader.counts(*weight) && standing(row.observation, weight->trust) != Standing::claim) return true;
  }
  return false;
}

Result<void> SpeakerRule::look_at(EvidenceReader& reader, const TailRow& row, std::vector<Organiser>& named) {
  const auto* object = std::get_if<std::int64_t>(&row.object);
  if (object == nullptr) return {};
  const auto predicate = reader.predicate(row.predicate);
  if (!predicate) return predicate.error();
  const bool states = (*predicate)->name == stated_by_predicate;
  if (!states && (*predicate)->name != organised_by_predicate) return {};
  const auto evidence = reader.evidence(row.observation);
  if (!evidence) return evidence.error();
  if (!reader.counts(**evidence)) return {};
  const auto person = reader.root(*object);
  if (!person) return person.error();
  if (states) {
    stated_by_[row.observation] = *person;
  } else if (is_believed((*evidence)->citation.trust)) {
    named.push_back({*person, row.observation, *evidence});
  }
  return {};
}

// A channel of one's own knows the organiser best. An event that is known from invitations alone belongs to whoever
// invited first: a later one that names somebody else is no change of it.
void SpeakerRule::choose_organiser(const std::vector<Organiser>& named) {
  const Organiser* best = nullptr;
  bool best_was_sent = true;
  for (const Organiser& next : named) {
    const bool was_sent = stated_by_.contains(next.observation);
    const auto is_better = [&] {
      if (best == nullptr) return true;
      if (was_sent != best_was_sent) return !was_sent;
      return was_sent ? next.evidence->rank() < best->evidence->rank() : next.evidence->rank() > best->evidence->rank();
    };
    if (!is_better()) continue;
    best = &next;
    best_was_sent = was_sent;
  }
  if (best != nullptr) organiser_ = best->entity;
}

Standing SpeakerRule::standing(std::int64_t observation, Trust trust) const {
  if (!is_believed(trust)) return Standing::claim;
  const auto sender = stated_by_.find(observation);
  const bool may_speak = sender == stated_by_.end() || sender->second == organiser_;
  return may_speak ? Standing::statement : Standing::claim;
}

}  // namespace commonbook::storage
