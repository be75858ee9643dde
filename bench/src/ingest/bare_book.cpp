#include "bare_book.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <tuple>
#include <utility>

namespace commonbook::bench {
namespace {

constexpr const char* bare_schema = R"sql(
CREATE TABLE meta(id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, watermark INTEGER NOT NULL);
INSERT INTO meta VALUES (1, 0, 0);
CREATE TABLE entity(id INTEGER PRIMARY KEY, spelling TEXT NOT NULL);
CREATE TABLE alias(hash INTEGER PRIMARY KEY, entity INTEGER NOT NULL, alias TEXT NOT NULL);
CREATE TABLE tail(sequence INTEGER PRIMARY KEY, subject INTEGER NOT NULL, predicate INTEGER NOT NULL,
  object INTEGER NOT NULL, source INTEGER NOT NULL);
CREATE TABLE triple(subject INTEGER NOT NULL, predicate INTEGER NOT NULL, object INTEGER NOT NULL,
  source INTEGER NOT NULL, PRIMARY KEY(subject, predicate, object, source)) WITHOUT ROWID;
CREATE TABLE mirror(object INTEGER NOT NULL, predicate INTEGER NOT NULL, subject INTEGER NOT NULL,
  PRIMARY KEY(object, predicate, subject)) WITHOUT ROWID;
)sql";

constexpr auto slice_time = std::chrono::milliseconds{2};
constexpr std::int64_t deletes_at_once = 16'384;

std::int64_t hash_of(const std::string& alias) {
  return static_cast<std::int64_t>(std::hash<std::string>{}(alias));
}

}  // namespace

void FirstComeGate::lock() {
  std::atomic<int> mine{0};
  {
    const std::lock_guard guard{mutex_};
    if (!std::exchange(held_, true)) return;
    waiting_.push_back(&mine);
  }
  mine.wait(0);
}

void FirstComeGate::unlock() {
  std::atomic<int>* next = nullptr;
  const std::lock_guard guard{mutex_};
  if (waiting_.empty()) {
    held_ = false;
    return;
  }
  next = waiting_.front();
  waiting_.pop_front();
  next->store(1);
  next->notify_one();
}

struct BareBook::Statements {
  explicit Statements(const Database& database)
      : begin(database.prepare("BEGIN IMMEDIATE")),
        commit(database.prepare("COMMIT")),
        epoch(database.prepare("SELECT epoch FROM meta")),
        find(database.prepare("SELECT entity, alias FROM alias WHERE hash = ?1")),
        entity(database.prepare("INSERT INTO entity(spelling) VALUES (?1)")),
        alias(database.prepare("INSERT INTO alias VALUES (?1, ?2, ?3)")),
        append(database.prepare("INSERT INTO tail(subject, predicate, object, source) VALUES (?1, ?2, ?3, ?4)")) {}
  PreparedStatement begin, commit, epoch, find, entity, alias, append;
};

struct BareBook::CompactionStatements {
  explicit CompactionStatements(const BareBook& book)
      : database(book.file_, {.durable = false, .cache_kib = 200 * 1024}),
        begin(database.prepare("BEGIN IMMEDIATE")),
        commit(database.prepare("COMMIT")),
        select(database.prepare("SELECT subject, predicate, object, source, sequence FROM tail WHERE sequence > ?1")),
        triple(database.prepare("INSERT OR IGNORE INTO triple VALUES (?1, ?2, ?3, ?4)")),
        mirror(database.prepare("INSERT OR IGNORE INTO mirror VALUES (?1, ?2, ?3)")),
        remove(database.prepare("DELETE FROM tail WHERE sequence < ?1")),
        move(database.prepare("UPDATE meta SET watermark = ?1")) {}
  Database database;
  PreparedStatement begin, commit, select, triple, mirror, remove, move;
  std::int64_t watermark = 0;
};

void BareBook::Overlay::add(const std::vector<Row>& rows) {
  const std::unique_lock lock{mutex};
  for (const Row& row : rows) {
    by_subject[row.subject].push_back(row);
    by_object[row.object].push_back(row);
  }
}

void BareBook::Overlay::drop(std::int64_t sequence) {
  for (auto* index : {&by_subject, &by_object}) {
    const std::unique_lock lock{mutex};
    for (auto entry = index->begin(); entry != index->end();) {
      std::erase_if(entry->second, [sequence](const Row& row) { return row.sequence <= sequence; });
      entry = entry->second.empty() ? index->erase(entry) : std::next(entry);
    }
  }
}

BareBook::BareBook(const std::filesystem::path& file, const Options& options) : file_(file), options_(options) {
  writer_ = std::make_unique<Database>(file, Database::Options{.durable = options.durable, .cache_kib = 200 * 1024});
  writer_->execute(bare_schema);
  statements_ = std::make_unique<Statements>(*writer_);
  if (options.compacts) compactor_ = std::thread{[this] { compact_while_running(); }};
  checkpointer_ = std::thread{[this] { checkpoint_while_running(); }};
}

BareBook::~BareBook() {
  finish();
  {
    const std::lock_guard lock{wake_mutex_};
    ending_ = true;
  }
  wake_.notify_all();
  checkpointer_.join();
}

