// One step is one message of one actor, or time that passes. Which actor goes next is drawn from the seed; everything else
// follows: mailboxes are first in, first out for each sender, handlers run whole, and no actor has a thread.
#include "commonbook/actors/deterministic_runtime.hpp"

#include "book_stores.hpp"
#include "caf_support.hpp"
#include "commonbook/actors/seeded_random.hpp"
#include "commonbook/storage/book.hpp"
#include "commonbook/storage/reader.hpp"
#include "deterministic_stores.hpp"
#include "intake.hpp"
#include "metrics_actor.hpp"
#include "runtime_book.hpp"
#include "supervisor.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace commonbook::actors {

namespace {

using std::chrono::milliseconds;
using Coordinator = caf::scheduler::test_coordinator;

/// Of a request that the caller waits for: opening, a session, a sample. Each takes a few dozen.
constexpr std::uint64_t steps_for_a_request = 1'000'000;
/// Time passes early once in so many steps, by at most so much.
constexpr std::uint64_t early_once_in = 64;
constexpr std::uint64_t early_ms_max = 20;

/// CAF's virtual clock as storage sees it. It does not begin at zero, which some code reads as "never".
class VirtualClock final : public Clock {
 public:
  static constexpr SteadyPoint begin{std::chrono::hours{1}};
  VirtualClock(caf::detail::test_actor_clock& clock, Timestamp wall_start, milliseconds elapsed)
      : clock_(&clock), wall_start_(wall_start) {
    clock_->current_time = begin + elapsed;
  }
  [[nodiscard]] SteadyPoint steady_now() const override { return clock_->now(); }
  [[nodiscard]] Timestamp wall_now() const override {
    return {wall_start_.unix_ms + elapsed().count() + jumped_.count()};
  }
  [[nodiscard]] milliseconds elapsed() const {
    return std::chrono::duration_cast<milliseconds>(clock_->now() - begin);
  }
  void jump(milliseconds by) noexcept { jumped_ += by; }

 private:
  caf::detail::test_actor_clock* clock_;  // the actor system's
  Timestamp wall_start_;
  milliseconds jumped_{0};
};

std::string message_name(const caf::mailbox_element* element) {
  if (element == nullptr) return "start";
  if (element->mid.is_response()) return "answer";
  const auto& content = element->content();
  if (!content.empty() && content.match_element<caf::atom_value>(0))
    return caf::to_string(content.get_as<caf::atom_value>(0));
  return "other";
}

/// A short-lived actor that asks the intake on behalf of somebody who is no actor.
template <class T, class... Ts>
void spawn_asker(caf::actor_system& system, const IntakeActor& intake, std::function<void(Result<T>)> then,
                 Ts... message) {
  system.spawn([intake, then = std::move(then), ... parts = std::move(message)](caf::event_based_actor* self) mutable {
    set_quiet_handlers(self);
    self->request(intake, caf::infinite, std::move(parts)...)
        .then([then](Reply<T>& reply) { then(reply.take()); },
              [then](caf::error&) { then(Error{ErrorCode::cancelled, "the runtime is shut down", 0, {}}); });
  });
}

}  // namespace

/// Members are destroyed from the last to the first: handles, the book, then the system, then its configuration.
struct DeterministicRuntime::Impl {
  explicit Impl(const DeterministicRuntimeOptions& wanted) : options(wanted), random(wanted.seed) {}

  DeterministicRuntimeOptions options;
  SeededRandom random;
  ScheduleObserver* observer = nullptr;  // set once the run has begun
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  Coordinator* coordinator = nullptr;
  std::optional<VirtualClock> clock;
  std::optional<storage::Book> book;
  std::optional<storage::Reader> digest_reader;
  IntakeInside intake;
  caf::actor metrics;
  caf::actor supervisor;

  void start_system();
  void start_actors();
  void run_job();
  void pass_time();
  template <class Answer, class Handle, class... Ts>
  std::optional<Answer> request(DeterministicRuntime& runtime, const Handle& whom, Ts... message);
};

void DeterministicRuntime::Impl::start_system() {
  Runtime::configure(config);
  config.set("scheduler.policy", caf::atom("testing"));
  system = std::make_unique<caf::actor_system>(config);
  coordinator = dynamic_cast<Coordinator*>(&system->scheduler());
  clock.emplace(coordinator->clock(), options.wall_start, options.elapsed);
}

