// What each agent of a run does, operation by operation, from the seed alone: find-or-create and look-up of names with
// skew and in many spellings, whole observations, and questions. The same for every design, and the same when the
// process that started a run wants to know later what was asked.
#pragma once
#include "commonbook/sim/design.hpp"
#include "commonbook/sim/scenario.hpp"
#include "plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace commonbook::sim::runner {

enum class OperationKind : std::uint8_t { find_or_create = 1, look_up, store, read };

struct Operation {
  OperationKind kind = OperationKind::find_or_create;
  std::string spelling;    ///< of all but store
  std::uint64_t key = 0;   ///< hash of its normal form
  WorkItem item;           ///< of store
};

/// All operations of one agent. With several processes, each name is one that a quarter of the processes never
/// creates, and only these look it up: so each look-up is by a process that never created the key.
/// @errors  those of the agent's source, where it has paths.
[[nodiscard]] Result<std::vector<Operation>> make_operations(const AgentSpec& spec, const PlannedThread& thread,
                                                             std::size_t processes, std::uint64_t seed);

/// Names that a reader asks about, in turn.
[[nodiscard]] std::vector<Operation> make_questions(const AgentSpec& spec, const PlannedThread& thread,
                                                    std::uint64_t seed, std::size_t count);

/// The hashes of the normal forms that an item names, each once.
[[nodiscard]] std::vector<std::uint64_t> keys_of(const WorkItem& item);

/// The key by which operations are compared: the hash of the normal form.
[[nodiscard]] std::uint64_t key_of(const std::string& spelling);

}  // namespace commonbook::sim::runner
