#include "credit.hpp"

#include <algorithm>
#include <utility>

namespace commonbook::actors {

std::size_t CreditBook::agent(const std::string& name) {
  const auto [entry, is_new] = names_.try_emplace(name, agents_.size());
  if (is_new) agents_.push_back({agents_.size() % limits_.storage_actors, 0, 0});
  return entry->second;
}

Error CreditBook::overloaded(std::string message) const {
  const auto hint = std::clamp<std::int64_t>(usual_acknowledge_us_ / 1000, 1, 1000);
  return {ErrorCode::overloaded, std::move(message), 0, std::chrono::milliseconds{hint}};
}

Result<Credit> CreditBook::take(std::size_t agent, const Observation& observation) {
  if (observation.triples.size() > triples_in_observation_max)
    return Error{ErrorCode::too_large, "an observation may carry " + std::to_string(triples_in_observation_max) +
                                           " triples, this one has " + std::to_string(observation.triples.size()) +
                                           ": split it"};
  if (observation.document && observation.document->text.size() > document_text_bytes_max)
    return Error{ErrorCode::too_large, "a document may have " + std::to_string(document_text_bytes_max) +
                                           " bytes of text, this one has " +
                                           std::to_string(observation.document->text.size())};
  Agent& entry = agents_[agent];
  const std::size_t weight = std::max<std::size_t>(observation.triples.size(), 1);
  if (entry.observations > 0 && entry.weight + weight > limits_.window_triples)
    return overloaded("this agent has " + std::to_string(entry.weight) + " triples under way, its window is " +
                      std::to_string(limits_.window_triples) + ": wait for receipts");
  if (storages_[entry.storage] >= limits_.queue_observations)
    return overloaded("the storage actor of this agent has " + std::to_string(limits_.queue_observations) +
                      " observations waiting: try again later");
  entry.weight += weight;
  ++entry.observations;
  ++storages_[entry.storage];
  return Credit{agent, entry.storage, weight};
}

void CreditBook::give_back_window(const Credit& credit) {
  Agent& entry = agents_[credit.agent];
  entry.weight -= credit.weight;
  --entry.observations;
}

void CreditBook::give_back_queue(std::size_t storage, std::size_t observations) {
  storages_[storage] -= std::min(storages_[storage], observations);
}

void CreditBook::note_acknowledge_time(std::chrono::microseconds time) {
  usual_acknowledge_us_ += (time.count() - usual_acknowledge_us_) / 16;  // a moving mean over some 16 receipts
}

}  // namespace commonbook::actors
