#include "book/book_shared.hpp"
#include "care/care_transaction.hpp"
#include "care/import_records.hpp"
#include "commonbook/model/yield_point.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "engine/out_of_memory.hpp"

#include <random>
#include <span>
#include <string>
#include <utility>

#include <unistd.h>

namespace commonbook::storage {
namespace {

constexpr std::size_t weight_max = 512;  // triples, or records that have none, of one transaction

std::string owner_name() {
  std::random_device device;
  return "import " + std::to_string(::getpid()) + " " + std::to_string(device()) + std::to_string(device());
}

struct Waiting {
  BookRecord record;
  std::int64_t line = 0;
};

std::size_t weight_of(const BookRecord& record) {
  const auto* observation = std::get_if<BookObservation>(&record);
  if (observation == nullptr) return 1;
  // A long document counts like the rows that it costs.
  const std::size_t text = observation->document ? observation->document->text.size() / 1024 : 0;
  return 1 + observation->triples.size() + text;
}

bool is_fault_of_file(const Error& error) noexcept {
  switch (error.code) {
    case ErrorCode::busy:
    case ErrorCode::timeout:
    case ErrorCode::disk_full:
    case ErrorCode::corrupt:
    case ErrorCode::io:
    case ErrorCode::out_of_memory:
    case ErrorCode::unknown:
    case ErrorCode::newer_schema: return true;
    default: return false;
  }
}

}  // namespace

struct BookImporter::Impl {
  Impl(const Book& book_in, Connection connection_in, Compactor compactor_in, Checkpointer checkpointer_in)
      : book(book_in), shared(book.shared()), connection(std::move(connection_in)), compactor(std::move(compactor_in)),
        checkpointer(std::move(checkpointer_in)) {}

  Book book;
  detail::BookShared& shared;
  Connection connection;
  Compactor compactor;
  Checkpointer checkpointer;
  WriterMemory memory;
  ImportedEntities entities;
  ImportCounts counts;
  std::vector<Waiting> waiting;
  std::size_t weight = 0;

  Result<void> write_one(WriteBatch& batch, const Waiting& item, ImportCounts& sum);
  Result<void> write(std::span<const Waiting> items, Clock::SteadyPoint deadline);
  Result<void> write_waiting(Clock::SteadyPoint deadline);
  Result<void> keep_house(Clock::SteadyPoint deadline);
};

Result<void> BookImporter::Impl::write_one(WriteBatch& batch, const Waiting& item, ImportCounts& sum) {
  if (const auto* entity = std::get_if<BookEntity>(&item.record)) return import_entity(batch, *entity, entities, sum);
  if (const auto* predicate = std::get_if<BookPredicate>(&item.record)) return import_predicate(batch, *predicate, sum);
  if (const auto* redirect = std::get_if<BookRedirect>(&item.record))
    return import_redirect(batch, *redirect, entities, sum);
  if (const auto* suggestion = std::get_if<BookSuggestion>(&item.record))
    return import_suggestion(batch, *suggestion, entities, sum);
  return import_observation(batch, std::get<BookObservation>(item.record), entities, sum);
}

Result<void> BookImporter::Impl::write(std::span<const Waiting> items, Clock::SteadyPoint deadline) {
  ImportCounts sum = counts;
  entities.drop();  // of a transaction that ended without an answer
  connection.set_deadline(deadline);
  auto done = transact({.book = shared, .connection = connection, .memory = memory, .who = "import", .durable = false},
                       deadline, [&](WriteBatch& batch) -> Result<void> {
                         for (const Waiting& item : items) {
                           auto written = write_one(batch, item, sum);
                           if (written) continue;
                           Error error = written.error();
                           if (!is_fault_of_file(error))
                             error.message = "line " + std::to_string(item.line) + ": " + error.message;
                           return error;
                         }
                         return {};
                       });
  if (!done) {
    entities.drop();
    return done;
  }
  entities.keep();
  counts = sum;
  yield_point("import.after_commit");
  return {};
}

// All together; where one is at fault, one by one, so that all before it is stored.
Result<void> BookImporter::Impl::write_waiting(Clock::SteadyPoint deadline) {
  if (waiting.empty()) return {};
  auto done = write(waiting, deadline);
  if (!done && !is_fault_of_file(done.error())) {
    for (const Waiting& item : waiting) {
      done = write(std::span{&item, 1}, deadline);
      if (!done) break;
    }
  }
  waiting.clear();
  weight = 0;
  return done ? keep_house(deadline) : done;
}

// No runtime is at work here, so the tail is sorted and the log emptied on the way.
Result<void> BookImporter::Impl::keep_house(Clock::SteadyPoint deadline) {
  while (book.tail_rows() >= shared.compaction_rows()) {
    const auto step = compactor.step(false, deadline);
    if (!step) return step.error().code == ErrorCode::busy ? Result<void>{} : Result<void>{step.error()};
    if (step->outcome == CompactionOutcome::idle || step->outcome == CompactionOutcome::not_owner) break;
    if (checkpointer.is_due())
      if (const auto run = checkpointer.run(deadline); !run) return run.error();
  }
  if (!checkpointer.is_due()) return {};
  const auto run = checkpointer.run(deadline);
  return run ? Result<void>{} : Result<void>{run.error()};
}

BookImporter::BookImporter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BookImporter::BookImporter(BookImporter&&) noexcept = default;
BookImporter& BookImporter::operator=(BookImporter&&) noexcept = default;
BookImporter::~BookImporter() = default;

Result<BookImporter> BookImporter::open(const Book& book, Clock::SteadyPoint deadline) {
  if (book.options().similarity == SimilarityMode::merge)
    return Error{ErrorCode::invalid_argument, "a book that merges similar names can't take a copy of another one", 0, {}};
  auto connection = book.shared().connect(Role::writer, deadline);
  if (!connection) return connection.error();
  auto compactor = Compactor::open(book, owner_name(), deadline);
  if (!compactor) return compactor.error();
  auto checkpointer = Checkpointer::open(book, deadline);
  if (!checkpointer) return checkpointer.error();
  return BookImporter{
      std::make_unique<Impl>(book, std::move(*connection), std::move(*compactor), std::move(*checkpointer))};
}

Result<void> BookImporter::add(BookRecord record, std::int64_t line, Clock::SteadyPoint deadline) {
  Impl& self = *impl_;
  return or_out_of_memory([&]() -> Result<void> {
    self.weight += weight_of(record);
    self.waiting.push_back({std::move(record), line});
    return self.weight < weight_max ? Result<void>{} : self.write_waiting(deadline);
  });
}

Result<void> BookImporter::finish(Clock::SteadyPoint deadline) {
  Impl& self = *impl_;
  return or_out_of_memory([&]() -> Result<void> {
    if (auto done = self.write_waiting(deadline); !done) return done;
    // One durable commit makes all earlier ones durable: the log is a prefix.
    return transact({.book = self.shared, .connection = self.connection, .memory = self.memory, .who = "import"},
                    deadline, [](WriteBatch& batch) -> Result<void> {
                      ++batch.meta.commit_seq;
                      batch.is_changed = true;
                      return {};
                    });
  });
}

const ImportCounts& BookImporter::counts() const noexcept { return impl_->counts; }

}  // namespace commonbook::storage
