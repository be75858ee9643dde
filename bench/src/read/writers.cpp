#include "writers.hpp"

#include "../process_figures.hpp"

#include <deque>
#include <stdexcept>

namespace commonbook::bench {
namespace {

constexpr std::size_t window_triples = 64;  // as the runtime admits

struct Open {
  std::future<Result<Receipt>> receipt;
  std::size_t triples = 0;
};

}  // namespace

Writers::Writers(actors::Runtime& runtime, const Workload& workload, double triples_per_second)
    : workload_(workload), start_(steady_seconds()) {
  std::vector<actors::AgentSession> sessions;
  for (std::size_t agent = 0; agent < workload.agents; ++agent) {
    auto session = runtime.open_session("writer-" + std::to_string(agent));
    if (!session) throw std::runtime_error(session.error().message);
    sessions.push_back(std::move(*session));
  }
  for (std::size_t agent = 0; agent < workload.agents; ++agent)
    threads_.emplace_back([this, session = sessions[agent], agent, rate = triples_per_second / static_cast<double>(workload_.agents)] {
      write(session, agent, rate);
    });
}

void Writers::write(actors::AgentSession session, std::size_t agent, double triples_per_second) {
  std::deque<Open> open;
  std::size_t outstanding = 0;
  const auto settle = [&] {
    if (open.front().receipt.get()) {
      triples_.fetch_add(open.front().triples, std::memory_order_relaxed);
    } else {
      failed_.fetch_add(1, std::memory_order_relaxed);
    }
    outstanding -= open.front().triples;
    open.pop_front();
  };
  double due = steady_seconds();
  while (!ending_) {
    for (const Group& group : workload_.groups) {
      if (ending_) break;
      if (group.agent != agent) continue;
      while (!open.empty() && outstanding + group.count > window_triples) settle();
      if (triples_per_second > 0) {
        const double wait = due - steady_seconds();
        if (wait > 0) std::this_thread::sleep_for(std::chrono::duration<double>(wait));
        due += static_cast<double>(group.count) / triples_per_second;
      }
      open.push_back({session.observe(workload_.observation(group, AckClass::applied)), group.count});
      outstanding += group.count;
    }
  }
  while (!open.empty()) settle();
}

double Writers::stop() {
  ending_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  if (failed_ > 0) throw std::runtime_error(std::to_string(failed_) + " observations were not stored while others read");
  return static_cast<double>(triples_) / (steady_seconds() - start_);
}

Writers::~Writers() {
  ending_ = true;
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace commonbook::bench
