// The closure goes forward from what goes: a document whose last citing observation goes is dead; what names a dead
// document as evidence, and no living one, goes too, and its own document with it.
#include "care/forget_plan.hpp"

#include "book/for_each_row.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <string>

namespace commonbook::storage {
namespace {

constexpr std::size_t listed_max = 100;

void bind_optional(Statement& statement, int index, const std::optional<std::int64_t>& value) {
  if (value)
    statement.bind(index, *value);
  else
    statement.bind_null(index);
}

Result<std::vector<std::int64_t>> choose(Connection& connection, const ForgetRequest& request) {
  // By document through its index; the rest are conditions on what is found.
  auto select = connection.statement(
      request.document
          ? "SELECT o.id FROM document d JOIN observation o ON o.document = d.id JOIN session s ON s.id = o.session "
            "JOIN agent a ON a.id = s.agent WHERE d.external_id = ?1 AND (?2 IS NULL OR a.name = ?2) "
            "AND (?3 IS NULL OR o.time >= ?3) AND (?4 IS NULL OR o.commit_seq >= ?4) AND o.retracted = 0 ORDER BY o.id"
          : "SELECT o.id FROM observation o JOIN session s ON s.id = o.session JOIN agent a ON a.id = s.agent "
            "WHERE ?1 IS NULL AND (?2 IS NULL OR a.name = ?2) AND (?3 IS NULL OR o.time >= ?3) "
            "AND (?4 IS NULL OR o.commit_seq >= ?4) AND o.retracted = 0 ORDER BY o.id");
  if (!select) return select.error();
  select->bind_null(1).bind_null(2);
  if (request.document) select->bind(1, std::string_view{*request.document});
  if (request.agent) select->bind(2, std::string_view{*request.agent});
  bind_optional(*select, 3, request.since ? std::optional{request.since->unix_ms} : std::nullopt);
  bind_optional(*select, 4,
                request.since_commit ? std::optional{static_cast<std::int64_t>(*request.since_commit)} : std::nullopt);
  std::vector<std::int64_t> ids;
  auto read = for_each_row(*select, [&ids](const Statement& row) { ids.push_back(row.integer(0)); });
  if (!read) return read.error();
  return ids;
}

class Closure {
 public:
  Closure(Connection& connection, ForgetPlan& plan) : connection_(connection), plan_(plan) {}

  Result<void> run() {
    const auto derivations = connection_.query_int("SELECT EXISTS(SELECT 1 FROM derivation)");
    if (!derivations) return derivations.error();
    if (*derivations == 0) return {};
    std::deque<std::int64_t> waiting(plan_.chosen.begin(), plan_.chosen.end());
    for (; !waiting.empty(); waiting.pop_front()) {
      const auto document = document_of(waiting.front());
      if (!document) return document.error();
      if (document->empty()) continue;
      const auto living = is_living(*document);
      if (!living) return living.error();
      if (*living || !dead_.insert(*document).second) continue;
      const auto fallen = conclusions_from(*document);
      if (!fallen) return fallen.error();
      waiting.insert(waiting.end(), fallen->begin(), fallen->end());
    }
    for (const std::int64_t id : kept_) plan_.derived_kept += plan_.gone.count(id) == 0 ? 1 : 0;
    return {};
  }

 private:
  // Empty where the observation cites none.
  Result<std::string> document_of(std::int64_t observation) {
    auto select = connection_.statement(
        "SELECT d.external_id FROM observation o JOIN document d ON d.id = o.document WHERE o.id = ?1");
    if (!select) return select.error();
    const auto found = select->bind(1, observation).step();
    if (!found) return found.error();
    return *found ? std::string{select->text(0)} : std::string{};
  }

  Result<bool> is_living(const std::string& document) {
    if (dead_.count(document) > 0) return false;
    auto select = connection_.statement(
        "SELECT o.id FROM document d JOIN observation o ON o.document = d.id WHERE d.external_id = ?1 AND o.retracted = 0");
    if (!select) return select.error();
    select->bind(1, std::string_view{document});
    for (;;) {
      const auto row = select->step();
      if (!row) return row.error();
      if (!*row) return false;
      if (plan_.gone.count(select->integer(0)) == 0) return true;
    }
  }

