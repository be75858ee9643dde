// The tail grows faster than the compactor empties it: writers wait, nobody fails for it, and they go on.
#include "book_stores.hpp"
#include "caf_support.hpp"
#include "commonbook/testing/barrier.hpp"
#include "commonbook/testing/support.hpp"
#include "intake.hpp"
#include "metrics_actor.hpp"
#include "supervisor.hpp"

#include <catch2/catch.hpp>

#include <caf/all.hpp>

#include <atomic>

using namespace commonbook;
using namespace commonbook::actors;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

/// The real store, which counts how often it asked its actor to wait.
class WatchedStore final : public ObservationStore {
 public:
  WatchedStore(std::unique_ptr<ObservationStore> store, std::atomic<int>& waits) : store_(std::move(store)), waits_(&waits) {}
  std::vector<Result<Receipt>> store(std::span<const Observation> batch, Clock::SteadyPoint deadline) override {
    return store_->store(batch, deadline);
  }
  [[nodiscard]] BatchFigures figures() const override { return store_->figures(); }
  [[nodiscard]] bool failed() const override { return store_->failed(); }
  [[nodiscard]] bool should_wait() const override {
    const bool waits = store_->should_wait();
    if (waits) ++*waits_;
    return waits;
  }

 private:
  std::unique_ptr<ObservationStore> store_;
  std::atomic<int>* waits_;
};

/// A runtime whose tail is too long at 128 rows already.
class SmallRuntime {
 public:
  explicit SmallRuntime(const std::filesystem::path& path) {
    storage::BookOptions wanted;
    wanted.path = path;
    wanted.create = true;
    wanted.compaction_rows_min = 64;
    auto opened = storage::Book::open(wanted, clock_, soon());
    if (!opened) FAIL(to_string(opened.error()));
    book_.emplace(std::move(*opened));
    Runtime::configure(config_);
    system_ = std::make_unique<caf::actor_system>(config_);
    const auto deadline = 30s;
    intake_ = spawn_intake(*system_, {{1'000, 1'024, 1}, 1, deadline, 0});
    metrics_ = spawn_metrics(*system_, intake_, [](RuntimeMetrics&) {});
    StoreFactories factories = book_factories(*book_, RuntimeOptions{}, clock_);
    factories.writer = [this, open = factories.writer](Clock::SteadyPoint until) -> Result<std::unique_ptr<ObservationStore>> {
      auto store = open(until);
      if (!store) return store.error();
      return std::unique_ptr<ObservationStore>{std::make_unique<WatchedStore>(std::move(*store), waits)};
    };
    SupervisorOptions options;
    options.storage_actors = 1;
    options.reader_actors = 1;
    options.deadline = deadline;
    supervisor_ = spawn_supervisor(*system_, options, factories, intake_, metrics_);
    caf::scoped_actor self{*system_};
    self->request(intake_, 20s, open_atom_v, std::string{"agent"})
        .receive([this](SessionReply& reply) { session_ = reply.value.id; }, [](caf::error&) {});
    REQUIRE(session_ != 0);
  }
  ~SmallRuntime() {
    caf::scoped_actor self{*system_};
    self->request(supervisor_, 20s, stop_atom_v, std::uint64_t{0}).receive([](bool) {}, [](caf::error&) {});
    caf::anon_send(metrics_, stop_atom_v);
    caf::anon_send(intake_, stop_atom_v);
  }
  SmallRuntime(const SmallRuntime&) = delete;
  SmallRuntime& operator=(const SmallRuntime&) = delete;

  std::future<Result<Receipt>> observe(int number) {
    Observation observation;
    observation.ack_class = AckClass::applied;
    observation.triples = {{named("subject " + std::to_string(number)), "says", Literal{LiteralType::text, "x"}},
                           {named("subject " + std::to_string(number)), "knows", named("everyone")}};
    auto ticket = std::make_shared<Ticket<Receipt>>();
    auto future = ticket->future();
    caf::anon_send(intake_, observe_atom_v, session_, std::move(observation), ticket);
    return future;
  }
  [[nodiscard]] const storage::Book& book() const { return *book_; }

  std::atomic<int> waits{0};

 private:
  SystemClock clock_;
  std::optional<storage::Book> book_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  IntakeInside intake_;
  caf::actor metrics_;
  caf::actor supervisor_;
  std::uint64_t session_ = 0;
};

}  // namespace

TEST_CASE("writers wait while the tail is too long, fail for nothing, and go on once it was compacted", "[P5]") {
  const TemporaryFolder folder;
  SmallRuntime runtime{folder.path() / "memory.db"};
  int sent = 0;
  std::future<Result<Receipt>> waiting;
  {
    Barrier compactor{"compact.before_slice"};
    while (!runtime.book().is_tail_too_long()) {
      REQUIRE(sent < 1'000);
      REQUIRE(runtime.observe(sent++).get());
    }
    CHECK(runtime.book().tail_rows() > 128);
    compactor.wait_until_reached();
    waiting = runtime.observe(sent++);
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (runtime.waits < 5 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    CHECK(runtime.waits >= 5);
    CHECK(waiting.wait_for(0s) == std::future_status::timeout);
  }
  CHECK(waiting.get());
  for (int more = 0; more < 300; ++more) CHECK(runtime.observe(sent++).get());
  CHECK(runtime.book().counters().compaction_passes > 0);
}