void DeterministicRuntime::Impl::start_actors() {
  const RuntimeOptions& wanted = options.runtime;
  const CreditLimits limits{wanted.window_triples, wanted.queue_observations, wanted.storage_actors};
  // Zero would mean names from the system.
  const std::uint64_t session_seed = std::max<std::uint64_t>(derived_seed(options.seed, 1), 1);
  intake = spawn_intake(*system, {limits, wanted.reader_actors, wanted.deadline, session_seed});
  metrics = spawn_metrics(*system, intake, file_figures(*book));
  auto owner = [seed = options.seed, made = 0]() mutable {
    return "seed " + std::to_string(seed) + ":" + std::to_string(++made);
  };
  auto factories = deterministic_factories(book_factories(*book, wanted, *clock, std::move(owner)), options, observer);
  supervisor = spawn_supervisor(
      *system, {wanted.storage_actors, wanted.reader_actors, wanted.batch_triples, wanted.deadline, Threads::none},
      factories, intake, metrics);
}

void DeterministicRuntime::Impl::run_job() {
  auto& jobs = coordinator->jobs;
  const std::size_t choices = jobs.size();
  const auto pick = static_cast<std::ptrdiff_t>(random.below(choices));
  std::rotate(jobs.begin(), jobs.begin() + pick, jobs.begin() + pick + 1);
  if (observer != nullptr) {
    if (auto* actor = dynamic_cast<caf::scheduled_actor*>(jobs.front())) {
      const std::string message = message_name(actor->peek_at_next_mailbox_element());
      observer->chose({static_cast<std::size_t>(pick), choices, actor->name(), actor->id(), message, {}});
    } else {
      observer->chose({static_cast<std::size_t>(pick), choices, "job", 0, "", {}});
    }
  }
  coordinator->run_once();
}

void DeterministicRuntime::Impl::pass_time() {
  auto& caf_clock = coordinator->clock();
  const bool idle = coordinator->jobs.empty();
  const auto due = caf_clock.schedule().begin()->first;
  const auto by = idle ? std::chrono::duration_cast<milliseconds>(std::max(due, caf_clock.now()) - caf_clock.now())
                       : milliseconds{1 + random.below(early_ms_max)};
  if (observer != nullptr) observer->chose({0, 0, "time", 0, "", by});
  if (idle)
    caf_clock.trigger_timeout();
  else
    caf_clock.advance_time(by);
}

/// A request whose answer is waited for, step by step.
template <class Answer, class Handle, class... Ts>
std::optional<Answer> DeterministicRuntime::Impl::request(DeterministicRuntime& runtime, const Handle& whom,
                                                          Ts... message) {
  auto answer = std::make_shared<std::optional<Answer>>();
  auto ended = std::make_shared<bool>(false);
  system->spawn([whom, answer, ended, ... parts = std::move(message)](caf::event_based_actor* self) {
    set_quiet_handlers(self);
    self->request(whom, caf::infinite, parts...)
        .then(
            [answer, ended](Answer& given) {
              *answer = std::move(given);
              *ended = true;
            },
            [ended](caf::error&) { *ended = true; });
  });
  runtime.run_until([&] { return *ended; }, steps_for_a_request);
  return std::move(*answer);
}

DeterministicRuntime::DeterministicRuntime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DeterministicRuntime::~DeterministicRuntime() { shutdown(milliseconds{0}); }

Result<std::unique_ptr<DeterministicRuntime>> DeterministicRuntime::start(const DeterministicRuntimeOptions& options) {
  auto wanted = book_options(options.runtime);
  if (!wanted) return wanted.error();
  // How full this machine's disk is must not decide what a seed does.
  wanted->disk_probe = [](const std::filesystem::path&) { return std::optional<storage::DiskSpace>{}; };
  wanted->reserve_bytes = 0;
  (*wanted).file_layer = options.file_layer;
  auto impl = std::make_unique<Impl>(options);
  impl->start_system();
  auto book = storage::Book::open(*wanted, *impl->clock, impl->clock->steady_now() + options.runtime.deadline);
  if (!book) return book.error();
  impl->book.emplace(std::move(*book));
  auto reader = storage::Reader::open(*impl->book, impl->clock->steady_now() + options.runtime.deadline);
  if (!reader) return reader.error();
  impl->digest_reader.emplace(std::move(*reader));
  impl->start_actors();
  std::unique_ptr<DeterministicRuntime> runtime{new DeterministicRuntime{std::move(impl)}};
  auto ready = runtime->impl_->request<Reply<bool>>(*runtime, runtime->impl_->supervisor, ready_atom_v);
  if (!ready) return Error{ErrorCode::timeout, "the file's connections did not open", 0, {}};
  if (!ready->ok) return ready->error;
  runtime->impl_->observer = options.observer;
  return runtime;
}

