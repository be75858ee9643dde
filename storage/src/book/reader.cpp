#include "commonbook/storage/reader.hpp"

#include "book/content_digest.hpp"
#include "book/retrieval.hpp"
#include "book/statistics.hpp"
#include "commonbook/model/sometimes.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>
#include <utility>

namespace commonbook::storage {

struct Reader::Impl {
  Impl(const Book& book_in, Connection connection_in)
      : book(book_in), shared(book.shared()), connection(std::move(connection_in)) {}
  Book book;
  detail::BookShared& shared;
  Connection connection;
  std::uint64_t rows_read = 0;

  /// Runs `work(snapshot)` in one snapshot. One that does not read the whole file must not hold the log for long.
  template <class Work>
  auto in_snapshot(std::string_view who, bool may_last, Clock::SteadyPoint deadline, Work work)
      -> decltype(work(std::declval<Snapshot&>())) {
    return or_out_of_memory([&]() -> decltype(work(std::declval<Snapshot&>())) {
      shared.note_reader();
      auto snapshot = Snapshot::begin(shared, connection, deadline, who, may_last);
      if (!snapshot) return snapshot.error();
      return work(*snapshot);
    });
  }
};

namespace {

class Held final : public Reader::HeldSnapshot {
 public:
  explicit Held(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

 private:
  Snapshot snapshot_;
};

}  // namespace

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const Book& book, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&]() -> Result<Reader> {
    auto connection = book.shared().connect(Role::reader, deadline);
    if (!connection) return connection.error();
    return Reader{std::make_unique<Impl>(book, std::move(*connection))};
  });
}

Result<Answer> Reader::answer(const QueryPlan& plan, Clock::SteadyPoint deadline) {
  if (auto fine = or_out_of_memory([&] { return check_plan(plan); }); !fine) return fine.error();
  detail::BookShared& shared = impl_->shared;
  const auto too_old = shared.clock.steady_now() + shared.options.reader_age_max;
  auto answer = impl_->in_snapshot("question", false, std::min(deadline, too_old), [this, &plan](Snapshot& snapshot) {
    auto found = Retrieval{snapshot, plan}.run();
    impl_->rows_read = snapshot.rows_read;
    return found;
  });
  if (!answer && answer.error().code == ErrorCode::timeout && too_old < deadline) {
    sometimes("reader_interrupted");
    return Error{ErrorCode::timeout, "the question held its snapshot for too long and was ended: ask for less",
                 answer.error().sqlite_code, {}};
  }
  return answer;
}

std::uint64_t Reader::last_rows_read() const noexcept { return impl_->rows_read; }

Result<BookStats> Reader::stats(Clock::SteadyPoint deadline) {
  auto stats = impl_->in_snapshot("stats", true, deadline, [](Snapshot& snapshot) { return count_book(snapshot); });
  if (stats) stats->wal_bytes = impl_->book.wal_bytes();
  return stats;
}

Result<std::uint64_t> Reader::row_digest(Clock::SteadyPoint deadline) {
  return impl_->in_snapshot("row digest", false, deadline, [](Snapshot& snapshot) -> Result<std::uint64_t> {
    const auto digest = snapshot.connection().query_int("SELECT row_digest FROM meta WHERE id = 1");
    if (!digest) return digest.error();
    return static_cast<std::uint64_t>(*digest);
  });
}

Result<std::uint64_t> Reader::content_digest(Clock::SteadyPoint deadline) {
  return impl_->in_snapshot("content digest", true, deadline,
                            [](Snapshot& snapshot) { return compute_content_digest(snapshot); });
}

Result<std::vector<std::pair<std::string, std::int64_t>>> Reader::table_rows(Clock::SteadyPoint deadline) {
  return impl_->in_snapshot("count of rows", true, deadline, [](Snapshot& snapshot) { return count_tables(snapshot); });
}

Result<std::unique_ptr<Reader::HeldSnapshot>> Reader::hold_snapshot(Clock::SteadyPoint deadline) {
  return or_out_of_memory([&]() -> Result<std::unique_ptr<HeldSnapshot>> {
    auto snapshot = Snapshot::begin(impl_->shared, impl_->connection, deadline, "held snapshot");
    if (!snapshot) return snapshot.error();
    return std::unique_ptr<HeldSnapshot>{std::make_unique<Held>(std::move(*snapshot))};
  });
}

}  // namespace commonbook::storage
