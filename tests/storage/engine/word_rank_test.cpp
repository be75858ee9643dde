// The score of a search: FTS5's own BM25 where the counts are right, and an error where they are not there.
#include "engine_support.hpp"

#include <sqlite3.h>

#include <cstring>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

std::string counts(std::initializer_list<std::int64_t> values) {
  std::string bytes;
  for (const std::int64_t value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  return bytes;
}

}  // namespace

TEST_CASE("with the right counts the score is FTS5's, with others a common word counts less than a rare one") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  auto writer = connect(path);
  run(writer, "CREATE VIRTUAL TABLE search USING fts5(title, body, context)");
  run(writer, "INSERT INTO search VALUES ('otter', 'an otter in the river', ''), ('river', 'the river', 'otter'), "
              "('town', 'a long text about the town and what it sells', ''), ('fish', 'the river has fish', ''), "
              "('mill', 'old', ''), ('hill', 'green', ''), ('lane', 'narrow', ''), ('farm', 'far away', '')");
  auto reader = connect(path, Role::reader);
  auto statement = reader.statement(
      "SELECT -bm25(search, 4.0, 1.0, 1.0), word_rank(search, ?1) FROM search WHERE search MATCH 'otter OR river'");
  REQUIRE(statement);
  const std::string right = counts({2, 3});
  statement->bind_blob(1, right);
  int rows = 0;
  for (auto more = statement->step(); more && *more; more = statement->step()) {
    CHECK(statement->real(1) == Approx(statement->real(0)));
    ++rows;
  }
  CHECK(rows == 3);
}

TEST_CASE("a score without a count for each phrase is an error, not a guess") {
  TemporaryFolder folder;
  const auto path = make_file(folder.path() / "memory.db").path;
  auto writer = connect(path);
  run(writer, "CREATE VIRTUAL TABLE search USING fts5(title, body, context)");
  run(writer, "INSERT INTO search VALUES ('otter', '', '')");
  auto reader = connect(path, Role::reader);
  auto statement = reader.statement("SELECT word_rank(search, ?1) FROM search WHERE search MATCH 'otter OR river'");
  REQUIRE(statement);
  const std::string wrong = counts({2});
  statement->bind_blob(1, wrong);
  CHECK_FALSE(statement->step());
}
