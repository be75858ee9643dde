// Admission by credits: how much each agent, and each storage actor, may have under way. Pure bookkeeping.
#pragma once
#include "commonbook/model/observation.hpp"
#include "commonbook/model/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace commonbook::actors {

struct CreditLimits {
  std::size_t window_triples = 64;        ///< outstanding for each agent; one observation always fits
  std::size_t queue_observations = 1024;  ///< outstanding for each storage actor
  std::size_t storage_actors = 2;
};

/// What an accepted observation holds until it is answered.
struct Credit {
  std::size_t agent = 0;    ///< index
  std::size_t storage = 0;  ///< index of the storage actor that this agent always goes to
  std::size_t weight = 0;   ///< triples, at least 1, so that documents without triples are bounded too
};

/// @thread  the intake's.
class CreditBook {
 public:
  explicit CreditBook(const CreditLimits& limits) : limits_(limits), storages_(limits.storage_actors, 0) {}

  /// The agent's index; known agents keep theirs. New agents go to the storage actors in turn, so that all are used.
  std::size_t agent(const std::string& name);
  /// @errors  too_large: triples or document bytes, whatever else is under way. overloaded: the agent's window or its
  ///          storage actor's queue is full; retry_after is filled in.
  Result<Credit> take(std::size_t agent, const Observation& observation);
  /// The request was answered: the agent may send more.
  void give_back_window(const Credit& credit);
  /// The storage actor answered this many, so its queue has room.
  void give_back_queue(std::size_t storage, std::size_t observations);
  /// A new storage actor begins with this many.
  void reset_queue(std::size_t storage, std::size_t observations) { storages_[storage] = observations; }
  /// Remembers how long a receipt took: the hint of a refusal is about that long.
  void note_acknowledge_time(std::chrono::microseconds time);
  [[nodiscard]] std::size_t queue_depth(std::size_t storage) const { return storages_[storage]; }

 private:
  struct Agent {
    std::size_t storage = 0;
    std::size_t weight = 0;
    std::size_t observations = 0;
  };
  [[nodiscard]] Error overloaded(std::string message) const;
  CreditLimits limits_;
  std::unordered_map<std::string, std::size_t> names_;
  std::vector<Agent> agents_;
  std::vector<std::size_t> storages_;
  std::int64_t usual_acknowledge_us_ = 1000;
};

}  // namespace commonbook::actors
