// Ctrl-C and SIGTERM. Made first in main, so that every later thread inherits the blocked signals and one watching
// thread alone takes them: no handler ever runs in the middle of something.
#pragma once
#include <atomic>
#include <thread>

namespace commonbook::apps {

class Interrupt {
 public:
  Interrupt();  ///< Thread: the first one, before any other starts.
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// From now on the first signal only sets requested(), for verbs that drain; a second one still ends the
  /// process. Until then a signal ends it at once, with status 130. Thread: any.
  void drain_on_signal() noexcept { drains_.store(true); }
  [[nodiscard]] bool requested() const noexcept { return requested_.load(); }  ///< Thread: any.

 private:
  void watch();
  std::atomic<bool> drains_{false};
  std::atomic<bool> requested_{false};
  std::atomic<bool> stopping_{false};
  std::thread watcher_;
};

}  // namespace commonbook::apps
