#include "commonbook/storage/repair.hpp"

#include "book/book_shared.hpp"
#include "care/care_transaction.hpp"
#include "care/checked_copy.hpp"
#include "care/copy_book.hpp"
#include "care/repair_mirror.hpp"
#include "care/verify_checks.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/out_of_memory.hpp"

#include <array>
#include <string>

namespace commonbook::storage {
namespace {

struct IndexText {
  const char* name;
  const char* create;
};

// As schema_sql.hpp has them.
constexpr std::array<IndexText, 8> indexes{{
    {"alias_key", "CREATE UNIQUE INDEX IF NOT EXISTS alias_key ON alias(value, scheme, space)"},
    {"alias_entity", "CREATE INDEX IF NOT EXISTS alias_entity ON alias(entity)"},
    {"redirect_target", "CREATE INDEX IF NOT EXISTS redirect_target ON redirect(target)"},
    {"document_version", "CREATE UNIQUE INDEX IF NOT EXISTS document_version ON document(external_id, hash)"},
    {"document_subject",
     "CREATE INDEX IF NOT EXISTS document_subject ON document(subject) WHERE subject IS NOT NULL"},
    {"observation_document",
     "CREATE INDEX IF NOT EXISTS observation_document ON observation(document) WHERE document IS NOT NULL"},
    {"claim_entity", "CREATE INDEX IF NOT EXISTS claim_entity ON claim(entity)"},
    {"derivation_observation", "CREATE INDEX IF NOT EXISTS derivation_observation ON derivation(observation)"},
}};

constexpr int constraint_code = 19;  // SQLITE_CONSTRAINT: the statement failed, the transaction stands

bool is_constraint(const Error& error) noexcept { return (error.sqlite_code & 0xff) == constraint_code; }

class Repairing {
 public:
  Repairing(WriteBatch& batch, std::vector<Mended>& mended)
      : batch_(batch), connection_(batch.connection()), mended_(mended) {}

  Result<void> indexes_anew() {
    for (const IndexText& index : indexes) {
      auto known = connection_.statement("SELECT EXISTS(SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1)");
      if (!known) return known.error();
      const auto row = known->bind(1, std::string_view{index.name}).step();
      if (!row) return row.error();
      const bool is_there = known->integer(0) != 0;
      known->reset();
      if (is_there) continue;
      if (auto done = make(std::string{"the index "} + index.name + " was made again", index.create); !done) return done;
    }
    return make("all indexes were written anew from their tables", "REINDEX");
  }

  Result<void> search_anew() {
    const auto documents = connection_.query_int("SELECT count(*) FROM document");
    if (!documents) return documents.error();
    if (auto done = connection_.execute("INSERT INTO search(search) VALUES ('rebuild')"); !done) return done;
    note("the search index was written anew from the documents", *documents);
    return {};
  }

  Result<void> counts_anew() {
    const auto last = connection_.query_int("SELECT coalesce(max(id), 0) FROM entity");
    if (!last) return last.error();
    if (*last >= batch_.meta.next_entity) {
      note("the next entity's id was moved past the ids that are given out", *last + 1 - batch_.meta.next_entity);
      batch_.meta.next_entity = *last + 1;
    }
    for (const char* sql :
         {"UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM entity) WHERE name = 'entity' "
          "AND seq < (SELECT max(id) FROM entity)",
          "UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM observation) WHERE name = 'observation' "
          "AND seq < (SELECT max(id) FROM observation)",
          "UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM assertion) WHERE name = 'assertion' "
          "AND seq < (SELECT max(seq) FROM assertion)"})
      if (auto done = change("a counter was moved past the ids that are given out", sql); !done) return done;
    // Readers leave out what stands twice, so an earlier watermark is always right.
    if (auto done = change("the watermark was moved before the tail's first row",
                           "UPDATE meta SET watermark = (SELECT min(seq) FROM assertion) - 1, parts_overlap = 1 "
                           "WHERE watermark >= (SELECT min(seq) FROM assertion)");
        !done)
      return done;
    if (auto done = change("the purge of what is retracted was asked for again",
                           "UPDATE meta SET purge_pending = 1 WHERE purge_pending = 0 AND EXISTS "
                           "(SELECT 1 FROM observation WHERE retracted <> 0 AND (triple_count > 0 OR claim_count > 0))");
        !done)
      return done;
    if (auto done = change("the count of sorted triples was taken again",
                           "UPDATE meta SET triple_rows = (SELECT count(*) FROM triple) "
                           "WHERE triple_rows <> (SELECT count(*) FROM triple)");
        !done)
      return done;
    // What the background pass compares lives in memory alone; from the start, it makes what is missing, and no more.
    if (auto done = change("suggestions are looked for again",
                           "UPDATE meta SET suggestion_watermark = 0 WHERE suggestion_watermark <> 0");
        !done)
      return done;
    return connection_.execute("UPDATE meta SET epoch = epoch + 1");  // what processes remember starts anew
  }

