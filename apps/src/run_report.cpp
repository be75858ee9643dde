#include "run_report.hpp"

#include "answer_text.hpp"
#include "console.hpp"
#include "verify_text.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

struct Totals {
  std::uint64_t documents = 0;
  std::uint64_t facts = 0;
  std::uint64_t observations = 0;
  std::uint64_t triples = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t replayed = 0;
  std::uint64_t created = 0;
  std::uint64_t existed = 0;
  std::uint64_t dropped = 0;
};

Totals totals_of(const std::vector<agents::ImportReport>& reports) {
  Totals totals;
  for (const agents::ImportReport& report : reports) {
    totals.documents += report.documents;
    totals.facts += report.facts;
    totals.observations += report.observations;
    totals.triples += report.triples;
    totals.acknowledged += report.acknowledged;
    totals.replayed += report.replayed;
    totals.created += report.created;
    totals.existed += report.existed;
    totals.dropped += report.dropped_total;
  }
  return totals;
}

double milliseconds(std::uint64_t microseconds) { return static_cast<double>(microseconds) / 1000.0; }

std::string rounded(double value) {
  const auto tenths = static_cast<std::int64_t>(value * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

Json agents_json(const std::vector<agents::ImportReport>& reports) {
  Json list = Json::array();
  for (const agents::ImportReport& report : reports)
    list.push_back({{"agent", report.agent},
                    {"documents", report.documents},
                    {"facts", report.facts},
                    {"observations", report.observations},
                    {"acknowledged", report.acknowledged},
                    {"replayed", report.replayed},
                    {"failed", report.failed},
                    {"triples", report.triples},
                    {"created", report.created},
                    {"existed", report.existed},
                    {"dropped_total", report.dropped_total},
                    {"dropped", dropped_json(report.dropped)}});
  return list;
}

}  // namespace

void RunReport::add_error(const std::string& before, const Error& error) {
  errors.push_back(before + to_string(error));
  damaged = damaged || exit_code_of(error) == ExitCode::damaged;
}

ExitCode RunReport::exit_code() const noexcept {
  if (damaged) return ExitCode::damaged;
  return errors.empty() && verify.ok ? ExitCode::ok : ExitCode::not_held;
}

std::string agent_line(const agents::ImportReport& report) {
  std::string line = report.agent + ": " + std::to_string(report.documents) + " documents, " +
                     std::to_string(report.acknowledged) + " acknowledged, " + std::to_string(report.triples) +
                     " triples";
  if (!report.finished && report.source.bytes_total > 0)
    line += " (" + std::to_string(report.source.bytes_done * 100 / report.source.bytes_total) + " %)";
  if (report.replayed > 0) line += ", " + std::to_string(report.replayed) + " stored before";
  if (report.failed > 0) line += ", " + std::to_string(report.failed) + " FAILED";
  if (report.dropped_total > 0) line += ", " + std::to_string(report.dropped_total) + " parts dropped";
  return line;
}

Json run_json(const RunReport& report) {
  const Totals totals = totals_of(report.agents);
  const actors::RuntimeMetrics& metrics = report.shutdown.metrics;
  Json answers = Json::array();
  for (const AskedQuestion& asked : report.answers) {
    if (asked.answer) {
      answers.push_back(answer_json(asked.question, *asked.answer));
    } else {
      answers.push_back(answer_json(asked.question, Answer{}));
      answers.back()["error"] = to_string(asked.answer.error());
    }
  }
  return {{"database", report.database.string()},
          {"documents", totals.documents},
          {"facts", totals.facts},
          {"observations", totals.observations},
          {"triples", totals.triples},
          {"entities", report.stats ? Json(report.stats->entities) : Json{}},
          {"created", totals.created},
          {"existed", totals.existed},
          {"replayed", totals.replayed},
          {"suggestions", report.stats ? Json(report.stats->suggestions) : Json{}},
          {"acknowledged",
           {{"count", totals.acknowledged},
            {"p50_ms", milliseconds(metrics.acknowledge.p50_us)},
            {"p99_ms", milliseconds(metrics.acknowledge.p99_us)},
            {"max_ms", milliseconds(metrics.acknowledge.max_us)}}},
          {"commits", metrics.commits},
          {"batch",
           {{"triples_mean", metrics.batch_triples_mean},
            {"triples_max", metrics.batch_triples_max},
            {"observations_max", metrics.batch_observations_max}}},
          {"wal_bytes", metrics.wal_bytes_max},
          {"dropped", totals.dropped},
          {"questions_during_import", {{"asked", report.early.asked}, {"failed", report.early.failed}}},
          {"errors", report.errors},
          {"verify", verify_json(report.verify)},
          {"row_digest", hex_text(report.row_digest)},
          {"content_digest", hex_text(report.content_digest)},
          {"shutdown",
           {{"clean", report.shutdown.clean},
            {"cancelled", report.shutdown.cancelled},
            {"unknown", report.shutdown.unknown}}},
          {"interrupted", report.interrupted},
          {"agents", agents_json(report.agents)},
          {"answers", std::move(answers)}};
}

void print_run(const RunReport& report) {
  const Totals totals = totals_of(report.agents);
  const actors::RuntimeMetrics& metrics = report.shutdown.metrics;
  std::cout << '\n';
  print_table({
      {"database", report.database.string()},
      {"documents", std::to_string(totals.documents)},
      {"facts", std::to_string(totals.facts) + " found in their text"},
      {"observations",
       std::to_string(totals.observations) + " (" + std::to_string(totals.replayed) + " were stored before)"},
      {"triples", std::to_string(totals.triples)},
      {"entities", std::to_string(totals.created) + " created, " + std::to_string(totals.existed) + " found"},
      {"suggestions", report.stats ? std::to_string(report.stats->suggestions) : "?"},
      {"acknowledged", std::to_string(totals.acknowledged) + "; p50 " + milliseconds_text(metrics.acknowledge.p50_us) +
                           ", p99 " + milliseconds_text(metrics.acknowledge.p99_us) + ", max " +
                           milliseconds_text(metrics.acknowledge.max_us)},
      {"commits", std::to_string(metrics.commits)},
      {"batch sizes", rounded(metrics.batch_triples_mean) + " triples on average, at most " +
                          std::to_string(metrics.batch_triples_max) + " in " +
                          std::to_string(metrics.batch_observations_max) + " observations"},
      {"WAL", "at most " + bytes_text(metrics.wal_bytes_max)},
      {"questions", std::to_string(report.early.asked) + " answered during the import, " +
                        std::to_string(report.early.failed) + " failed"},
      {"errors", std::to_string(report.errors.size())},
  });
  for (const AskedQuestion& asked : report.answers) {
    std::cout << '\n' << one_line(asked.question, 300) << '\n';
    if (asked.answer)
      print_answer(*asked.answer, 1);
    else
      std::cout << "  " << to_string(asked.answer.error()) << '\n';
  }
  std::cout << '\n';
  for (const std::string& error : report.errors) std::cout << "error: " << one_line(error, 300) << '\n';
  print_verify(report.verify);
  std::cout << "row digest " << hex_text(report.row_digest) << ", content digest " << hex_text(report.content_digest)
            << '\n';
}

}  // namespace commonbook::apps
