// Store factories as a deterministic run needs them: they report commits, die on demand, and don't count the virtual
// hours away in idle rounds.
#pragma once
#include "commonbook/actors/deterministic_runtime.hpp"
#include "stores.hpp"

namespace commonbook::actors {

/// Wraps the real factories. @param observer  null until the run has begun; read at each commit.
[[nodiscard]] StoreFactories deterministic_factories(StoreFactories real, const DeterministicRuntimeOptions& options,
                                                     ScheduleObserver* const& observer);

}  // namespace commonbook::actors