  Result<void> digest_anew() {
    const auto sum = sum_of_rows(connection_);
    if (!sum) return sum.error();
    if (sum->digest == batch_.meta.row_digest) return {};
    note("the row digest was written anew for the rows that are there", sum->rows);
    batch_.meta.row_digest = sum->digest;
    return {};
  }

 private:
  void note(std::string what, std::int64_t rows) {
    Mended& mended = mended_.emplace_back();
    mended.what = std::move(what);
    mended.rows = rows;
  }

  // A constraint that the rows break is a finding, not an end.
  Result<void> make(std::string what, const char* sql) {
    Mended mended{std::move(what)};
    if (auto done = connection_.execute(sql); !done) {
      if (!is_constraint(done.error())) return done;
      mended.left = "rows break it: " + done.error().message + "; verify names them, restore a backup";
    }
    mended_.push_back(std::move(mended));
    return {};
  }

  Result<void> change(const char* what, const char* sql) {
    if (auto done = connection_.execute(sql); !done) return done;
    if (connection_.changes() > 0) mended_.push_back({what, connection_.changes()});
    return {};
  }

  WriteBatch& batch_;
  Connection& connection_;
  std::vector<Mended>& mended_;
};

Result<std::filesystem::path> copy_as_it_is(const Book& book, const RepairOptions& options, Clock::SteadyPoint deadline,
                                            const Progress& progress) {
  detail::BookShared& shared = book.shared();
  std::filesystem::path target = options.backup;
  if (target.empty()) {
    auto free = free_name(std::filesystem::path{shared.options.path.native() + ".before-repair"});
    if (!free) return free.error();
    target = std::move(*free);
  }
  auto source = shared.connect(Role::reader, deadline);
  if (!source) return source.error();
  const auto copy = copy_book(*source, {.target = target,
                                        .unknown_file_system_ok = shared.options.unknown_file_system_ok,
                                        .check_pages = false,
                                        .clock = shared.clock,
                                        .deadline = deadline,
                                        .progress = progress});
  if (!copy) return copy.error();
  return copy->path;
}

Result<void> mend(WriteBatch& batch, const RepairOptions& options, std::vector<Mended>& mended,
                  const Progress& progress) {
  const auto tell = [&progress](std::string_view step, double share) {
    if (progress) progress(step, share);
  };
  mended.clear();
  Repairing repairing{batch, mended};
  tell("indexes", 0.3);
  if (auto done = repairing.indexes_anew(); !done) return done;
  tell("mirror", 0.4);
  if (auto done = mend_mirror(batch.connection(), mended); !done) return done;
  tell("search index", 0.5);
  if (auto done = repairing.search_anew(); !done) return done;
  tell("counts", 0.6);
  if (auto done = repairing.counts_anew(); !done) return done;
  if (options.accept_rows)
    if (auto done = repairing.digest_anew(); !done) return done;
  batch.is_changed = true;
  yield_point("repair.before_commit");
  return {};
}

Result<RepairReport> repair_or_throw(const Book& book, const RepairOptions& options, Clock::SteadyPoint deadline,
                            const Progress& progress) {
  RepairReport report;
  auto copy = copy_as_it_is(book, options, deadline, progress);
  if (!copy) return copy.error();
  report.backup = std::move(*copy);
  {
    detail::BookShared& shared = book.shared();
    auto connection = shared.connect(Role::maintenance, deadline);
    if (!connection) return connection.error();
    WriterMemory memory;
    auto done = transact({.book = shared, .connection = *connection, .memory = memory, .who = "repair"}, deadline,
                         [&](WriteBatch& batch) { return mend(batch, options, report.mended, progress); });
    if (!done) return done.error();
  }
  auto verified = verify(book, deadline, progress);
  if (!verified) return verified.error();
  report.verify = std::move(*verified);
  return report;
}

}  // namespace

Result<RepairReport> repair(const Book& book, const RepairOptions& options, Clock::SteadyPoint deadline,
                            const Progress& progress) {
  return or_out_of_memory([&] { return repair_or_throw(book, options, deadline, progress); });
}

}  // namespace commonbook::storage
