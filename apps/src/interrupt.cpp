#include "interrupt.hpp"

#include "exit_code.hpp"

#include <csignal>
#include <ctime>
#include <string_view>

#include <pthread.h>
#include <unistd.h>

namespace commonbook::apps {

namespace {

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

void say(std::string_view text) { (void)!::write(STDERR_FILENO, text.data(), text.size()); }

}  // namespace

Interrupt::Interrupt() {
  const sigset_t signals = watched_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::thread{[this] { watch(); }};
}

Interrupt::~Interrupt() {
  stopping_.store(true);
  watcher_.join();
}

void Interrupt::watch() {
  const sigset_t signals = watched_signals();
  const timespec tick{0, 50'000'000};
  while (!stopping_.load()) {
    if (::sigtimedwait(&signals, nullptr, &tick) < 0) continue;
    if (!drains_.load() || requested_.exchange(true)) ::_exit(static_cast<int>(ExitCode::interrupted));
    say("\ncommonbook: interrupted; finishing what was submitted (again: leave at once)\n");
  }
}

}  // namespace commonbook::apps