bool DeterministicRuntime::step() {
  const bool runnable = !impl_->coordinator->jobs.empty();
  const bool timers = impl_->coordinator->has_pending_timeout();
  if (!runnable && !timers) return false;
  if (!runnable || (timers && impl_->options.time_passes_early && impl_->random.below(early_once_in) == 0))
    impl_->pass_time();
  else
    impl_->run_job();
  return true;
}

bool DeterministicRuntime::run_until(const std::function<bool()>& done, std::uint64_t steps_max) {
  for (std::uint64_t steps = 0; !done(); ++steps)
    if (steps == steps_max || !step()) return false;
  return true;
}

void DeterministicRuntime::settle() {
  while (impl_->coordinator->try_run_once()) {
  }
}

bool DeterministicRuntime::has_runnable() const { return impl_->coordinator->has_job(); }

Result<SessionOpened> DeterministicRuntime::open_session(const std::string& agent) {
  auto reply = impl_->request<SessionReply>(*this, IntakeActor{impl_->intake}, open_atom_v, agent);
  if (!reply) return Error{ErrorCode::cancelled, "the runtime is shut down", 0, {}};
  return reply->take();
}

void DeterministicRuntime::observe(const SessionOpened& session, Observation observation,
                                   std::function<void(Result<Receipt>)> then) {
  spawn_asker<Receipt>(*impl_->system, IntakeActor{impl_->intake}, std::move(then), observe_atom_v, session.id,
                       std::move(observation));
}

void DeterministicRuntime::ask(const SessionOpened& session, QueryPlan plan, std::function<void(Result<Answer>)> then) {
  spawn_asker<Answer>(*impl_->system, IntakeActor{impl_->intake}, std::move(then), ask_atom_v, session.id,
                      std::move(plan));
}

IntakeActor DeterministicRuntime::intake() const { return IntakeActor{impl_->intake}; }
caf::actor_system& DeterministicRuntime::system() noexcept { return *impl_->system; }
const Clock& DeterministicRuntime::clock() const noexcept { return *impl_->clock; }
milliseconds DeterministicRuntime::elapsed() const noexcept { return impl_->clock->elapsed(); }
void DeterministicRuntime::jump_wall(milliseconds by) noexcept { impl_->clock->jump(by); }

Result<RuntimeMetrics> DeterministicRuntime::metrics() {
  if (auto sampled = impl_->request<RuntimeMetrics>(*this, impl_->metrics, sample_atom_v)) return std::move(*sampled);
  return Error{ErrorCode::timeout, "the metrics actor did not answer", 0, {}};
}

Result<std::uint64_t> DeterministicRuntime::row_digest() {
  if (!impl_->digest_reader) return Error{ErrorCode::cancelled, "the runtime is shut down", 0, {}};
  return impl_->digest_reader->row_digest(impl_->clock->steady_now() + impl_->options.runtime.deadline);
}

void DeterministicRuntime::shutdown(milliseconds compaction) {
  if (!impl_->supervisor) return;
  impl_->observer = nullptr;
  caf::anon_send(impl_->supervisor, stop_atom_v, static_cast<std::uint64_t>(compaction.count()));
  settle();
  caf::anon_send(impl_->metrics, stop_atom_v);
  caf::anon_send(impl_->intake, stop_atom_v);
  impl_->supervisor = impl_->metrics = nullptr;
  impl_->intake = IntakeInside{};
  settle();
  impl_->coordinator->clock().cancel_all();  // timers hold strong references to their actors
  impl_->digest_reader.reset();
  impl_->book.reset();
}

}  // namespace commonbook::actors
