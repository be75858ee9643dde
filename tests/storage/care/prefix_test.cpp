// A copy that is made while agents write is a moment of the book: of each session a prefix, and never half of anything.
#include "read_support.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/restore.hpp"
#include "commonbook/storage/transfer.hpp"

#include <array>
#include <atomic>
#include <thread>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

constexpr std::size_t agents = 8;

// Eight agents that write until they are told to stop, and what each of them was acknowledged.
class WritingAgents {
 public:
  explicit WritingAgents(const Book& book) {
    for (std::size_t agent = 0; agent < agents; ++agent)
      threads_[agent] = std::thread{[this, &book, agent] { write(book, agent); }};
    for (const auto& count : acknowledged_)
      while (count < 3) std::this_thread::yield();
  }
  ~WritingAgents() { stop(); }
  void stop() {
    stop_ = true;
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }
  [[nodiscard]] std::array<std::int64_t, agents> acknowledged() const {
    std::array<std::int64_t, agents> now{};
    for (std::size_t agent = 0; agent < agents; ++agent) now[agent] = acknowledged_[agent];
    return now;
  }

 private:
  void write(const Book& book, std::size_t agent) {
    auto writer = Writer::open(book, soon());
    if (!writer) std::abort();
    for (std::uint64_t sequence = 1; !stop_; ++sequence) {
      Observation observation = observed(sequence, {says("ada", "wrote", "letter " + std::to_string(sequence)),
                                                    says("agent " + std::to_string(agent), "saw", "ada")});
      observation.agent = "agent " + std::to_string(agent);
      observation.document = document(observation.agent + " " + std::to_string(sequence), "words");
      const auto answers = writer->store(std::span{&observation, 1}, soon());
      if (!answers[0]) std::abort();
      acknowledged_[agent] = static_cast<std::int64_t>(sequence);
    }
  }
  std::array<std::atomic<std::int64_t>, agents> acknowledged_{};
  std::atomic<bool> stop_{false};
  std::array<std::thread, agents> threads_;
};

// Of each session all from 1 on without a gap, at least what was acknowledged before, at most what was after.
void require_prefix(const std::filesystem::path& copy, const std::array<std::int64_t, agents>& before,
                    const std::array<std::int64_t, agents>& after) {
  require_verified(open_book(copy));
  RawRows raw{copy};
  const auto rows = raw.rows(
      "SELECT a.name, count(*), max(o.sequence) FROM observation o JOIN session s ON s.id = o.session "
      "JOIN agent a ON a.id = s.agent GROUP BY a.id ORDER BY a.name",
      3);
  REQUIRE(rows.size() == agents);
  for (std::size_t agent = 0; agent < agents; ++agent) {
    const std::string& row = rows[agent];
    const auto first = row.find('|');
    const auto second = row.find('|', first + 1);
    const std::int64_t count = std::stoll(row.substr(first + 1, second - first - 1));
    INFO(row << ", acknowledged " << before[agent] << " before and " << after[agent] << " after");
    CHECK(std::stoll(row.substr(second + 1)) == count);
    CHECK(count >= before[agent]);
    CHECK(count <= after[agent] + 1);  // one may be committed and not acknowledged yet
  }
}

}  // namespace

TEST_CASE("a backup while eight agents write is a sound prefix of each session, and so is what is restored from it") {
  TemporaryFolder folder;
  TemporaryFolder shelf;
  const Book book = open_book(folder.path() / "memory.db");
  WritingAgents writing{book};
  for (int round = 0; round < 3; ++round) {
    const auto before = writing.acknowledged();
    const auto copy = backup(book, shelf.path() / ("copy" + std::to_string(round) + ".db"), soon());
    const auto after = writing.acknowledged();
    if (!copy) FAIL(to_string(copy.error()));
    const SystemClock clock;
    const auto restored =
        restore(copy->target, shelf.path() / ("restored" + std::to_string(round) + ".db"), clock, soon());
    if (!restored) FAIL(to_string(restored.error()));
    require_prefix(restored->target, before, after);
    require_prefix(copy->target, before, after);
  }
  writing.stop();
  require_verified(book);
}

TEST_CASE("an export while eight agents write is a sound prefix of each session") {
  TemporaryFolder folder;
  const Book book = open_book(folder.path() / "memory.db");
  WritingAgents writing{book};
  const auto before = writing.acknowledged();
  std::vector<BookRecord> records;
  const auto report = export_book(
      book,
      [&records](const BookRecord& record) -> Result<void> {
        records.push_back(record);
        return {};
      },
      soon());
  const auto after = writing.acknowledged();
  if (!report) FAIL(to_string(report.error()));
  writing.stop();
  {
    BookOptions options;
    options.similarity = SimilarityMode::off;
    const Book copy = open_book(folder.path() / "copy.db", options);
    auto importer = BookImporter::open(copy, soon());
    REQUIRE(importer);
    std::int64_t line = 0;
    for (const BookRecord& record : records) REQUIRE(importer->add(record, ++line, soon()));
    REQUIRE(importer->finish(soon()));
    const auto digest = open_reader(copy).content_digest(soon());
    REQUIRE(digest);
    CHECK(*digest == report->content_digest);
  }
  require_prefix(folder.path() / "copy.db", before, after);
}
