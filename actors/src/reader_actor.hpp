// A reader actor: one thread, one read-only connection, one snapshot a question.
#pragma once
#include "caf_support.hpp"
#include "commonbook/actors/messages.hpp"
#include "storage_actor.hpp"
#include "stores.hpp"

namespace commonbook::actors {

struct ReaderActorOptions {
  std::size_t index = 0;
  std::chrono::milliseconds open_deadline{10'000};
  Threads threads = Threads::own;
};

struct ReaderState {
  static inline const char* const name = "reader";
  std::unique_ptr<PlanReader> reader;
  bool abandoned = false;
};

/// The behaviour of a reader actor; spawned and monitored by the supervisor.
caf::behavior reader_behavior(caf::stateful_actor<ReaderState>* self, const ReaderActorOptions& options,
                              const Factory<PlanReader>& open, const WorkerPeers& peers);

}  // namespace commonbook::actors
