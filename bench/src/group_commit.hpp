// The job that every engine of the ingest benchmark does, on threads and without actors: producers in a closed loop, each
// with at most a window of triples outstanding, one storage thread that takes whatever is queued, at most a batch of
// triples, stores it in one commit, and only then acknowledges.
//
// An engine has: begin(); find(alias) -> id or -1; create(spelling, alias) -> id; put(subject, predicate, object,
// source); commit(). The map of aliases in front of it is the same for all engines.
#pragma once
#include "process_figures.hpp"
#include "workload.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace commonbook::bench {

struct GroupCommitOptions {
  std::size_t window_triples = 64;
  std::size_t batch_triples = 512;
};

struct IngestFigures {
  double acknowledged_seconds = 0;  ///< from the start to the last acknowledgement
  double cpu_seconds = 0;           ///< of the process, until then
  std::size_t batches = 0;
  std::vector<double> latencies_ms; ///< one an observation, from handing it over to its acknowledgement
};

namespace detail {
using Steady = std::chrono::steady_clock;

struct Request {
  const Group* group = nullptr;
  Steady::time_point handed_over;
};

/// A producer's account.
struct Producer {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t outstanding = 0;
  std::vector<double> latencies_ms;
};

struct Queue {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Request> waiting;
  bool ended = false;
};

inline void produce(const Workload& workload, std::size_t agent, Producer& producer, Queue& queue, std::size_t window) {
  for (const Group& group : workload.groups) {
    if (group.agent != agent) continue;
    {
      std::unique_lock lock{producer.mutex};
      producer.changed.wait(
          lock, [&] { return producer.outstanding == 0 || producer.outstanding + group.count <= window; });
      producer.outstanding += group.count;
    }
    {
      const std::lock_guard lock{queue.mutex};
      queue.waiting.push_back({&group, Steady::now()});
    }
    queue.changed.notify_one();
  }
}

/// @returns  false: nothing more will come.
inline bool take_batch(Queue& queue, std::vector<Request>& batch, std::size_t batch_triples) {
  batch.clear();
  std::unique_lock lock{queue.mutex};
  queue.changed.wait(lock, [&] { return queue.ended || !queue.waiting.empty(); });
  for (std::size_t triples = 0; !queue.waiting.empty() && triples < batch_triples;) {
    batch.push_back(queue.waiting.front());
    triples += batch.back().group->count;
    queue.waiting.pop_front();
  }
  return !batch.empty();
}

template <class Engine>
void store_batch(Engine& engine, const Workload& workload, const std::vector<Request>& batch,
                 std::unordered_map<std::string, std::int64_t>& known) {
  std::string alias;
  const auto find_or_create = [&](const std::string& spelling) {
    plain_alias(spelling, alias);
    if (const auto found = known.find(alias); found != known.end()) return found->second;
    std::int64_t id = engine.find(alias);
    if (id < 0) id = engine.create(spelling, alias);
    known.emplace(alias, id);
    return id;
  };
  engine.begin();
  for (const Request& request : batch)
    for (std::size_t at = request.group->first; at < request.group->first + request.group->count; ++at) {
      const Statement& statement = workload.statements[at];
      const std::int64_t subject = find_or_create(statement.subject);
      const std::int64_t object = find_or_create(statement.object);
      engine.put(subject, static_cast<std::int64_t>(statement.predicate), object, request.group->source);
    }
  engine.commit();
}

inline void acknowledge(const std::vector<Request>& batch, std::deque<Producer>& producers) {
  const auto now = Steady::now();
  for (const Request& request : batch) {
    Producer& producer = producers[request.group->agent];
    const std::lock_guard lock{producer.mutex};
    producer.outstanding -= request.group->count;
    producer.latencies_ms.push_back(std::chrono::duration<double, std::milli>(now - request.handed_over).count());
    producer.changed.notify_one();
  }
}
}  // namespace detail

/// Runs the job. @thread  blocks until the last acknowledgement; starts one thread an agent and one for storage.
template <class Engine>
IngestFigures run_group_commit(Engine& engine, const Workload& workload, const GroupCommitOptions& options = {}) {
  std::deque<detail::Producer> producers(workload.agents);
  detail::Queue queue;
  IngestFigures figures;
  const ProcessFigures before = process_figures();
  std::thread storage{[&] {
    std::unordered_map<std::string, std::int64_t> known;
    std::vector<detail::Request> batch;
    while (detail::take_batch(queue, batch, options.batch_triples)) {
      detail::store_batch(engine, workload, batch, known);
      ++figures.batches;
      detail::acknowledge(batch, producers);
    }
  }};
  std::vector<std::thread> threads;
  for (std::size_t agent = 0; agent < workload.agents; ++agent)
    threads.emplace_back(
        [&, agent] { detail::produce(workload, agent, producers[agent], queue, options.window_triples); });
  for (std::thread& thread : threads) thread.join();
  {
    const std::lock_guard lock{queue.mutex};
    queue.ended = true;
  }
  queue.changed.notify_all();
  storage.join();
  const ProcessFigures after = process_figures();
  figures.acknowledged_seconds = after.wall_seconds - before.wall_seconds;
  figures.cpu_seconds = after.cpu_seconds - before.cpu_seconds;
  for (const detail::Producer& producer : producers)
    figures.latencies_ms.insert(figures.latencies_ms.end(), producer.latencies_ms.begin(), producer.latencies_ms.end());
  return figures;
}

}  // namespace commonbook::bench
