#include "commonbook/actors/runtime.hpp"

#include "agent_session.hpp"
#include "book_stores.hpp"
#include "caf_support.hpp"
#include "commonbook/storage/book.hpp"
#include "intake.hpp"
#include "metrics_actor.hpp"
#include "runtime_book.hpp"
#include "supervisor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <utility>

namespace commonbook::actors {

namespace {

constexpr const char* configured_key = "commonbook.configured";
/// Beyond what a step may take by its own bound, before shutdown goes on without it.
constexpr std::chrono::milliseconds patience{5'000};
constexpr std::chrono::milliseconds eager_compaction{2'000};
constexpr std::chrono::milliseconds watch_period{500};
/// What a shutdown takes at most, and how much of it is kept for what comes after the drain.
constexpr std::chrono::milliseconds shutdown_min{5'000};
constexpr std::chrono::milliseconds after_drain{1'000};
/// Beyond the last piece of work, how long workers may go on waiting for locks.
constexpr std::chrono::milliseconds lock_patience{1'000};
/// What comes after the workers: a last sample, two actors.
constexpr std::chrono::milliseconds last_steps{300};
/// Once nobody waits for a lock any more, how long the workers have to notice.
constexpr std::chrono::milliseconds last_patience{400};

/// Stateless, and alive as long as any thread that may still look at a file.
const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::uint64_t milliseconds_of(std::chrono::milliseconds time) { return static_cast<std::uint64_t>(time.count()); }

}  // namespace

/// Members are destroyed from the last to the first: handles, then the system, then its configuration.
struct Runtime::Impl {
  RuntimeOptions options;
  std::unique_ptr<caf::actor_system_config> own_config;
  std::unique_ptr<caf::actor_system> own_system;
  caf::actor_system* system = nullptr;
  std::shared_ptr<IntakeDoor> door;
  IntakeInside intake;
  std::optional<storage::Book> book;
  caf::actor supervisor;
  std::mutex metrics_mutex;  // guards the handle, since sample() may be called while another thread shuts down
  caf::actor metrics;
  std::once_flag once;
  ShutdownReport report;
  bool left_behind = false;

  ~Impl() {
    book.reset();
    // A thread that is stuck in the disk can't be ended, and its system would wait for it for ever.
    if (left_behind) static_cast<void>(own_system.release()), static_cast<void>(own_config.release());
  }
  Result<void> start_actors(const storage::Book& book);
  Result<RuntimeMetrics> sample();
  void shut_down();
  [[nodiscard]] bool stop_workers(std::chrono::steady_clock::time_point until);
  template <class Answer, class Handle, class... Ts>
  std::optional<Answer> request(const Handle& whom, std::chrono::milliseconds at_most, Ts&&... message);
};

/// A request from a thread that may block. @returns nullopt when there is no answer in time, or nobody to give one.
template <class Answer, class Handle, class... Ts>
std::optional<Answer> Runtime::Impl::request(const Handle& whom, std::chrono::milliseconds at_most, Ts&&... message) {
  std::optional<Answer> answer;
  caf::scoped_actor self{*system};
  self->request(whom, at_most, std::forward<Ts>(message)...)
      .receive([&](Answer& given) { answer = std::move(given); }, [](caf::error&) {});
  return answer;
}

void Runtime::configure(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::commonbook>();
  // CAF's default policy sleeps between attempts to steal work, which costs every round trip to a storage actor.
  config.set("scheduler.policy", caf::atom("sharing"));
  caf::put(config.content, std::string{configured_key}, true);
}

Result<std::unique_ptr<Runtime>> Runtime::start(const RuntimeOptions& options) {
  auto impl = std::make_unique<Impl>();
  const auto book_wanted = book_options(options);
  if (!book_wanted) return book_wanted.error();
  // Before the system: a file that is refused then costs no threads.
  auto book = storage::Book::open(*book_wanted, system_clock(), system_clock().steady_now() + options.deadline);
  if (!book) return book.error();
  impl->options = options;
  impl->own_config = std::make_unique<caf::actor_system_config>();
  configure(*impl->own_config);
  impl->own_config->set("scheduler.max-threads", options.scheduler_threads);
  impl->own_system = std::make_unique<caf::actor_system>(*impl->own_config);
  impl->system = impl->own_system.get();
  if (auto started = impl->start_actors(*book); !started) return started.error();
  return std::unique_ptr<Runtime>{new Runtime{std::move(impl)}};
}

Result<std::unique_ptr<Runtime>> Runtime::start(const RuntimeOptions& options, caf::actor_system& system) {
  if (!caf::get_or(system.config().content, std::string{configured_key}, false))
    return Error{ErrorCode::invalid_argument, "the actor system does not know our messages: call "
                                              "Runtime::configure(config) before it is made", 0, {}};
  auto impl = std::make_unique<Impl>();
  const auto book_wanted = book_options(options);
  if (!book_wanted) return book_wanted.error();
  auto book = storage::Book::open(*book_wanted, system_clock(), system_clock().steady_now() + options.deadline);
  if (!book) return book.error();
  impl->options = options;
  impl->system = &system;
  if (auto started = impl->start_actors(*book); !started) return started.error();
  return std::unique_ptr<Runtime>{new Runtime{std::move(impl)}};
}

Result<void> Runtime::Impl::start_actors(const storage::Book& opened_book) {
  book = opened_book;
  const CreditLimits limits{options.window_triples, options.queue_observations, options.storage_actors};
  intake = spawn_intake(*system, {limits, options.reader_actors, options.deadline, options.session_seed});
  metrics = spawn_metrics(*system, intake, file_figures(*book), {watch_period, options.stall});
  supervisor = spawn_supervisor(
      *system, {options.storage_actors, options.reader_actors, options.batch_triples, options.deadline, Threads::own},
      book_factories(*book, options, system_clock()), intake, metrics);
  door = std::make_shared<IntakeDoor>(intake, 4 * options.queue_observations * options.storage_actors);
  auto opened = request<Reply<bool>>(supervisor, options.deadline + patience, ready_atom_v);
  if (opened && opened->ok) return {};
  options.drain = std::chrono::milliseconds{0};
  std::call_once(once, [this] { shut_down(); });
  if (opened) return opened->error;
  return Error{ErrorCode::timeout, "the file's connections were not open before the deadline", 0, {}};
}

Result<RuntimeMetrics> Runtime::Impl::sample() {
  caf::actor asked;
  {
    const std::lock_guard guard{metrics_mutex};
    asked = metrics;
  }
  if (!asked) return Error{ErrorCode::cancelled, "the runtime is shut down", 0, {}};
  if (auto sampled = request<RuntimeMetrics>(asked, patience, sample_atom_v)) return std::move(*sampled);
  return Error{ErrorCode::timeout, "the metrics actor did not answer in time", 0, {}};
}

/// @returns  false: some worker is stuck, and goes on on its own.
bool Runtime::Impl::stop_workers(std::chrono::steady_clock::time_point until) {
  using std::chrono::milliseconds;
  const auto left = std::max(
      std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now() - last_patience), milliseconds{100});
  const auto eager = options.maintenance ? std::min(eager_compaction, left / 2) : milliseconds{0};
  const caf::actor asked = supervisor;
  auto stopped = std::async(std::launch::async, [this, asked, eager, until] {
    const auto rest = std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
    return request<bool>(asked, std::max(rest, milliseconds{500}), stop_atom_v, milliseconds_of(eager)).has_value();
  });
  // Whoever waits for a lock would wait to its own deadline, which may be longer than a shutdown takes.
  if (stopped.wait_for(std::min(left, eager + lock_patience)) == std::future_status::timeout) book->stop_waiting();
  return stopped.get();
}

void Runtime::Impl::shut_down() {
  const auto start = std::chrono::steady_clock::now();
  const auto drain = options.drain <= shutdown_min ? std::min(options.drain, shutdown_min - after_drain) : options.drain;
  const auto closed = request<CloseReport>(intake, drain + settle_time + patience, close_atom_v, milliseconds_of(drain));
  if (!closed) spdlog::error("the intake did not close in time");
  report.cancelled = closed ? closed->cancelled : 0;
  report.unknown = closed ? closed->unknown : 0;
  const bool stopped = stop_workers(start + std::max(shutdown_min, options.drain + after_drain) - last_steps);
  left_behind = !stopped;
  if (!stopped) spdlog::critical("not every worker stopped in time; what it does is left to itself");
  if (auto last = sample()) report.metrics = *last;
  report.clean = closed && stopped && report.cancelled == 0 && report.unknown == 0;
  door->shut();
  caf::anon_send(metrics, stop_atom_v);
  caf::anon_send(intake, stop_atom_v);
  caf::scoped_actor self{*system};
  self->wait_for(metrics, intake);
  {
    const std::lock_guard guard{metrics_mutex};
    metrics = nullptr;
  }
  supervisor = nullptr;
  intake = IntakeInside{};
  book.reset();
}

Runtime::Runtime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Runtime::~Runtime() { shutdown(); }

Result<AgentSession> Runtime::open_session(const std::string& agent) {
  const Error gone{ErrorCode::cancelled, "the runtime is shut down", 0, {}};
  IntakeInside intake;
  if (!impl_->door->pass([&](const IntakeInside& handle) { intake = handle; })) return gone;
  auto reply = impl_->request<SessionReply>(intake, impl_->options.deadline + patience, open_atom_v, agent);
  if (!reply) return gone;
  if (!reply->ok) return reply->error;
  AgentSession session;
  session.impl_ = std::make_shared<AgentSession::Impl>();
  session.impl_->door = impl_->door;
  session.impl_->id = reply->value.id;
  session.impl_->agent = reply->value.agent;
  session.impl_->session = reply->value.session;
  return session;
}

IntakeActor Runtime::intake() const {
  IntakeInside intake;
  if (!impl_->door->pass([&](const IntakeInside& handle) { intake = handle; })) return IntakeActor{};
  return IntakeActor{intake};
}

caf::actor_system& Runtime::system() noexcept { return *impl_->system; }

Result<RuntimeMetrics> Runtime::metrics() { return impl_->sample(); }

ShutdownReport Runtime::shutdown() {
  std::call_once(impl_->once, [this] { impl_->shut_down(); });
  return impl_->report;
}

}  // namespace commonbook::actors
