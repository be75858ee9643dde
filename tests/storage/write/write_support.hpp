// What the tests of the write path share: a book in a folder of its own, short ways to say observations, and a raw
// look at the rows through a connection of the test's own.
#pragma once
#include "commonbook/model/observation.hpp"
#include "commonbook/storage/book.hpp"
#include "commonbook/storage/writer.hpp"
#include "commonbook/testing/support.hpp"
#include "engine/connection.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

namespace commonbook::testing {

/// Opens the book at `path`, making it where it is missing; fails the test where that fails.
storage::Book open_book(const std::filesystem::path& path, storage::BookOptions options = {});
storage::Writer open_writer(const storage::Book& book);

/// A new file, a book on it, a writer on that.
struct TestBook {
  explicit TestBook(const storage::BookOptions& options = {})
      : path(folder.path() / "memory.db"), book(open_book(path, options)), writer(open_writer(book)) {}
  TemporaryFolder folder;
  std::filesystem::path path;
  storage::Book book;
  storage::Writer writer;
};

/// An observation of agent "tester", session "one", that says `triples`.
Observation observed(std::uint64_t sequence, std::vector<Triple> triples);
Triple says(const std::string& subject, const std::string& predicate, const std::string& object);
Triple has_text(const std::string& subject, const std::string& predicate, const std::string& text);
Document document(const std::string& id, const std::string& text);
EntityName strong(const std::string& address);

/// Stores one observation and gives its receipt; fails the test where there is none.
Receipt store(storage::Writer& writer, const Observation& observation);

/// The rows of a file as text, read without the book's own code.
class RawRows {
 public:
  explicit RawRows(const std::filesystem::path& path);
  [[nodiscard]] std::int64_t integer(const char* sql);
  /// All rows of a constant statement, columns joined by '|', in the order in which they come.
  [[nodiscard]] std::vector<std::string> rows(const char* sql, int columns);
  void execute(const char* sql);
  [[nodiscard]] storage::Connection& connection() noexcept { return connection_; }

 private:
  storage::Connection connection_;
};

/// What each table holds, by name: two equal dumps are two equal files.
[[nodiscard]] std::map<std::string, std::vector<std::string>> dump(const std::filesystem::path& path);

/// What the book says, without ids, order or times of commit, and without who came first (P11).
[[nodiscard]] std::vector<std::string> content(const std::filesystem::path& path);

/// The row digest as it stands in the file, and as it comes out of all rows.
[[nodiscard]] std::uint64_t kept_digest(const std::filesystem::path& path);
[[nodiscard]] std::uint64_t recomputed_digest(const std::filesystem::path& path);

}  // namespace commonbook::testing
