// The log stays small although some question is being answered at every moment (P8's price, paid by the barrier).
#include "import_support.hpp"

#include <atomic>
#include <cstdlib>
#include <thread>

using namespace commonbook;
using namespace commonbook::testing;

namespace {

/// Four readers whose snapshots overlap without a gap while two agents write; gives the largest log seen.
std::int64_t largest_log(const std::filesystem::path& path, std::chrono::seconds length, std::int64_t enough) {
  auto runtime = start_runtime(path, 2);
  const SystemClock clock;
  storage::BookOptions options;
  options.path = path;
  auto book = storage::Book::open(options, clock, soon());
  REQUIRE(book);
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int at = 0; at < 4; ++at)
    readers.emplace_back([&, at] {
      auto session = runtime->open_session("reader-" + std::to_string(at));
      QueryPlan plan;  // wide, so that each snapshot lasts; asked back to back by four
      plan.terms = {"word1", "word2", "word3", "word4", "word5"};
      plan.documents_max = 200;
      plan.walk_depth = 2;
      while (!stop.load()) {
        const auto answer = session->ask(plan).get();
        if (!answer && answer.error().code != ErrorCode::timeout) stop.store(true);
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
    auto agent = agents::ImportAgent::start(*runtime, import, agents::open_synthetic(synthetic));
    REQUIRE(agent);
    writers.push_back(std::move(*agent));
  }
  std::int64_t largest = 0;
  const auto end = std::chrono::steady_clock::now() + length;
  while (std::chrono::steady_clock::now() < end && largest < enough && !stop.load()) {
    (void)writers.front().wait_for(std::chrono::milliseconds{20});
    largest = std::max(largest, book->wal_bytes());
  }
  CHECK_FALSE(stop.exchange(true));
  for (auto& reader : readers) reader.join();
  for (auto& writer : writers) {
    writer.stop();
    CHECK(writer.wait().errors == std::vector<std::string>{});
  }
  runtime->shutdown();
  return largest;
}

}  // namespace

TEST_CASE("the log stays under 64 MiB while overlapping readers never leave a gap", "[P8]") {
  const char* asked = std::getenv("COMMONBOOK_WAL_SECONDS");
  const std::chrono::seconds length{asked != nullptr ? std::strtol(asked, nullptr, 10) : 10};
  const TemporaryFolder folder;
  const std::int64_t largest = largest_log(folder.path() / "memory.db", length, 1ll << 40);
  INFO("largest log: " << largest / (1 << 20) << " MiB in " << length.count() << " s");
  CHECK(largest < (64ll << 20));
  CHECK(largest > (1ll << 20));  // else nothing was tried
}
