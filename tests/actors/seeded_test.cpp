// Promises of the actors over seeded schedules: whoever dies, and in whatever order messages arrive.
#include "commonbook/testing/support.hpp"
#include "seeded_system.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;

namespace {

/// What one agent of a test saw.
struct AgentLog {
  std::string session;
  std::size_t answers = 0;
  std::size_t timeouts = 0;                   // P5 is broken: CAF's own timeout came first
  std::vector<std::uint64_t> acknowledged;    // commit_seq of receipts, in order of arrival
  std::size_t refused = 0;
  std::map<ErrorCode, std::size_t> errors;
};

struct Sampler {
  std::size_t samples = 0;
  std::size_t unbalanced = 0;
};

/// Opens a session, then sends observations, at most `open_max` at once; some are too many for its window.
caf::behavior agent_behavior(caf::stateful_actor<int>* self, IntakeInside intake, std::string name, int observations,
                             int open_max, std::chrono::milliseconds patience, AgentLog* log) {
  self->set_error_handler([](caf::error&) {});
  self->state = observations;
  auto id = std::make_shared<std::uint64_t>(0);
  self->request(intake, patience, open_atom_v, name)
      .then([self, id, log, open_max](SessionReply& reply) {
              REQUIRE(reply.ok);
              *id = reply.value.id;
              log->session = reply.value.session;
              for (int at = 0; at < open_max; ++at) self->send(self, step_atom_v);
            },
            [log](caf::error&) { ++log->timeouts; });
  return {[self, intake, id, log, patience](step_atom) {
    if (self->state == 0) return;
    const auto number = static_cast<std::size_t>(self->state--);
    self->request(intake, patience, observe_atom_v, *id, make_observation(1 + number % 5, std::to_string(number)))
        .then(
            [self, log](ReceiptReply& reply) {
              ++log->answers;
              if (reply.ok)
                log->acknowledged.push_back(reply.value.commit_seq);
              else
                ++log->errors[reply.error.code];
              self->send(self, step_atom_v);
            },
            [self, log](caf::error& failure) {
              ++log->answers;
              if (failure == caf::sec::request_timeout) ++log->timeouts;
              self->send(self, step_atom_v);
            });
  }};
}

/// The same with several observations a message, two messages open at once.
caf::behavior group_agent_behavior(caf::stateful_actor<int>* self, IntakeInside intake, std::string name, int observations,
                                   std::size_t message_max, std::chrono::milliseconds patience, AgentLog* log) {
  self->set_error_handler([](caf::error&) {});
  self->state = observations;
  auto id = std::make_shared<std::uint64_t>(0);
  self->request(intake, patience, open_atom_v, name)
      .then([self, id, log](SessionReply& reply) {
              REQUIRE(reply.ok);
              *id = reply.value.id;
              log->session = reply.value.session;
              self->send(self, step_atom_v);
              self->send(self, step_atom_v);
            },
            [log](caf::error&) { ++log->timeouts; });
  return {[self, intake, id, log, patience, message_max](step_atom) {
    std::vector<Observation> several;
    while (self->state > 0 && several.size() < message_max) {
      const auto number = static_cast<std::size_t>(self->state--);
      several.push_back(make_observation(1 + number % 5, std::to_string(number)));
    }
    const std::size_t count = several.size();
    if (count == 0) return;
    self->request(intake, patience, observe_atom_v, *id, std::uint64_t{1'000'000}, std::move(several))
        .then(
            [self, log, count](std::vector<ReceiptReply>& replies) {
              REQUIRE(replies.size() == count);
              log->answers += count;
              std::uint64_t before = 0;
              for (const ReceiptReply& reply : replies) {
                if (!reply.ok) {
                  ++log->errors[reply.error.code];
                  continue;
                }
                // In the order of the message; what a dead storage actor had committed is answered with what it was then.
                CHECK(reply.value.commit_seq > before);
                before = reply.value.commit_seq;
                log->acknowledged.push_back(reply.value.commit_seq);
              }
              self->send(self, step_atom_v);
            },
            [self, log, count](caf::error& failure) {
              log->answers += count;
              if (failure == caf::sec::request_timeout) ++log->timeouts;
              self->send(self, step_atom_v);
            });
  }};
}

caf::behavior sampler_behavior(caf::event_based_actor* self, IntakeInside intake, int samples, Sampler* result) {
  auto left = std::make_shared<int>(samples);
  self->send(self, step_atom_v);
  return {[self, intake, left, result](step_atom) {
    if ((*left)-- == 0) return self->quit();
    self->request(intake, std::chrono::seconds{36'000}, sample_atom_v)
        .then([self, result](const IntakeSample& sample) {
                ++result->samples;
                if (!sample.counters.balanced()) ++result->unbalanced;
                self->send(self, step_atom_v);
              },
              [self, left](caf::error&) {  // with eager timers an old timeout may overtake the answer
                ++*left;
                self->send(self, step_atom_v);
              });
  }};
}

IntakeCounters counters_of(SeededSystem& seeded) {
  IntakeCounters counters;
  seeded.system().spawn([&](caf::event_based_actor* self) {
    self->request(seeded.intake(), std::chrono::seconds{1}, sample_atom_v)
        .then([&](const IntakeSample& sample) { counters = sample.counters; }, [](caf::error&) {});
  });
  seeded.settle();
  return counters;
}

/// Each observation was answered, each receipt tells of a commit of its own, and sessions committed in their order.
/// @returns  how many were acknowledged.
std::size_t check_logs(const SeededSystem& seeded, const std::vector<AgentLog>& logs, std::size_t observations) {
  std::size_t acknowledged = 0;
  std::set<std::uint64_t> committed;
  for (std::size_t at = 0; at < seeded.file.log.size(); ++at) committed.insert(at + 1);
  for (const AgentLog& log : logs) {
    CHECK(log.answers == observations);
    CHECK(log.timeouts == 0);
    acknowledged += log.acknowledged.size();
    for (const std::uint64_t commit : log.acknowledged) CHECK(committed.erase(commit) == 1);
    std::uint64_t last = 0;
    for (const auto& [session, sequence] : seeded.file.log) {
      if (session != log.session) continue;
      CHECK(sequence > last);
      last = sequence;
    }
  }
  return acknowledged;
}

}  // namespace

TEST_CASE("whichever storage actor dies when, receipts are true, counts add up and order holds", "[P1][P5][P6][P7]") {
  constexpr int agents = 3;
  constexpr int observations = 30;
  std::size_t deaths = 0;
  for (const std::uint64_t seed : seeds_to_run(150)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    std::vector<AgentLog> logs(agents);
    Sampler sampler;
    IntakeOptions options;
    options.limits.window_triples = 12;
    options.deadline = std::chrono::seconds{2};
    SeededSystem seeded{seed, FakeFaults{30, 30, {}}, options};
    seeded.eager_timers = seed % 2 == 0;
    seeded.start_workers();
    // With eager timers virtual time runs ahead of the messages, so only the even seeds look at time.
    const std::chrono::milliseconds patience =
        seeded.eager_timers ? std::chrono::milliseconds{36'000'000} : options.deadline + std::chrono::milliseconds{1'000};
    for (int at = 0; at < agents; ++at)
      seeded.system().spawn(agent_behavior, seeded.intake(), "agent " + std::to_string(at), observations, 4, patience,
                            &logs[static_cast<std::size_t>(at)]);
    seeded.system().spawn(sampler_behavior, seeded.intake(), 40, &sampler);
    seeded.run(200'000);

    const std::size_t acknowledged = check_logs(seeded, logs, observations);
    const IntakeCounters counters = counters_of(seeded);
    CHECK(counters.submitted == agents * observations);
    CHECK(counters.acknowledged == acknowledged);
    CHECK(counters.in_flight == 0);
    CHECK(counters.balanced());
    CHECK(sampler.samples == 40);
    CHECK(sampler.unbalanced == 0);
    deaths += counters.replayed;
  }
  if (seeds_to_run(150).size() > 1) CHECK(deaths > 0);  // else no schedule ever met a death after a commit
}

TEST_CASE("of a message with several observations each has a true answer of its own, in order, whoever dies when", "[P1][P5][P6][P7]") {
  constexpr std::size_t agents = 3;
  constexpr int observations = 30;
  std::size_t acknowledged_ever = 0;
  std::size_t refused_ever = 0;
  for (const std::uint64_t seed : seeds_to_run(60)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    std::vector<AgentLog> logs(agents);
    IntakeOptions options;
    options.limits.window_triples = 24;  // so that some messages fit in part only
    options.deadline = std::chrono::seconds{2};
    SeededSystem seeded{seed, FakeFaults{30, 30, {}}, options};
    seeded.start_workers();
    for (std::size_t at = 0; at < agents; ++at)
      seeded.system().spawn(group_agent_behavior, seeded.intake(), "agent " + std::to_string(at), observations, 3 + at,
                            options.deadline + std::chrono::milliseconds{1'000}, &logs[at]);
    seeded.run(200'000);
    const std::size_t acknowledged = check_logs(seeded, logs, observations);
    for (const AgentLog& log : logs)
      if (const auto refused = log.errors.find(ErrorCode::overloaded); refused != log.errors.end())
        refused_ever += refused->second;
    const IntakeCounters counters = counters_of(seeded);
    CHECK(counters.submitted == agents * observations);
    CHECK(counters.acknowledged == acknowledged);
    CHECK(counters.in_flight == 0);
    CHECK(counters.balanced());
    acknowledged_ever += acknowledged;
  }
  CHECK(acknowledged_ever > 0);
  if (seeds_to_run(60).size() > 1) CHECK(refused_ever > 0);
}

TEST_CASE("a message carries at most 32 observations, and may carry none", "[P6]") {
  SeededSystem seeded{1, {}};
  seeded.start_workers();
  std::vector<std::size_t> stored;
  std::vector<std::size_t> too_large;
  seeded.system().spawn([&](caf::event_based_actor* self) {
    self->request(seeded.intake(), std::chrono::seconds{1}, open_atom_v, std::string{"agent"})
        .then([&, self](SessionReply& reply) {
                for (const std::size_t count : {observations_in_message_max, observations_in_message_max + 1, std::size_t{0}})
                  self->request(seeded.intake(), std::chrono::seconds{11}, observe_atom_v, reply.value.id, std::uint64_t{1},
                                std::vector<Observation>(count, make_observation(1)))
                      .then([&, count](std::vector<ReceiptReply>& replies) {
                              REQUIRE(replies.size() == count);
                              const auto ok = std::count_if(replies.begin(), replies.end(), [](const auto& each) { return each.ok; });
                              stored.push_back(static_cast<std::size_t>(ok));
                              for (const ReceiptReply& each : replies)
                                if (!each.ok && each.error.code == ErrorCode::too_large) too_large.push_back(count);
                            },
                            [](caf::error&) { FAIL("unanswered"); });
              },
              [](caf::error&) {});
  });
  seeded.run(50'000);
  std::sort(stored.begin(), stored.end());
  CHECK(stored == std::vector<std::size_t>{0, 0, observations_in_message_max});
  CHECK(too_large == std::vector<std::size_t>(observations_in_message_max + 1, observations_in_message_max + 1));
  CHECK(seeded.file.log.size() == observations_in_message_max);
  CHECK(counters_of(seeded).rejected == observations_in_message_max + 1);
  CHECK(counters_of(seeded).balanced());
}

TEST_CASE("a storage actor that never answers: its requests are answered by the deadline plus a second", "[P5]") {
  IntakeOptions options;
  options.deadline = std::chrono::seconds{2};
  SeededSystem seeded{1, {}, options};
  const caf::actor silent = seeded.system().spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::drop);
    return {[self](stop_atom) { self->quit(); }};
  });
  for (std::size_t index = 0; index < 2; ++index)
    caf::anon_send(seeded.intake(), worker_atom_v, WorkerId{WorkerKind::storage, index}, silent);
  caf::anon_send(seeded.intake(), worker_atom_v, WorkerId{WorkerKind::reader, 0}, silent);
  caf::anon_send(seeded.intake(), worker_atom_v, WorkerId{WorkerKind::reader, 1}, silent);
  auto receipt = std::make_shared<Ticket<Receipt>>();
  auto answer = std::make_shared<Ticket<Answer>>();
  auto receipt_future = receipt->future();
  auto answer_future = answer->future();
  seeded.system().spawn([&](caf::event_based_actor* self) {
    self->request(seeded.intake(), std::chrono::seconds{1}, open_atom_v, std::string{"agent"})
        .then([&](SessionReply& reply) {
                caf::anon_send(seeded.intake(), observe_atom_v, reply.value.id, make_observation(1), receipt);
                caf::anon_send(seeded.intake(), ask_atom_v, reply.value.id, QueryPlan{}, answer);
              },
              [](caf::error&) {});
  });
  seeded.settle();
  const auto until = seeded.scheduler().clock().now() + options.deadline + std::chrono::seconds{1};
  while (seeded.scheduler().clock().now() < until) {
    seeded.scheduler().advance_time(std::chrono::milliseconds{10});
    seeded.settle();
  }
  using namespace std::chrono_literals;
  REQUIRE(receipt_future.wait_for(0s) == std::future_status::ready);
  REQUIRE(answer_future.wait_for(0s) == std::future_status::ready);
  CHECK(receipt_future.get().error().code == ErrorCode::unknown);
  CHECK(answer_future.get().error().code == ErrorCode::timeout);
  caf::anon_send(silent, stop_atom_v);
  seeded.settle();
}

TEST_CASE("one observation that kills its storage actor is given up; its neighbours are stored", "[P3][P5]") {
  for (const std::uint64_t seed : seeds_to_run(20)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    AgentLog log;
    SeededSystem seeded{seed, FakeFaults{0, 0, "7"}};
    seeded.start_workers();
    seeded.system().spawn(agent_behavior, seeded.intake(), std::string{"agent"}, 20, 6, std::chrono::milliseconds{11'000},
                          &log);
    seeded.run(50'000);
    CHECK(log.acknowledged.size() == 19);
    CHECK(log.errors == std::map<ErrorCode, std::size_t>{{ErrorCode::internal, 1}});
  }
}

TEST_CASE("when restarts do not help, everything open is answered and admission says why", "[P5]") {
  AgentLog log;
  SeededSystem seeded{3, FakeFaults{1000, 0, {}}};
  seeded.start_workers();
  seeded.system().spawn(agent_behavior, seeded.intake(), std::string{"agent"}, 40, 8, std::chrono::milliseconds{11'000},
                        &log);
  seeded.run(50'000);
  CHECK(log.answers == 40);
  CHECK(log.timeouts == 0);
  CHECK(log.acknowledged.empty());
  CHECK(seeded.file.log.empty());
  CHECK(counters_of(seeded).balanced());
}

TEST_CASE("a compactor that is stuck slows the writers down, and nothing times out for it", "[P5]") {
  for (const std::uint64_t seed : seeds_to_run(10)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    std::chrono::steady_clock::duration took[2];
    for (const bool stuck : {false, true}) {
      AgentLog log;
      IntakeOptions options;
      options.deadline = std::chrono::seconds{4};
      SeededSystem seeded{seed, FakeFaults{0, 0, {}, stuck}, options};
      seeded.start_workers();
      const auto begin = seeded.scheduler().clock().now();
      seeded.system().spawn(agent_behavior, seeded.intake(), std::string{"agent"}, 30, 6, std::chrono::milliseconds{5'000},
                            &log);
      seeded.run(50'000);
      took[stuck ? 1 : 0] = seeded.scheduler().clock().now() - begin;
      CHECK(log.acknowledged.size() == 30);
      CHECK(log.errors.empty());
      CHECK(log.timeouts == 0);
      CHECK(counters_of(seeded).balanced());
    }
    CHECK(took[1] > took[0] + std::chrono::seconds{2});
  }
}

TEST_CASE("when the disk fails everything stops, background duties too, and whatever is open is answered", "[P1][P5][P6]") {
  for (const std::uint64_t seed : seeds_to_run(50)) {
    INFO("replay: COMMONBOOK_SEED=" << seed);
    AgentLog log;
    SeededSystem seeded{seed, FakeFaults{0, 0, {}, false, "15"}};
    seeded.has_duty = true;
    seeded.start_workers();
    seeded.system().spawn(agent_behavior, seeded.intake(), std::string{"agent"}, 30, 6, std::chrono::milliseconds{11'000},
                          &log);
    seeded.run(5'000);
    CHECK(log.answers == 30);
    CHECK(log.timeouts == 0);
    CHECK(log.acknowledged.size() == seeded.file.log.size());
    CHECK(log.errors[ErrorCode::unknown] >= 1);
    CHECK(log.errors[ErrorCode::io] >= 1);  // what was sent after the stop
    log.errors.erase(ErrorCode::unknown);
    log.errors.erase(ErrorCode::cancelled);
    log.errors.erase(ErrorCode::io);
    CHECK(log.errors.empty());
    CHECK(counters_of(seeded).balanced());
    const std::size_t steps = seeded.file.maintenance_steps;
    CHECK(steps > 0);
    seeded.run(1'000);
    CHECK(seeded.file.maintenance_steps == steps);
  }
}
