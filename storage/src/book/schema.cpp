#include "book/schema.hpp"

#include "book/row_digest.hpp"
#include "book/schema_objects.hpp"
#include "book/schema_sql.hpp"
#include "commonbook/model/yield_point.hpp"
#include "commonbook/storage/normalise.hpp"
#include "engine/file_guard.hpp"

#include <array>
#include <string>
#include <vector>

namespace commonbook::storage {
namespace {

constexpr std::array own_steps{
    SchemaStep{1, "tables of version 1", schema_v1, "PRAGMA user_version = 1"},
    SchemaStep{2, "merges as pairs, blocks of names", schema_v2, "PRAGMA user_version = 2"},
    SchemaStep{3, "spellings in the observation's row", schema_v3, "PRAGMA user_version = 3"},
};
static_assert(own_steps.back().version == schema_version);

constexpr const char* set_application_id = "PRAGMA application_id = 1129136715";
static_assert(application_id == 1129136715);

struct FileState {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t objects = 0;  // tables, indexes, views, triggers
};

Result<FileState> read_state(Connection& connection) {
  const auto application = connection.query_int("PRAGMA application_id");
  if (!application) return application.error();
  yield_point("schema.between_reads");
  const auto version = connection.query_int("PRAGMA user_version");
  if (!version) return version.error();
  const auto objects = connection.query_int("SELECT count(*) FROM sqlite_schema");
  if (!objects) return objects.error();
  return FileState{*application, *version, *objects};
}

Result<void> refuse_strangers(const FileState& state, const SchemaTable& table) {
  const bool is_blank = state.application == 0 && state.version == 0 && state.objects == 0;
  if (state.application != application_id && !is_blank) {
    return Error{ErrorCode::foreign_file, "the file is a database of another program; choose another path", 0, {}};
  }
  if (state.version > table.version()) {
    return Error{ErrorCode::newer_schema,
                 "the file has schema version " + std::to_string(state.version) + ", this program knows up to " +
                     std::to_string(table.version()) + "; use a newer program",
                 0,
                 {}};
  }
  return {};
}

// The sum is made here and not by SQLite, whose addition turns into a real number where it overflows.
Result<void> add_to_row_digest(Connection& connection, std::uint64_t sum) {
  const auto now = connection.query_int("SELECT row_digest FROM meta WHERE id = 1");
  if (!now) return now.error();
  auto update = connection.statement("UPDATE meta SET row_digest = ?1 WHERE id = 1");
  if (!update) return update.error();
  return update->bind(1, static_cast<std::int64_t>(static_cast<std::uint64_t>(*now) + sum)).run();
}

Result<void> record_step(Connection& connection, const SchemaStep& step) {
  auto insert = connection.statement("INSERT INTO migration(step, name) VALUES (?1, ?2)");
  if (!insert) return insert.error();
  if (auto done = insert->bind(1, step.version).bind(2, step.name).run(); !done) return done;
  std::uint64_t sum = migration_hash(step.version, step.name);
  if (step.version == 1) {
    auto meta = connection.statement("INSERT INTO meta(id, unicode_version) VALUES (1, ?1)");
    if (!meta) return meta.error();
    const std::string unicode = unicode_version();
    if (auto done = meta->bind(1, std::string_view{unicode}).run(); !done) return done;
    sum += predicate_hash(spelled_as_predicate, "spelled as", 0);  // the row that the step's SQL brings
  }
  return add_to_row_digest(connection, sum);
}

Result<void> run_step(Connection& connection, const SchemaStep& step) {
  if (auto done = connection.execute(step.sql); !done) return done;
  if (auto done = record_step(connection, step); !done) return done;
  if (auto done = connection.execute(set_application_id); !done) return done;
  return connection.execute(step.set_version);
}

struct KeyChange {
  std::int64_t id = 0;
  std::int64_t entity = 0;
  std::int64_t scheme = 0;
  std::string space;
  std::string before;
  std::string after;
};

Result<std::vector<KeyChange>> changed_keys(Connection& connection) {
  auto rows = connection.statement("SELECT id, entity, scheme, space, value FROM alias WHERE scheme IN (1, 2)");
  if (!rows) return rows.error();
  std::vector<KeyChange> changes;
  for (;;) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return changes;
    const auto after = normalise_name(rows->text(4));
    // What the new data can't fold stays as it is: still unique, and found by nobody but through its triples.
    if (!after || *after == rows->text(4)) continue;
    changes.push_back({rows->integer(0), rows->integer(1), rows->integer(2), std::string{rows->text(3)},
                       std::string{rows->text(4)}, *after});
  }
}

// Other Unicode data folds characters that were unassigned before, so keys made of them are made anew. A key that
// now equals another one's stays under its old value: which entity it means is for a person to say.
Result<void> recompute_keys(Connection& connection) {
  const auto changes = changed_keys(connection);
  if (!changes) return changes.error();
  std::uint64_t sum = 0;
  for (const KeyChange& change : *changes) {
    auto update = connection.statement("UPDATE OR IGNORE alias SET value = ?2 WHERE id = ?1");
    if (!update) return update.error();
    if (auto done = update->bind(1, change.id).bind(2, std::string_view{change.after}).run(); !done) return done;
    if (connection.changes() == 0) continue;
    sum += alias_hash(change.id, change.entity, change.space, change.scheme, change.after) -
           alias_hash(change.id, change.entity, change.space, change.scheme, change.before);
  }
  if (auto done = add_to_row_digest(connection, sum); !done) return done;
  auto update = connection.statement("UPDATE meta SET unicode_version = ?1, epoch = epoch + 1 WHERE id = 1");
  if (!update) return update.error();
  const std::string unicode = unicode_version();
  return update->bind(1, std::string_view{unicode}).run();
}

Result<bool> has_current_keys(Connection& connection) {
  auto row = connection.statement("SELECT unicode_version FROM meta WHERE id = 1");
  if (!row) return row.error();
  const auto found = row->step();
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::corrupt, "the file has no meta row; restore a backup", 0, {}};
  return row->text(0) == unicode_version();
}

