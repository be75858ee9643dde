// Agents that write into a running runtime for as long as they are let, at a given rate or as fast as receipts come.
#pragma once
#include "../workload.hpp"
#include "commonbook/actors/runtime.hpp"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace commonbook::bench {

class Writers {
 public:
  /// Starts a thread for each agent of the workload, which is written again and again. Both outlive the writers.
  /// @param triples_per_second  of all agents together; 0: saturated, 64 triples under way for each agent.
  /// @throws std::runtime_error where no session can be opened.
  Writers(actors::Runtime& runtime, const Workload& workload, double triples_per_second);
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;
  ~Writers();  ///< stops them
  /// Ends, and waits for the open receipts. @returns  triples acknowledged a second. @throws where a receipt failed.
  double stop();

 private:
  void write(actors::AgentSession session, std::size_t agent, double triples_per_second);

  const Workload& workload_;
  std::atomic<bool> ending_{false};
  std::atomic<std::uint64_t> triples_{0};
  std::atomic<std::uint64_t> failed_{0};
  double start_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace commonbook::bench
