#include "book/pass_lease.hpp"

namespace commonbook::storage {

Result<PassRow> read_pass_row(Connection& connection) {
  auto statement = connection.statement(
      "SELECT epoch, watermark, triple_rows, row_digest, compaction_owner, compaction_pass, compaction_heartbeat, "
      "purge_pending FROM meta WHERE id = 1");
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  if (!*row) return Error{ErrorCode::corrupt, "the row of meta is missing; run verify", 0, {}};
  PassRow read;
  read.epoch = statement->integer(0);
  read.watermark = statement->integer(1);
  read.triple_rows = statement->integer(2);
  read.row_digest = static_cast<std::uint64_t>(statement->integer(3));
  read.owner = statement->text(4);
  read.pass = statement->integer(5);
  read.heartbeat = statement->integer(6);
  read.purge_pending = statement->integer(7) != 0;
  return read;
}

Result<bool> PassLease::take(Transaction& transaction, const PassRow& row) {
  if (!row.owner.empty() && row.owner != owner_) {
    const bool unchanged =
        row.owner == seen_owner_ && row.pass == seen_pass_ && row.heartbeat == seen_heartbeat_;
    if (!unchanged) {
      seen_owner_ = row.owner;
      seen_pass_ = row.pass;
      seen_heartbeat_ = row.heartbeat;
      seen_since_ = clock_.steady_now();
      return false;
    }
    if (clock_.steady_now() - seen_since_ < duration) return false;
  }
  auto update = transaction.connection().statement(
      "UPDATE meta SET compaction_owner = ?1, compaction_pass = compaction_pass + 1, "
      "compaction_heartbeat = compaction_heartbeat + 1 WHERE id = 1");
  if (!update) return update.error();
  if (auto done = update->bind(1, std::string_view{owner_}).run(); !done) return done.error();
  pass_ = row.pass + 1;
  return true;
}

bool PassLease::holds(const PassRow& row, std::int64_t epoch) const {
  return row.owner == owner_ && row.pass == pass_ && row.epoch == epoch;
}

Result<void> PassLease::beat(Transaction& transaction) {
  auto update = transaction.connection().statement(
      "UPDATE meta SET compaction_heartbeat = compaction_heartbeat + 1 WHERE id = 1");
  if (!update) return update.error();
  return update->run();
}

Result<void> PassLease::release(Transaction& transaction) {
  auto update = transaction.connection().statement(
      "UPDATE meta SET compaction_owner = '', compaction_heartbeat = compaction_heartbeat + 1 WHERE id = 1");
  if (!update) return update.error();
  return update->run();
}

}  // namespace commonbook::storage
