#include "commonbook/storage/forget.hpp"

#include "book/book_shared.hpp"
#include "book/for_each_row.hpp"
#include "book/retract.hpp"
#include "book/row_digest.hpp"
#include "book/triple_reader.hpp"
#include "care/care_transaction.hpp"
#include "care/forget_plan.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>
#include <span>

namespace commonbook::storage {
namespace {

// Marked in one transaction; about 10 us each.
constexpr std::size_t marks_at_once = 1024;
constexpr int rounds_max = 8;

class Forgetting {
 public:
  Forgetting(const Book& book, Connection& connection, const ForgetRequest& request, Clock::SteadyPoint deadline)
      : shared_(book.shared()), connection_(connection), request_(request), deadline_(deadline) {}

  Result<ForgetPlan> look(ForgetReport& report) {
    connection_.set_deadline(deadline_);
    auto snapshot = Snapshot::begin(shared_, connection_, deadline_);
    if (!snapshot) return snapshot.error();
    auto plan = plan_forget(connection_, request_);
    if (!plan) return plan.error();
    if (auto done = describe_plan(connection_, *plan, report); !done) return done.error();
    return plan;
  }

  // Planned anew under the writer lock, so that nothing that cites it can come in between.
  Result<std::int64_t> mark_together() {
    std::int64_t marked = 0;
    auto done = write([&](WriteBatch& batch) -> Result<void> {
      const auto plan = plan_forget(batch.connection(), request_);
      if (!plan) return plan.error();
      for (const auto* ids : {&plan->derived, &plan->chosen}) {
        const auto count = mark_retracted(batch, *ids);
        if (!count) return count.error();
        marked += *count;
      }
      return {};
    });
    if (!done) return done.error();
    return marked;
  }

  Result<std::int64_t> mark_in_slices(const ForgetPlan& plan, const Progress& progress) {
    std::vector<std::int64_t> order(plan.derived.rbegin(), plan.derived.rend());
    order.insert(order.end(), plan.chosen.begin(), plan.chosen.end());
    std::int64_t marked = 0;
    for (std::size_t at = 0; at < order.size(); at += marks_at_once) {
      const auto slice = std::span{order}.subspan(at, std::min(marks_at_once, order.size() - at));
      auto done = write([&](WriteBatch& batch) -> Result<void> {
        const auto count = mark_retracted(batch, slice);
        if (!count) return count.error();
        marked += *count;
        return {};
      });
      if (!done) return done.error();
      yield_point("forget.after_slice");
      if (progress) progress("retract", static_cast<double>(at) / static_cast<double>(order.size()));
    }
    return marked;
  }

  Result<std::int64_t> drop_suggestions();
  [[nodiscard]] std::int64_t transactions() const noexcept { return transactions_; }

 private:
  template <class Work>
  Result<void> write(Work work) {
    connection_.set_deadline(deadline_);
    ++transactions_;
    return transact({.book = shared_, .connection = connection_, .memory = memory_, .who = "forget"}, deadline_, work);
  }

  detail::BookShared& shared_;
  Connection& connection_;
  const ForgetRequest& request_;
  Clock::SteadyPoint deadline_;
  WriterMemory memory_;
  std::int64_t transactions_ = 0;
};

struct OpenSuggestion {
  std::int64_t left = 0;
  std::int64_t right = 0;
  double score = 0;
  std::string reason;
};

// Open suggestions of two entities of which one no longer claims the name that both were said to claim.
Result<std::vector<OpenSuggestion>> unfounded(Connection& connection) {
  std::vector<OpenSuggestion> found;
  // The reason ends with the name in quotation marks; 21 characters stand before it.
  auto read = for_each_row(
      connection,
      "WITH shared(left_entity, right_entity, score, reason, name) AS (SELECT left_entity, right_entity, score, reason, "
      "substr(reason, 22, length(reason) - 22) FROM suggestion WHERE status = 0 "
      "AND substr(reason, 1, 21) = 'both claim the name \"') "
      "SELECT left_entity, right_entity, score, reason FROM shared WHERE "
      "NOT EXISTS (SELECT 1 FROM claim c JOIN observation o ON o.id = c.observation "
      "WHERE c.name = shared.name AND c.entity = left_entity AND o.retracted = 0) OR "
      "NOT EXISTS (SELECT 1 FROM claim c JOIN observation o ON o.id = c.observation "
      "WHERE c.name = shared.name AND c.entity = right_entity AND o.retracted = 0)",
      [&found](const Statement& row) {
        found.push_back({row.integer(0), row.integer(1), row.real(2), std::string{row.text(3)}});
      });
  if (!read) return read.error();
  return found;
}

Result<std::int64_t> Forgetting::drop_suggestions() {
  std::int64_t dropped = 0;
  connection_.set_deadline(deadline_);
  const auto seen = unfounded(connection_);
  if (!seen) return seen.error();
  if (seen->empty()) return dropped;
  auto done = write([&](WriteBatch& batch) -> Result<void> {
    dropped = 0;
    const auto rows = unfounded(batch.connection());
    if (!rows) return rows.error();
    for (const OpenSuggestion& row : *rows) {
      auto remove = batch.connection().statement(
          "DELETE FROM suggestion WHERE left_entity = ?1 AND right_entity = ?2 AND status = 0");
      if (!remove) return remove.error();
      if (auto gone = remove->bind(1, row.left).bind(2, row.right).run(); !gone) return gone;
      batch.remove_hash(suggestion_hash(row.left, row.right, row.score, row.reason, 0));
      ++dropped;
    }
    return {};
  });
  if (!done) return done.error();
  return dropped;
}

Result<void> check_request(const ForgetRequest& request) {
  if (request.document || request.agent || request.since || request.since_commit) return {};
  return Error{ErrorCode::invalid_argument, "say what to forget: a document, an agent, or a time", 0, {}};
}

Result<ForgetReport> forget_or_throw(const Book& book, const ForgetRequest& request, Clock::SteadyPoint deadline,
                            const Progress& progress) {
  if (auto sensible = check_request(request); !sensible) return sensible.error();
  auto connection = book.shared().connect(Role::writer, deadline);
  if (!connection) return connection.error();
  Forgetting forgetting{book, *connection, request, deadline};
  ForgetReport report;
  auto plan = forgetting.look(report);
  if (!plan) return plan.error();
  if (plan->gone.empty())
    return Error{ErrorCode::not_found, "no observation that is still believed fits; nothing was changed", 0, {}};
  if (request.dry_run) return report;
  // A document is found by its index; other requests read all observations, which others should not wait for.
  const bool together = request.document && plan->gone.size() <= marks_at_once;
  // What came in between is found by the next round.
  for (int round = 0; round < rounds_max && !plan->gone.empty(); ++round) {
    const auto marked = together ? forgetting.mark_together() : forgetting.mark_in_slices(*plan, progress);
    if (!marked) return marked.error();
    if (together) break;
    ForgetReport more;
    plan = forgetting.look(more);
    if (!plan) return plan.error();
    report.observations += more.observations;
    report.derived += more.derived;
    report.triples += more.triples;
    report.claims += more.claims;
    report.documents += more.documents;
  }
  report.transactions = forgetting.transactions();
  const auto dropped = forgetting.drop_suggestions();
  if (!dropped) return dropped.error();
  report.suggestions = *dropped;
  return report;
}

}  // namespace

Result<ForgetReport> forget(const Book& book, const ForgetRequest& request, Clock::SteadyPoint deadline,
                            const Progress& progress) {
  return or_out_of_memory([&] { return forget_or_throw(book, request, deadline, progress); });
}

}  // namespace commonbook::storage
