#include "commonbook/storage/listing.hpp"

#include "book/for_each_row.hpp"
#include "book/triple_reader.hpp"
#include "engine/out_of_memory.hpp"

#include "commonbook/model/key.hpp"

#include <variant>

namespace commonbook::storage {
namespace {

Result<void> list_names(Connection& connection, const BookVisitor& visitor) {
  if (!visitor.name) return {};
  static_assert(static_cast<int>(Scheme::name) == 1, "the statement below names it");
  return for_each_row(connection, "SELECT space, value, entity FROM alias WHERE scheme = 1 ORDER BY id",
                      [&](const auto& row) { visitor.name({row.text(0), row.text(1), row.integer(2)}); });
}

Result<void> list_observations(Connection& connection, const BookVisitor& visitor) {
  if (!visitor.observation) return {};
  return for_each_row(connection,
                      "SELECT o.id, o.position, coalesce(p.id, ''), o.triple_count, o.retracted "
                      "FROM observation o LEFT JOIN operation p ON p.observation = o.id ORDER BY o.id",
                      [&](const auto& row) {
                        visitor.observation({row.integer(0), row.text(1), row.text(2), row.integer(3),
                                             row.integer(4) != 0});
                      });
}

Result<void> list_all(const Book& book, const BookVisitor& visitor, Clock::SteadyPoint deadline) {
  auto connection = book.shared().connect(Role::reader, deadline);
  if (!connection) return connection.error();
  auto snapshot = Snapshot::begin(book.shared(), *connection, deadline, "listing", true);
  if (!snapshot) return snapshot.error();
  if (auto done = list_names(*connection, visitor); !done) return done;
  if (auto done = list_observations(*connection, visitor); !done) return done;
  if (!visitor.row) return {};
  return visit_all(*snapshot, [&](const TailRow& row) {
    const auto* entity = std::get_if<std::int64_t>(&row.object);
    visitor.row({row.observation, row.subject, entity == nullptr ? 0 : *entity});
  });
}

}  // namespace

Result<void> list_book(const Book& book, const BookVisitor& visitor, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&] { return list_all(book, visitor, deadline); });
}

}  // namespace commonbook::storage
