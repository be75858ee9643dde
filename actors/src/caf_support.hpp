// What every actor of ours sets first, and the one switch between threads and the test scheduler. Things that a later CAF
// spells differently stay here and in messages.hpp.
#pragma once
#include "commonbook/model/result.hpp"

#include <caf/all.hpp>

#include <pthread.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace commonbook::actors {

/// Whether actors that block get threads of their own. On the test coordinator none may have one.
enum class Threads : std::uint8_t { own = 1, none };

/// CAF's default handlers print to stdout; ours drop what nobody expects and turn an exception into a death that the
/// supervisor sees.
template <class Self>
void set_quiet_handlers(Self* self) {
  self->set_default_handler(caf::drop);
  self->set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::exit_reason::unhandled_exception; });
  self->set_down_handler([](caf::down_msg&) {});
  self->set_error_handler([](caf::error&) {});
}

/// Spawns an actor that blocks on disk.
template <caf::spawn_options Options = caf::no_spawn_options, class Spawner, class F, class... Ts>
auto spawn_blocking(Spawner& spawner, Threads threads, F function, Ts&&... arguments) {
  return threads == Threads::own
             ? spawner.template spawn<static_cast<caf::spawn_options>(static_cast<int>(Options) |
                                                                      static_cast<int>(caf::detached))>(
                   function, std::forward<Ts>(arguments)...)
             : spawner.template spawn<Options>(function, std::forward<Ts>(arguments)...);
}

/// Names the calling thread as debuggers and `top` show it. @param name  at most 15 characters.
inline void name_this_thread(Threads threads, const std::string& name) {
  if (threads == Threads::own) pthread_setname_np(pthread_self(), name.c_str());
}

}  // namespace commonbook::actors