// What a step finds in the file it did not put there: tables that are there already, or are not what they should be.
Error of_older_file(Error error, const FileState& state) {
  if (error.code != ErrorCode::internal || state.objects == 0) return error;
  error.code = ErrorCode::corrupt;
  error.message = "the file does not hold what schema version " + std::to_string(state.version) +
                  ", which it names, has; restore a backup (" + error.message + ')';
  return error;
}

// One step, or nothing where another process was faster. @returns true when all is done.
Result<bool> advance(Connection& connection, const SchemaTable& table) {
  const auto state = read_state(connection);
  if (!state) return state.error();
  if (auto known = refuse_strangers(*state, table); !known) return known.error();
  for (const SchemaStep& step : table.steps) {
    if (step.version <= state->version) continue;
    if (auto done = run_step(connection, step); !done) return of_older_file(done.error(), *state);
    return false;
  }
  const auto current = has_current_keys(connection);
  if (!current) return current.error();
  if (*current) return true;
  if (auto done = recompute_keys(connection); !done) return done.error();
  return false;
}

// In one snapshot: of a file that is being made, half before and half after the first commit looks like a stranger's.
Result<bool> is_up_to_date(Connection& connection, const SchemaTable& table) {
  struct ReadEnd {
    Connection& connection;
    ~ReadEnd() { connection.rollback_if_open(); }
  };
  if (auto begun = connection.begin_read(); !begun) return begun.error();
  const ReadEnd end{connection};
  const auto state = read_state(connection);
  if (!state) return state.error();
  if (auto known = refuse_strangers(*state, table); !known) return known.error();
  if (state->application != application_id || state->version != table.version()) return false;
  // Tables of another program version are for that version to know.
  if (table.steps.data() == own_schema().steps.data())
    if (auto ours = check_schema_objects(connection); !ours) return ours.error();
  return has_current_keys(connection);
}

}  // namespace

const SchemaTable& own_schema() noexcept {
  static constexpr SchemaTable table{own_steps};
  return table;
}

Result<void> ensure_schema(Connection& connection, GateHold& hold, ProcessTurnstile* turnstile,
                           TurnstileCounters& counters, Clock::SteadyPoint deadline, const Clock& clock,
                           const SchemaTable& table) {
  for (;;) {
    connection.set_deadline(deadline);
    const auto ready = is_up_to_date(connection, table);
    if (!ready) return ready.error();
    if (*ready) return {};
    auto transaction = Transaction::begin_immediate(connection, hold, turnstile, counters, deadline, clock);
    if (!transaction) return transaction.error();
    yield_point("schema.before_step");
    const auto done = advance(connection, table);
    if (!done) return done.error();
    if (*done) return {};
    if (fault("mutant.no_unique")) (void)connection.execute("DROP INDEX IF EXISTS alias_key");
    yield_point("schema.before_commit");
    if (auto committed = transaction->commit(); !committed) return committed;
    yield_point("schema.after_commit");
  }
}

}  // namespace commonbook::storage
