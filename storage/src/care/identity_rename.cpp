// A renaming is an observation that a person made, and a merge of the new name's entity with the old one's.
#include "book/observation_store.hpp"
#include "book/redirect_set.hpp"
#include "book/redirect_store.hpp"
#include "book/writer_prepare.hpp"
#include "care/care_transaction.hpp"
#include "care/identity_lookup.hpp"
#include "commonbook/model/speaker.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

namespace commonbook::storage {
namespace {

// One that no other session of the agent has, in this file or in one that it is copied into.
std::string session_name() {
  std::random_device random;
  char text[24] = "";
  std::snprintf(text, sizeof text, "%08x%08x", random(), random());
  return text;
}

Observation renaming(const RenameRequest& request, const std::string& space, Timestamp now) {
  Observation observation;
  observation.agent = "person";
  observation.session = session_name();
  observation.sequence = 1;
  observation.position = "rename";
  observation.time = now;
  observation.valid_from = now;
  observation.trust = Trust::confirmed;
  observation.triples = {{EntityName{{Scheme::name, request.name, space}, request.name},
                          std::string{shown_as_predicate},
                          Literal{LiteralType::text, request.name}}};
  return observation;
}

Result<std::string> space_of(Connection& connection, std::int64_t entity) {
  auto select =
      connection.statement("SELECT space FROM alias WHERE entity = ?1 ORDER BY scheme, value, space LIMIT 1");
  if (!select) return select.error();
  const auto found = select->bind(1, entity).step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::not_found, "entity " + std::to_string(entity) + " is not in this file", 0, {}};
  return std::string{select->text(0)};
}

Result<RenameReport> rename_in(WriteBatch& batch, std::int64_t entity, const PreparedObservation& prepared) {
  auto receipt = store_observation(batch, prepared);
  if (!receipt) return receipt.error();
  if (!*receipt) return receipt->error();
  const ReceiptEntity& named = (*receipt)->entities.front();
  RenameReport report{named.id, named.created, false};
  RedirectSets sets{batch.connection()};
  const auto set = sets.members(entity);
  if (!set) return set.error();
  if (std::find(set->begin(), set->end(), named.id) != set->end()) return report;
  if (!named.created) {
    return Error{ErrorCode::already_exists,
                 "another entity has the name \"" + prepared.names.front().key.value +
                     "\"; if the two are one, use `merge`, else choose another name",
                 0,
                 {}};
  }
  const auto added = add_redirect(batch, {.source = set->front(), .target = named.id});
  if (!added) return added.error();
  report.merged = *added;
  return report;
}

Result<RenameReport> rename_or_throw(const Book& book, const RenameRequest& request, Clock::SteadyPoint deadline) {
  detail::BookShared& shared = book.shared();
  if (auto room = shared.admit_write(); !room) return room.error();
  auto connection = shared.connect(Role::writer, deadline);
  if (!connection) return connection.error();
  connection->set_deadline(deadline);
  const auto space = space_of(*connection, request.entity);
  if (!space) return space.error();
  const Observation observation = renaming(request, *space, shared.clock.wall_now());
  const auto prepared = prepare_observation(observation);
  if (!prepared) return prepared.error();
  WriterMemory memory;
  std::optional<Result<RenameReport>> report;
  auto done = transact({.book = shared, .connection = *connection, .memory = memory, .who = "rename"}, deadline,
                       [&](WriteBatch& batch) -> Result<void> {
                         report = rename_in(batch, request.entity, *prepared);
                         return *report ? Result<void>{} : Result<void>{report->error()};
                       });
  if (!done) return done.error();
  return std::move(*report);
}

}  // namespace

Result<RenameReport> rename_entity(const Book& book, const RenameRequest& request, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&] { return rename_or_throw(book, request, deadline); });
}

}  // namespace commonbook::storage
