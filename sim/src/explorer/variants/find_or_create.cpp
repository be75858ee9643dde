#include "variants/find_or_create.hpp"

#include "commonbook/model/yield_point.hpp"
#include "commonbook/storage/care.hpp"
#include "storage_steps.hpp"

#include <algorithm>

namespace commonbook::sim::explorer {
namespace {

constexpr std::uint64_t schedules_a_file = 512;
constexpr std::uint64_t schedules_a_checkpoint = 128;
constexpr std::uint64_t schedules_a_verify = 64;

}  // namespace

Result<void> FindOrCreateVariant::open_all() {
  checkpointer_.reset();
  writers_.clear();
  inspector_.reset();
  if (auto opened = stage_.open_copy(); !opened) return opened;
  for (std::size_t thread = 0; thread < threads(); ++thread) {
    auto writer = storage::Writer::open(stage_.book(thread / threads_each_), stage_.deadline());
    if (!writer) return writer.error();
    writers_.push_back(std::move(*writer));
  }
  auto checkpointer = storage::Checkpointer::open(stage_.book(0), stage_.deadline());
  if (!checkpointer) return checkpointer.error();
  checkpointer_.emplace(std::move(*checkpointer));
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(stage_.file().c_str(), &raw, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  inspector_.reset(raw);
  if (code != SQLITE_OK) return Error{ErrorCode::io, "the file can't be inspected", code, {}};
  return {};
}

Result<void> FindOrCreateVariant::prepare(const std::filesystem::path& folder) {
  const bool is_new = !stage_.has_template(folder);
  if (is_new) {
    auto made = stage_.make_template(folder, [](const storage::Book&) { return Result<void>{}; });
    if (!made) return made;
  }
  if (is_new || schedules_ % schedules_a_file == 0) {
    if (auto opened = open_all(); !opened) return opened;
  } else if (schedules_ % schedules_a_checkpoint == 0) {
    if (auto done = checkpointer_->run(stage_.deadline()); !done) return done.error();
  }
  key_ = "acme " + std::to_string(++schedules_);
  std::fill(results_.begin(), results_.end(), std::nullopt);
  was_told_too_early_ = false;
  conflicts_before_ = count_conflicts();
  return {};
}

void FindOrCreateVariant::run(std::size_t thread) {
  yield_point("begin.find_or_create");
  results_[thread] = writers_[thread].find_or_create(named(key_), stage_.deadline());
  // Whoever is told an id must be able to rely on it at once, in any process.
  if (!*results_[thread]) return;
  yield_point("end.find_or_create");
  const auto rows = count("SELECT count(*) FROM alias WHERE value = ?1");
  was_told_too_early_ = was_told_too_early_ || !rows || *rows == 0;
}

Result<std::int64_t> FindOrCreateVariant::count(const char* sql) const {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(inspector_.get(), sql, -1, &raw, nullptr) == SQLITE_OK) {
    const StatementHandle statement{raw};
    sqlite3_bind_text(raw, 1, key_.c_str(), -1, SQLITE_STATIC);
    if (sqlite3_step(raw) == SQLITE_ROW) return std::int64_t{sqlite3_column_int64(raw, 0)};
  }
  return Error{ErrorCode::io, sqlite3_errmsg(inspector_.get()), sqlite3_extended_errcode(inspector_.get()), {}};
}

std::string FindOrCreateVariant::check_answers(std::int64_t entity) const {
  std::size_t creators = 0;
  for (std::size_t thread = 0; thread < results_.size(); ++thread) {
    const auto& result = results_[thread];
    const std::string who = "thread " + std::to_string(thread);
    if (!result) return who + " got no answer";
    if (!*result) return who + " got " + to_string(result->error());
    if ((**result).id != entity) return who + " got another id than the one that is stored";
    if ((**result).created) ++creators;
  }
  return creators == 1 ? "" : std::to_string(creators) + " callers were told `created`";
}

std::string FindOrCreateVariant::check() {
  if (was_told_too_early_) return "an id was given out before it was committed";
  // Without the index, so that a row that the index lost is seen.
  const auto rows = count("SELECT count(*) FROM alias NOT INDEXED WHERE value = ?1");
  const auto entity = count("SELECT min(entity) FROM alias NOT INDEXED WHERE value = ?1");
  const auto invisible = count("SELECT count(*) FROM entity WHERE id NOT IN (SELECT entity FROM alias)");
  for (const auto* figure : {&rows, &entity, &invisible}) {
    if (!*figure) return to_string(figure->error());
  }
  if (*rows != 1) return std::to_string(*rows) + " rows for one key";
  if (*invisible != 0) return std::to_string(*invisible) + " entities without a key";
  if (auto wrong = check_answers(*entity); !wrong.empty()) return wrong;
  if (schedules_ % schedules_a_verify != 0) return {};
  const auto report = storage::verify(stage_.book(0), stage_.deadline());
  if (!report) return to_string(report.error());
  for (const storage::Check& check : report->checks) {
    if (!check.ok) return "verify: " + check.id + ": " + check.detail;
  }
  return {};
}

std::uint64_t FindOrCreateVariant::count_conflicts() const {
  std::uint64_t conflicts = 0;
  for (std::size_t process = 0; process < processes_; ++process) {
    conflicts += stage_.book(process).counters().alias_conflicts_resolved;
  }
  return conflicts;
}

std::string FindOrCreateVariant::outcome() {
  std::string text;
  for (const auto& result : results_) text += result && *result ? ((**result).created ? 'c' : 'f') : 'e';
  return text + ", constraint met " + std::to_string(count_conflicts() - conflicts_before_);
}

Touched FindOrCreateVariant::touched(std::size_t thread, std::string_view step) const {
  Touched touched = touched_by(step, thread / threads_each_);
  // Nobody changes the epoch here, so that the cache is only looked into; and there is no second name.
  if (step == "foc.after_lock") std::swap(touched.reads, touched.writes);
  if (step == "foc.after_insert" || step == "foc.after_lookup") return {0, 0};
  return touched;
}

}  // namespace commonbook::sim::explorer
