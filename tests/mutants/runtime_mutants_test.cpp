// Killers of the mutants that break what an agent is told.
#include "commonbook/actors/runtime.hpp"
#include "write_support.hpp"

#include <atomic>
#include <stdexcept>

using namespace commonbook;
using namespace commonbook::testing;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<actors::Runtime> start(const std::filesystem::path& path, std::chrono::milliseconds deadline) {
  actors::RuntimeOptions options;
  options.path = path;
  options.create = true;
  options.storage_actors = 1;
  options.reader_actors = 1;
  options.maintenance = false;
  options.deadline = deadline;
  auto runtime = actors::Runtime::start(options);
  if (!runtime) FAIL(to_string(runtime.error()));
  return std::move(*runtime);
}

}  // namespace

TEST_CASE("what could not be committed is not acknowledged", "[mutant.acknowledged_before_commit]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const auto runtime = start(path, 300ms);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  RawRows stranger{path};
  stranger.execute("BEGIN IMMEDIATE");
  const auto receipt = session->observe(observed(1, {says("Ada", "knows", "Bob")})).get();
  CHECK_FALSE(receipt);
  stranger.execute("ROLLBACK");
}

TEST_CASE("an observation whose storage actor throws is stored and acknowledged by the next one",
          "[mutant.reply_dropped_on_exception]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const auto runtime = start(path, 2s);
  auto session = runtime->open_session("agent");
  REQUIRE(session);
  std::atomic<bool> is_first{true};
  const auto watch = Steps::instance().on("storage_actor.before_store", [&] {
    if (is_first.exchange(false)) throw std::runtime_error("dies here");
  });
  const auto receipt = session->observe(observed(1, {says("Ada", "knows", "Bob")})).get();
  if (!receipt) FAIL(to_string(receipt.error()));
  CHECK(receipt->entities.size() == 2);
}
