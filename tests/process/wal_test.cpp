// The log stays small although some snapshot is open at every moment: the price is the checkpointer's short barrier (P8).
#include "import_support.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

using namespace commonbook;
using namespace commonbook::testing;

namespace {

constexpr std::int64_t mebibyte = 1 << 20;
constexpr std::size_t readers = 4;

/// Makes every question take 50 ms within its snapshot, on its reader's own thread.
class SlowQuestions {
 public:
  SlowQuestions()
      : watch_(Steps::instance().on("read.after_begin", [this] {
          std::unique_lock lock{mutex_};
          (void)over_.wait_for(lock, std::chrono::milliseconds{50}, [this] { return stopped_; });
        })) {}
  ~SlowQuestions() {
    const std::lock_guard guard{mutex_};
    stopped_ = true;
    over_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool stopped_ = false;
  Steps::Watch watch_;
};

/// Four readers with always a question waiting, so that their snapshots overlap without a gap, while two agents
/// write. Ends after `length`, or when the log has grown to `enough` bytes; gives the largest size seen.
std::int64_t largest_log(std::chrono::seconds length, std::int64_t enough) {
  const TemporaryFolder folder;
  actors::RuntimeOptions options;
  options.path = folder.path() / "memory.db";
  options.create = true;
  options.reader_actors = readers;
  auto started = actors::Runtime::start(options);
  REQUIRE(started);
  actors::Runtime& runtime = **started;
  const SlowQuestions slow;
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> answered{0};
  std::vector<std::thread> askers;
  for (std::size_t at = 0; at < 2 * readers; ++at)
    askers.emplace_back([&] {
      auto session = runtime.open_session("asker");
      QueryPlan plan;
      plan.names = {"Name 1"};
      while (session && !stop.load()) {
        if (!session->ask(plan).get()) stop.store(true);
        ++answered;
      }
    });
  std::vector<agents::ImportAgent> writers;
  for (std::uint64_t at = 0; at < 2; ++at) {
    agents::SyntheticOptions synthetic;
    synthetic.seed = 7 + at;
    synthetic.observations = 1'000'000'000;
    synthetic.names = 20'000;
    synthetic.document_words = 60;
    agents::ImportOptions import;
    import.agent = "writer-" + std::to_string(at);
    import.ack_class = AckClass::applied;
    auto agent = agents::ImportAgent::start(runtime, import, agents::open_synthetic(synthetic));
    REQUIRE(agent);
    writers.push_back(std::move(*agent));
  }
  std::int64_t largest = 0;
  const auto end = std::chrono::steady_clock::now() + length;
  while (std::chrono::steady_clock::now() < end && largest < enough && !stop.load()) {
    (void)writers.front().wait_for(std::chrono::milliseconds{20});
    if (const auto metrics = runtime.metrics()) largest = std::max(largest, metrics->wal_bytes);
  }
  CHECK_FALSE(stop.exchange(true));
  for (auto& asker : askers) asker.join();
  for (auto& writer : writers) {
    writer.stop();
    CHECK(writer.wait().errors == std::vector<agents::ImportError>{});
  }
  CHECK(answered.load() > 0);
  return largest;
}

}  // namespace

TEST_CASE("the log stays under 64 MiB while overlapping readers never leave a gap", "[P8]") {
  const char* asked = std::getenv("COMMONBOOK_WAL_SECONDS");
  const std::chrono::seconds length{asked != nullptr ? std::strtol(asked, nullptr, 10) : 10};
  const std::int64_t largest = largest_log(length, 1ll << 40);
  WARN("largest log with the barrier: " << largest / mebibyte << " MiB in " << length.count() << " s");
  CHECK(largest < 64 * mebibyte);
  CHECK(largest > mebibyte);  // else nothing was tried
}

TEST_CASE("control: without the barrier the log grows on") {
  const Broken barrier{"barrier"};
  const std::int64_t largest = largest_log(std::chrono::seconds{60}, 80 * mebibyte);
  WARN("largest log without the barrier: " << largest / mebibyte << " MiB");
  CHECK(largest > 64 * mebibyte);
}
