// The supervisor: makes the workers, replaces those that die, and stops everything when that can't help.
//
//   opening --all have opened--> serving --stop--> finishing (maintenance) --> stopping (the rest) --> gone
//      |                            |
//      +--a worker can't open       +--damage, or five restarts in 60 s: fail-stop, admission closed; still obeys stop
//
// A worker dies by an exception or because it can't open its part of the file again. What it had in hand is not lost: the
// intake keeps everything open and sends it to the replacement in order of acceptance. (session, sequence) is unique
// in the file, so an observation that was committed before the death is only answered, not stored twice.
#pragma once
#include "caf_support.hpp"
#include "commonbook/actors/messages.hpp"
#include "stores.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace commonbook::actors {

inline constexpr std::size_t restarts_max = 5;
inline constexpr std::chrono::seconds restart_window{60};

struct SupervisorOptions {
  std::size_t storage_actors = 2;
  std::size_t reader_actors = 2;
  std::size_t batch_triples = 512;
  std::chrono::milliseconds deadline{10'000};
  Threads threads = Threads::own;
};

/// @thread  any. The workers open their parts of the file on their own threads; ask `ready` for the outcome.
[[nodiscard]] caf::actor spawn_supervisor(caf::actor_system& system, const SupervisorOptions& options,
                                          const StoreFactories& factories, const IntakeInside& intake,
                                          const caf::actor& metrics);

}  // namespace commonbook::actors
