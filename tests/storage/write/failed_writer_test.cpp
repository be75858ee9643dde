// A disk that fails under a writer: what it says, what it does next, and what is in the file.
#include "write_support.hpp"

#include "commonbook/testing/failing_disk.hpp"

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

Observation durable(std::uint64_t sequence) {
  Observation observation = observed(sequence, {has_text("Ada", "says", std::to_string(sequence))});
  observation.ack_class = AckClass::durable;
  observation.operation_id = "operation " + std::to_string(sequence);
  return observation;
}

Error refused(Writer& writer, const Observation& observation) {
  const auto answers = writer.store(std::span{&observation, 1}, soon());
  REQUIRE(answers.size() == 1);
  REQUIRE_FALSE(answers[0]);
  return answers[0].error();
}

}  // namespace

TEST_CASE("a disk that fails at COMMIT: the outcome is unknown, the writer stops, and another one goes on", "[P1][P2]") {
  const auto fault = GENERATE(FailingDisk::Fault::sync_log, FailingDisk::Fault::write_log);
  FailingDisk disk;
  TestBook test;
  const auto first = store(test.writer, durable(1));
  disk.fail(fault);
  const Error error = refused(test.writer, durable(2));
  CHECK(error.code == ErrorCode::unknown);
  CHECK((error.sqlite_code & 0xff) == SQLITE_IOERR);
  CHECK(test.writer.failed());
  disk.fail(FailingDisk::Fault::none);
  const int failures = disk.failures();
  CHECK(failures > 0);
  CHECK(refused(test.writer, durable(3)).code == ErrorCode::internal);  // no second try on what may be lost
  CHECK(disk.failures() == failures);

  Writer another = open_writer(test.book);
  CHECK_FALSE(another.failed());
  const auto retried = store(another, durable(2));
  CHECK(retried.commit_seq > first.commit_seq);
  CHECK(store(another, durable(1)).replayed);
  CHECK(store(another, durable(2)).commit_seq == retried.commit_seq);
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM observation") == 2);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("a full disk is told as such, stores nothing, and the same writer goes on once there is room", "[P1][P3]") {
  FailingDisk disk;
  TestBook test;
  static_cast<void>(store(test.writer, durable(1)));
  const auto before = dump(test.path);
  disk.fail(FailingDisk::Fault::no_space);
  for (int attempt = 0; attempt < 3; ++attempt) CHECK(refused(test.writer, durable(2)).code == ErrorCode::disk_full);
  CHECK_FALSE(test.writer.failed());
  CHECK(dump(test.path) == before);
  disk.fail(FailingDisk::Fault::none);
  CHECK_FALSE(store(test.writer, durable(2)).replayed);
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM observation") == 2);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}
