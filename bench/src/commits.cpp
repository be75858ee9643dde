#include "commits.hpp"

#include "made.hpp"
#include "commonbook/storage/writer.hpp"

#include <stdexcept>
#include <utility>

namespace commonbook::bench {

std::vector<std::span<const Group>> commits_of(const Workload& workload, std::size_t triples) {
  const std::span<const Group> groups{workload.groups};
  std::vector<std::span<const Group>> commits;
  std::size_t first = 0;
  std::size_t gathered = 0;
  for (std::size_t at = 0; at < groups.size(); ++at) {
    gathered += groups[at].count;
    if (gathered < triples && at + 1 < groups.size()) continue;
    commits.push_back(groups.subspan(first, at + 1 - first));
    first = at + 1;
    gathered = 0;
  }
  return commits;
}

SessionObservations::SessionObservations(const Workload& workload, std::string session, AckClass ack_class)
    : workload_(workload), session_(std::move(session)), ack_class_(ack_class), sequences_(workload.agents, 0) {}

std::vector<Observation> SessionObservations::of(std::span<const Group> groups) {
  std::vector<Observation> made;
  made.reserve(groups.size());
  for (const Group& group : groups) {
    Observation& observation = made.emplace_back(workload_.observation(group, ack_class_));
    observation.agent = "agent-" + std::to_string(group.agent);
    observation.session = session_;
    observation.sequence = ++sequences_[group.agent];
  }
  return made;
}

void store_all(storage::Writer& writer, const std::vector<Observation>& batch) {
  for (const auto& receipt : writer.store(batch, in_two_minutes()))
    if (!receipt) throw std::runtime_error("storing: " + receipt.error().message);
}

}  // namespace commonbook::bench