void BareBook::begin() {
  while (tail_ > 8 * options_.compaction_rows && options_.compacts)
    std::this_thread::sleep_for(std::chrono::microseconds{500});
  gate_.lock();
  statements_->begin.run();
  static_cast<void>(statements_->epoch.step());
  statements_->epoch.reset();
  rows_.clear();
}

std::int64_t BareBook::find(const std::string& alias) {
  PreparedStatement& find = statements_->find;
  for (std::int64_t hash = hash_of(alias);; ++hash) {
    find.bind(1, hash);
    std::int64_t id = -1;
    const bool found = find.step();
    if (found && find.text(1) == alias) id = find.integer(0);
    find.reset();
    if (!found || id >= 0) return id;
  }
}

std::int64_t BareBook::create(const std::string& spelling, const std::string& alias) {
  statements_->entity.bind(1, std::string_view{spelling}).run();
  const std::int64_t id = writer_->last_row();
  std::int64_t hash = hash_of(alias);
  for (PreparedStatement& find = statements_->find;; ++hash) {
    const bool taken = find.bind(1, hash).step();
    find.reset();
    if (!taken) break;
  }
  statements_->alias.bind(1, hash).bind(2, id).bind(3, std::string_view{alias}).run();
  return id;
}

void BareBook::put(std::int64_t subject, std::int64_t predicate, std::int64_t object, std::int64_t source) {
  statements_->append.bind(1, subject).bind(2, predicate).bind(3, object).bind(4, source).run();
  rows_.push_back({subject, predicate, object, source, writer_->last_row()});
}

void BareBook::commit() {
  statements_->commit.run();
  overlay_.add(rows_);
  tail_ += static_cast<std::int64_t>(rows_.size());
  note_log(*writer_);
  gate_.unlock();
}

void BareBook::note_log(const Database& connection) {
  if (connection.log_pages() < options_.checkpoint_pages) return;
  {
    const std::lock_guard lock{wake_mutex_};
    checkpoint_due_ = true;
  }
  wake_.notify_one();
}

void BareBook::finish() {
  finishing_ = true;
  if (compactor_.joinable()) compactor_.join();
}

void BareBook::compact_while_running() {
  CompactionStatements statements{*this};
  for (;;) {
    const bool last = finishing_;
    if (tail_ >= options_.compaction_rows || (last && tail_ > 0)) {
      compact_once(statements);
    } else if (last) {
      break;
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds{500});
    }
  }
  compaction_pages_ = statements.database.pages_written();
}

void BareBook::compact_once(CompactionStatements& statements) {
  std::vector<Row> rows;
  statements.select.bind(1, statements.watermark);
  while (statements.select.step()) {
    const PreparedStatement& row = statements.select;
    rows.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)});
  }
  statements.select.reset();
  if (rows.empty()) return;
  const std::int64_t high = rows.back().sequence;
  const auto in_slices = [&](const auto& insert) {
    for (std::size_t at = 0; at < rows.size();) {
      gate_.lock();
      const auto end = std::chrono::steady_clock::now() + slice_time;
      statements.begin.run();
      for (std::size_t done = 0; at < rows.size(); ++at, ++done) {
        if (done % 64 == 63 && std::chrono::steady_clock::now() >= end) break;
        insert(rows[at]);
      }
      statements.commit.run();
      note_log(statements.database);
      gate_.unlock();
    }
  };
  std::sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return std::tie(left.subject, left.predicate, left.object, left.source) <
           std::tie(right.subject, right.predicate, right.object, right.source);
  });
  in_slices([&](const Row& row) {
    statements.triple.bind(1, row.subject).bind(2, row.predicate).bind(3, row.object).bind(4, row.source).run();
  });
  std::sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return std::tie(left.object, left.predicate, left.subject) < std::tie(right.object, right.predicate, right.subject);
  });
  in_slices([&](const Row& row) {
    statements.mirror.bind(1, row.object).bind(2, row.predicate).bind(3, row.subject).run();
  });
  while (statements.watermark < high) {
    // The last row stays, so that the sequence keeps rising without a counter.
    const std::int64_t until = std::min(high, statements.watermark + deletes_at_once);
    gate_.lock();
    statements.begin.run();
    statements.remove.bind(1, until).run();
    if (until == high) statements.move.bind(1, high).run();
    statements.commit.run();
    note_log(statements.database);
    gate_.unlock();
    statements.watermark = until;
  }
  overlay_.drop(high);
  tail_ -= static_cast<std::int64_t>(rows.size());
}

// One connection holds the writer lock while the other copies: so the log can't be restarted by a writer meanwhile.
void BareBook::checkpoint_while_running() {
  Database guard{file_, {.durable = false}};
  Database copier{file_, {.durable = false}};
  for (;;) {
    {
      std::unique_lock lock{wake_mutex_};
      wake_.wait(lock, [this] { return ending_ || checkpoint_due_; });
      if (ending_) return;
      checkpoint_due_ = false;
    }
    gate_.lock();
    guard.execute("BEGIN IMMEDIATE");
    copier.checkpoint();
    guard.execute("ROLLBACK");
    gate_.unlock();
  }
}

std::int64_t BareBook::log_pages_written() const { return writer_->pages_written() + compaction_pages_; }

}  // namespace commonbook::bench
