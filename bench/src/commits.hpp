// The workload as storage takes it: cut into commits, its observations numbered as a session numbers them.
#pragma once
#include "workload.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace commonbook::storage {
class Writer;
}

namespace commonbook::bench {

/// The workload's groups in order, in runs of as few as have `triples` statements together; the last run may have
/// fewer.
/// @returns  views of workload.groups.
[[nodiscard]] std::vector<std::span<const Group>> commits_of(const Workload& workload, std::size_t triples);

/// Makes a workload's observations, each agent's with the next number of its session.
class SessionObservations {
 public:
  /// @param workload  outlives this.
  SessionObservations(const Workload& workload, std::string session, AckClass ack_class);
  /// @param groups  of the workload; those of an agent in the order in which it stores them.
  [[nodiscard]] std::vector<Observation> of(std::span<const Group> groups);

 private:
  const Workload& workload_;
  std::string session_;
  AckClass ack_class_;
  std::vector<std::uint64_t> sequences_;  // the last one, an agent
};

/// Stores a batch that no observation may be refused of. @throws std::runtime_error where one is. Thread: the writer's.
void store_all(storage::Writer& writer, const std::vector<Observation>& batch);

}  // namespace commonbook::bench
