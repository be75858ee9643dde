// What the whole-runtime tests share: documents read once and fed in any order, and a look at the file afterwards.
#pragma once
#include "commonbook/agents/agents.hpp"
#include "commonbook/storage/care.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace commonbook::testing {

/// A source over items that were read before; gives them in the order of the vector.
class VectorSource final : public agents::Source {
 public:
  explicit VectorSource(std::vector<agents::ImportItem> items) : items_(std::move(items)) {}
  Result<std::optional<agents::ImportItem>> next() override {
    if (at_ == items_.size()) return std::optional<agents::ImportItem>{};
    return std::optional<agents::ImportItem>{items_[at_++]};
  }
  [[nodiscard]] agents::SourceProgress progress() const override {
    return {0, 0, static_cast<std::int64_t>(at_)};
  }
  [[nodiscard]] const std::vector<agents::Dropped>& dropped() const override { return dropped_; }

 private:
  std::vector<agents::ImportItem> items_;
  std::size_t at_ = 0;
  std::vector<agents::Dropped> dropped_;
};

/// Every item that a source gives.
inline std::vector<agents::ImportItem> read_all(std::unique_ptr<agents::Source> source) {
  std::vector<agents::ImportItem> items;
  for (;;) {
    auto item = source->next();
    REQUIRE(item);
    if (!*item) return items;
    items.push_back(std::move(**item));
  }
}

/// The same order on every machine, unlike std::shuffle with a library distribution.
template <class T>
void shuffle_by(std::mt19937_64& random, std::vector<T>& values) {
  for (std::size_t left = values.size(); left > 1; --left) std::swap(values[left - 1], values[random() % left]);
}

inline std::unique_ptr<actors::Runtime> start_runtime(const std::filesystem::path& path, std::size_t storage_actors,
                                                      std::chrono::milliseconds deadline = std::chrono::seconds{60}) {
  actors::RuntimeOptions options;
  options.path = path;
  options.create = true;
  options.storage_actors = storage_actors;
  options.deadline = deadline;
  auto runtime = actors::Runtime::start(options);
  if (!runtime) FAIL(to_string(runtime.error()));
  return std::move(*runtime);
}

/// What a file says once nobody writes.
struct FileState {
  std::uint64_t row_digest = 0;
  std::uint64_t content_digest = 0;
  storage::BookStats stats;
  std::vector<std::pair<std::string, std::int64_t>> tables;
};

inline storage::Book open_book(const std::filesystem::path& path, const Clock& clock) {
  storage::BookOptions options;
  options.path = path;
  auto book = storage::Book::open(options, clock, soon());
  if (!book) FAIL(to_string(book.error()));
  return std::move(*book);
}

inline FileState read_state(const std::filesystem::path& path) {
  const SystemClock clock;
  const storage::Book book = open_book(path, clock);
  auto reader = storage::Reader::open(book, soon());
  REQUIRE(reader);
  const auto row = reader->row_digest(soon());
  const auto content = reader->content_digest(soon());
  const auto stats = reader->stats(soon());
  const auto tables = reader->table_rows(soon());
  REQUIRE((row && content && stats && tables));
  return {*row, *content, *stats, *tables};
}

/// Runs verify and fails with each check that does not hold.
inline void require_verified(const std::filesystem::path& path) {
  const SystemClock clock;
  const storage::Book book = open_book(path, clock);
  const auto report = storage::verify(book, std::chrono::steady_clock::now() + std::chrono::minutes{2});
  REQUIRE(report);
  for (const storage::Check& check : report->checks) {
    INFO(check.id << " " << check.what << ": " << check.detail);
    CHECK(check.ok);
  }
  REQUIRE(report->ok);
}

}  // namespace commonbook::testing
