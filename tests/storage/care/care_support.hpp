// What the tests of looking after a file share: a new book, and a table of their own to fill pages with.
#pragma once
#include "book/book_shared.hpp"
#include "commonbook/storage/book.hpp"
#include "commonbook/testing/support.hpp"
#include "engine/transaction.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace commonbook::testing {

inline const SystemClock& steady() {
  static const SystemClock clock;
  return clock;
}

inline storage::Book new_book(const std::filesystem::path& path, std::int64_t wal_soft_mark_bytes = 32ll << 20) {
  storage::BookOptions options;
  options.path = path;
  options.create = true;
  options.unknown_file_system_ok = true;
  options.cache_kib = 1024;
  options.reader_cache_kib = 1024;
  options.wal_soft_mark_bytes = wal_soft_mark_bytes;
  auto book = storage::Book::open(options, steady(), soon());
  if (!book) FAIL(to_string(book.error()));
  return *book;
}

/// Writes rows that fill a page each, through the gate, as every writer does.
class Scratch {
 public:
  explicit Scratch(const storage::Book& book) : book_(book), connection_(connect(book)) {
    in_transaction("CREATE TABLE scratch(id INTEGER PRIMARY KEY, bytes BLOB)");
  }
  void write_pages(int count) {
    auto hold = book_.shared().gate->enter("test", soon(), steady());
    if (!hold) FAIL(to_string(hold.error()));
    auto transaction = begin(*hold);
    for (int at = 0; at < count; ++at) run("INSERT INTO scratch(bytes) VALUES(randomblob(3500))");
    finish(transaction);
  }
  std::int64_t rows() {
    const auto found = connection_.query_int("SELECT count(*) FROM scratch");
    if (!found) FAIL(to_string(found.error()));
    return *found;
  }

 private:
  static storage::Connection connect(const storage::Book& book) {
    auto connection = book.shared().connect(storage::Role::writer, soon());
    if (!connection) FAIL(to_string(connection.error()));
    return std::move(*connection);
  }
  storage::Transaction begin(storage::GateHold& hold) {
    auto begun = storage::Transaction::begin_immediate(connection_, hold, book_.shared().turnstile.get(),
                                                       book_.shared().turnstile_counters, soon(), steady());
    if (!begun) FAIL(to_string(begun.error()));
    return std::move(*begun);
  }
  void in_transaction(const char* sql) {
    auto hold = book_.shared().gate->enter("test", soon(), steady());
    if (!hold) FAIL(to_string(hold.error()));
    auto transaction = begin(*hold);
    run(sql);
    finish(transaction);
  }
  void run(const char* sql) {
    const auto done = connection_.execute(sql);
    if (!done) FAIL(to_string(done.error()));
  }
  static void finish(storage::Transaction& transaction) {
    const auto done = transaction.commit();
    if (!done) FAIL(to_string(done.error()));
  }

  storage::Book book_;
  storage::Connection connection_;
};

}  // namespace commonbook::testing
