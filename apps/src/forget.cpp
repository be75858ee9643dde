// commonbook forget: takes back what a document, an agent or a time brought, with what was concluded from it alone.
#include "command.hpp"
#include "json_output.hpp"
#include "open_book.hpp"
#include "point_in_time.hpp"

#include "commonbook/storage/forget.hpp"

#include <spdlog/spdlog.h>

#include <iostream>

namespace commonbook::apps {

namespace {

struct ForgetChoice {
  std::string document;
  std::string agent;
  std::string since;
  std::uint64_t since_commit = 0;
  bool dry_run = false;
  bool no_purge = false;
};

storage::ForgetRequest request_of(const ForgetChoice& choice, std::optional<Timestamp> since) {
  storage::ForgetRequest request;
  if (!choice.document.empty()) request.document = choice.document;
  if (!choice.agent.empty()) request.agent = choice.agent;
  if (choice.since_commit > 0) request.since_commit = choice.since_commit;
  request.since = since;
  request.dry_run = choice.dry_run;
  return request;
}

void print_report(const storage::ForgetReport& report, const storage::PurgeReport& purge, bool dry_run, bool purged) {
  std::cout << (dry_run ? "would be forgotten" : "forgotten") << '\n';
  print_table({{"observations", std::to_string(report.observations)},
               {"concluded from them", std::to_string(report.derived) + " go along, " +
                                           std::to_string(report.derived_kept) + " stay on other evidence"},
               {"rows", std::to_string(report.triples) + " of triples, " + std::to_string(report.claims) + " of claims"},
               {"documents", std::to_string(report.documents)}});
  for (const std::string& id : report.document_ids) std::cout << "  document  " << one_line(id, 150) << '\n';
  for (const std::string& place : report.derived_positions)
    std::cout << "  concluded by  " << one_line(place, 150) << '\n';
  if (dry_run) return;
  if (report.suggestions > 0) std::cout << "  suggestions withdrawn  " << report.suggestions << '\n';
  if (purge.done)
    std::cout << "  deleted from the file" << (purge.by_another ? ", with the help of a running process" : "") << '\n';
  else if (purged)
    std::cout << "  not all is deleted from the file yet: run any verb `forget` again, or leave it to a running process\n";
  else
    std::cout << "  not deleted from the file yet: a running process does it, or the next `forget`\n";
}

Json report_json(const storage::ForgetReport& report, const storage::PurgeReport& purge, bool dry_run) {
  Json json = {{"dry_run", dry_run},
               {"observations", report.observations},
               {"derived", report.derived},
               {"derived_kept", report.derived_kept},
               {"triples", report.triples},
               {"claims", report.claims},
               {"documents", report.documents},
               {"suggestions", report.suggestions},
               {"document_ids", report.document_ids},
               {"derived_positions", report.derived_positions},
               {"transactions", report.transactions}};
  if (!dry_run)
    json["purge"] = {{"rows", purge.rows}, {"slices", purge.slices}, {"done", purge.done}, {"by_another", purge.by_another}};
  return json;
}

ExitCode forget_source(const CommonOptions& common, const ForgetChoice& choice) {
  const auto since = parse_point_in_time(choice.since);
  if (!choice.since.empty() && !since) {
    spdlog::error("--since {}: write a time such as 2026-01-31 or 2026-01-31T09:00:00Z", choice.since);
    return ExitCode::usage;
  }
  const auto request = request_of(choice, since);
  if (!request.document && !request.agent && !request.since && !request.since_commit) {
    spdlog::error("say what to forget: --document ID, --agent NAME, --since TIME or --since-commit N");
    return ExitCode::usage;
  }
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  ProgressLine line;
  const auto show = [&line](std::string_view step, double) { line.show("forget: " + std::string{step}); };
  const auto report = storage::forget(opened->book, request, long_deadline(), show);
  if (!report) {
    line.clear();
    const ExitCode code = fail(report.error());
    return report.error().code == ErrorCode::not_found ? ExitCode::not_held : code;
  }
  storage::PurgeReport purge;
  const bool purges = !choice.dry_run && !choice.no_purge;
  if (purges) {
    const auto purged = storage::purge_forgotten(opened->book, long_deadline(), show);
    line.clear();
    if (!purged) return fail(purged.error());
    purge = *purged;
  }
  line.clear();
  if (common.json)
    print_json(report_json(*report, purge, choice.dry_run));
  else
    print_report(*report, purge, choice.dry_run, purges);
  return !purges || purge.done ? ExitCode::ok : ExitCode::busy;
}

}  // namespace

void add_forget(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "forget",
                            "Take back what a document, an agent or a time brought, and what rests on it alone");
  auto choice = std::make_shared<ForgetChoice>();
  verb.add_option("--document", choice->document, "What cites this document: a Message-ID in angle brackets, or a UID")
      ->type_name("ID");
  verb.add_option("--agent", choice->agent, "What this agent stored")->type_name("NAME");
  verb.add_option("--since", choice->since, "What was observed then or later, by the source's own account")
      ->type_name("TIME");
  verb.add_option("--since-commit", choice->since_commit,
                  "What was stored by this commit (see `stats`) or a later one, whatever the source says of its time")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  verb.add_flag("--dry-run", choice->dry_run, "Change nothing; say what would go");
  verb.add_flag("--no-purge", choice->no_purge, "Only take it from the readers; leave the rows to a running process");
  verb.callback([&invocation, choice] {
    invocation.action = [choice](const CommonOptions& common, Interrupt&) { return forget_source(common, *choice); };
  });
}

}  // namespace commonbook::apps
