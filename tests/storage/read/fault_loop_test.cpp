// Whichever call to the disk fails, once: what was acknowledged is there, what was not can be sent again, and the file is
// sound.
#include "read_support.hpp"

#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/testing/failing_disk.hpp"

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

Observation durable(std::uint64_t number) {
  const std::string id = std::to_string(number);
  Observation observation = observed(number, {says("host", "meets", "guest " + id), has_text("guest " + id, "is", "here")});
  observation.session = "session " + id;  // what failed is sent again after others, which one session must not do
  observation.sequence = 1;
  observation.ack_class = AckClass::durable;
  observation.operation_id = "operation " + id;
  observation.document = document("note " + id, "guest " + id + " was here");
  return observation;
}

using Acknowledged = std::map<std::uint64_t, std::uint64_t>;  // commit sequence by number

void store_with_a_new_writer(const Book& book, std::uint64_t first, std::uint64_t last, Acknowledged& acknowledged) {
  auto writer = Writer::open(book, soon());
  if (!writer) return;  // a fault may hit opening too
  std::vector<Observation> batch;
  for (std::uint64_t number = first; number <= last; ++number) batch.push_back(durable(number));
  const auto answers = writer->store(batch, soon());
  for (std::size_t at = 0; at < answers.size(); ++at)
    if (answers[at]) acknowledged[first + at] = answers[at]->commit_seq;
}

void compact_and_checkpoint(const Book& book) {
  if (auto compactor = Compactor::open(book, "one", soon()))
    for (int slices = 0; slices < 100; ++slices) {
      const auto done = compactor->step(true, soon());
      if (!done || done->outcome == CompactionOutcome::idle) break;
    }
  if (auto checkpointer = Checkpointer::open(book, soon())) (void)checkpointer->run(soon());
}

}  // namespace

TEST_CASE("whichever write, sync or truncation fails: nothing acknowledged is lost and the file is sound", "[P1][P2][P3]") {
  FailingDisk disk;
  int failures = 0;
  for (int call = 1;; ++call) {
    INFO("call " << call);
    REQUIRE(call < 1'000);
    const TemporaryFolder folder;
    const SystemClock clock;
    const auto path = folder.path() / "memory.db";
    Acknowledged acknowledged;
    failures = disk.failures();
    {
      const Book book = open_small_book(path, clock);
      store_with_a_new_writer(book, 1, 1, acknowledged);
      REQUIRE(acknowledged.size() == 1);
      disk.fail_call(call);
      store_with_a_new_writer(book, 2, 3, acknowledged);
      compact_and_checkpoint(book);
      store_with_a_new_writer(book, 4, 4, acknowledged);
      compact_and_checkpoint(book);
    }
    const bool is_clean = disk.failures() == failures;
    disk.fail(FailingDisk::Fault::none);
    const Book book = open_small_book(path, clock);
    Writer writer = open_writer(book);
    for (std::uint64_t number = 1; number <= 4; ++number) {
      const auto again = store(writer, durable(number));
      if (acknowledged.count(number) == 0) continue;
      CHECK(again.replayed);
      CHECK(again.commit_seq == acknowledged[number]);
    }
    CHECK(RawRows{path}.integer("SELECT count(*) FROM observation") == 4);
    require_verified(book);
    if (!is_clean) continue;
    CHECK(acknowledged.size() == 4);
    CHECK(call > 20);  // else the loop never met the checkpoint
    return;
  }
}
