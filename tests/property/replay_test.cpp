// P2 over the whole runtime: a second identical run changes nothing.
#include "import_support.hpp"

#include <map>
#include <mutex>

using namespace commonbook;
using namespace commonbook::testing;

namespace {

using Receipts = std::map<std::string, Receipt>;  // by operation id

struct Run {
  Receipts receipts;
  agents::ImportReport report;
};

Run import(const std::filesystem::path& path, const std::string& agent, const std::vector<agents::ImportItem>& items) {
  Run run;
  std::mutex mutex;
  auto runtime = start_runtime(path, 2);
  agents::ImportOptions options;
  options.agent = agent;
  options.on_receipt = [&](const Observation& observation, const Receipt& receipt) {
    const std::lock_guard guard{mutex};
    run.receipts[observation.operation_id.value_or("")] = receipt;
  };
  auto importer = agents::ImportAgent::start(*runtime, options, std::make_unique<VectorSource>(items));
  REQUIRE(importer);
  run.report = importer->wait();
  CHECK(runtime->shutdown().clean);
  return run;
}

std::vector<agents::ImportItem> read_mail(const std::filesystem::path& folder, const std::string& agent) {
  auto source = agents::open_mail({folder}, agent);
  REQUIRE(source);
  return read_all(std::move(*source));
}

}  // namespace

TEST_CASE("a second identical import changes no row and gives every receipt again", "[P2]") {
  const auto folder = test_data("desk/Maildir");
  if (!folder) return;
  const TemporaryFolder temporary;
  const auto path = temporary.path() / "memory.db";
  const auto items = read_mail(*folder, "email");
  const Run first = import(path, "email", items);
  REQUIRE(first.report.failed == 0);
  CHECK(first.report.replayed == items.size() - first.receipts.size());  // copies that are equal to the byte
  const FileState before = read_state(path);

  const Run second = import(path, "email", items);
  const FileState after = read_state(path);
  CHECK(second.report.replayed == second.report.acknowledged);
  CHECK(second.report.acknowledged == first.report.acknowledged);
  CHECK(after.row_digest == before.row_digest);
  CHECK(after.content_digest == before.content_digest);
  CHECK(after.tables == before.tables);
  REQUIRE(second.receipts.size() == first.receipts.size());
  for (const auto& [operation, receipt] : first.receipts) {
    INFO(operation);
    Receipt expected = receipt;
    expected.replayed = true;
    CHECK(second.receipts.at(operation) == expected);
  }
}

TEST_CASE("the same documents under another agent's name add evidence and nothing else", "[P2][P4]") {
  const auto folder = test_data("desk/Maildir");
  if (!folder) return;
  const TemporaryFolder temporary;
  const auto path = temporary.path() / "memory.db";
  (void)import(path, "email", read_mail(*folder, "email"));
  const FileState before = read_state(path);
  const Run other = import(path, "archive", read_mail(*folder, "archive"));
  const FileState after = read_state(path);
  CHECK(other.report.failed == 0);
  CHECK(other.report.replayed == other.report.acknowledged - other.receipts.size());
  CHECK(other.report.created == 0);
  CHECK(other.report.existed > 0);
  CHECK(after.stats.entities == before.stats.entities);
  CHECK(after.stats.documents == before.stats.documents);
  CHECK(after.stats.triples == before.stats.triples);
  CHECK(after.stats.observations == 2 * before.stats.observations);
}

TEST_CASE("one operation id with another payload is refused and stores nothing", "[P2]") {
  const TemporaryFolder temporary;
  const auto path = temporary.path() / "memory.db";
  {
    auto runtime = start_runtime(path, 2);
    auto session = runtime->open_session("notes");
    REQUIRE(session);
    Observation observation;
    observation.operation_id = "note-1";
    observation.triples = {{named("Acme"), "employs", named("Ada"), Cardinality::many}};
    REQUIRE(session->observe(observation).get());
    observation.triples = {{named("Acme"), "employs", named("Grace"), Cardinality::many}};
    const auto refused = session->observe(observation).get();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::operation_id_reused);
  }
  const FileState state = read_state(path);
  CHECK(state.stats.observations == 1);
  CHECK(state.stats.entities == 2);
}