  Result<std::vector<std::string>> evidence_of(std::int64_t observation) {
    auto select = connection_.statement("SELECT evidence FROM derivation WHERE observation = ?1");
    if (!select) return select.error();
    std::vector<std::string> names;
    select->bind(1, observation);
    auto read = for_each_row(*select, [&names](const Statement& row) { names.emplace_back(row.text(0)); });
    if (!read) return read.error();
    return names;
  }

  // Those that name this document, and nothing that lives, as evidence.
  Result<std::vector<std::int64_t>> conclusions_from(const std::string& document) {
    std::vector<std::int64_t> candidates;
    {
      auto select = connection_.statement(
          "SELECT v.observation FROM derivation v JOIN observation o ON o.id = v.observation "
          "WHERE v.evidence = ?1 AND o.retracted = 0 ORDER BY v.observation");
      if (!select) return select.error();
      select->bind(1, std::string_view{document});
      auto read = for_each_row(*select, [&](const Statement& row) { candidates.push_back(row.integer(0)); });
      if (!read) return read.error();
    }
    std::vector<std::int64_t> fallen;
    for (const std::int64_t candidate : candidates) {
      if (plan_.gone.count(candidate) > 0) continue;
      const auto names = evidence_of(candidate);
      if (!names) return names.error();
      bool supported = false;
      for (const std::string& name : *names) {
        const auto living = is_living(name);
        if (!living) return living.error();
        supported = supported || *living;
      }
      if (supported) {
        kept_.insert(candidate);
        continue;
      }
      plan_.gone.insert(candidate);
      plan_.derived.push_back(candidate);
      fallen.push_back(candidate);
    }
    return fallen;
  }

  Connection& connection_;
  ForgetPlan& plan_;
  std::unordered_set<std::string> dead_;
  std::set<std::int64_t> kept_;
};

Result<bool> is_cited_elsewhere(Connection& connection, const ForgetPlan& plan, std::int64_t document) {
  auto select = connection.statement("SELECT id FROM observation WHERE document = ?1 AND retracted = 0");
  if (!select) return select.error();
  select->bind(1, document);
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return false;
    if (plan.gone.count(select->integer(0)) == 0) return true;
  }
}

Result<void> describe_documents(Connection& connection, const ForgetPlan& plan, const std::set<std::int64_t>& documents,
                                ForgetReport& report) {
  std::set<std::string> ids;
  for (const std::int64_t document : documents) {
    const auto cited = is_cited_elsewhere(connection, plan, document);
    if (!cited) return cited.error();
    if (*cited) continue;
    ++report.documents;
    if (ids.size() >= listed_max) continue;
    auto select = connection.statement("SELECT external_id FROM document WHERE id = ?1");
    if (!select) return select.error();
    const auto found = select->bind(1, document).step();
    if (!found) return found.error();
    if (*found) ids.emplace(select->text(0));
  }
  report.document_ids.assign(ids.begin(), ids.end());
  return {};
}

}  // namespace

Result<ForgetPlan> plan_forget(Connection& connection, const ForgetRequest& request) {
  ForgetPlan plan;
  auto chosen = choose(connection, request);
  if (!chosen) return chosen.error();
  plan.chosen = std::move(*chosen);
  plan.gone.insert(plan.chosen.begin(), plan.chosen.end());
  if (auto done = Closure{connection, plan}.run(); !done) return done.error();
  return plan;
}

Result<void> describe_plan(Connection& connection, const ForgetPlan& plan, ForgetReport& report) {
  report.observations = static_cast<std::int64_t>(plan.chosen.size());
  report.derived = static_cast<std::int64_t>(plan.derived.size());
  report.derived_kept = plan.derived_kept;
  std::set<std::int64_t> documents;
  for (const auto* ids : {&plan.chosen, &plan.derived})
    for (const std::int64_t id : *ids) {
      auto select = connection.statement(
          "SELECT o.triple_count, o.claim_count, o.document, a.name, o.position FROM observation o "
          "JOIN session s ON s.id = o.session JOIN agent a ON a.id = s.agent WHERE o.id = ?1");
      if (!select) return select.error();
      const auto found = select->bind(1, id).step();
      if (!found) return found.error();
      if (!*found) continue;
      report.triples += select->integer(0);
      report.claims += select->integer(1);
      if (!select->is_null(2)) documents.insert(select->integer(2));
      if (ids == &plan.derived && report.derived_positions.size() < listed_max)
        report.derived_positions.push_back(std::string{select->text(3)} + " " + std::string{select->text(4)});
    }
  return describe_documents(connection, plan, documents, report);
}

}  // namespace commonbook::storage
