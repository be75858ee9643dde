// commonbook import ics|mail PATH...: documents into a file, or, with --dry-run, onto the screen.
// commonbook import book FILE...: what `export` wrote, into a file.
#include "command.hpp"
#include "console.hpp"
#include "dry_run.hpp"
#include "fresh_counts.hpp"
#include "import_book.hpp"
#include "json_output.hpp"
#include "point_in_time.hpp"

#include "commonbook/actors/runtime.hpp"
#include "commonbook/agents/agents.hpp"
#include "commonbook/agents/extractor.hpp"

#include <spdlog/spdlog.h>

#include <iostream>

namespace commonbook::apps {

namespace {

struct ImportVerbOptions {
  std::string kind;
  std::vector<std::string> paths;
  std::string agent;
  std::string ack = "durable";
  std::string extract = "rules";
  bool dry_run = false;
  std::string from;
  std::string until;
};

Result<std::unique_ptr<agents::Source>> open_source(const ImportVerbOptions& options, const std::string& agent) {
  const std::vector<std::filesystem::path> paths(options.paths.begin(), options.paths.end());
  auto source = options.kind == "ics" ? agents::open_calendars(paths, agent) : agents::open_mail(paths, agent);
  if (source && options.extract == "rules") return agents::extracting(std::move(*source), agents::make_rule_extractor(), agent);
  return source;
}

Json errors_json(const std::vector<agents::ImportError>& errors) {
  Json list = Json::array();
  for (const agents::ImportError& error : errors) list.push_back(to_string(error));
  return list;
}

Json import_json(const agents::ImportReport& report, bool interrupted) {
  return {{"agent", report.agent},
          {"documents", report.documents},
          {"facts", report.facts},
          {"observations", report.observations},
          {"triples", report.triples},
          {"acknowledged", report.acknowledged},
          {"replayed", report.replayed},
          {"failed", report.failed},
          {"created", report.created},
          {"existed", report.existed},
          {"dropped_total", report.dropped_total},
          {"dropped", dropped_json(report.dropped)},
          {"errors", errors_json(report.errors)},
          {"interrupted", interrupted}};
}

void print_import(const agents::ImportReport& report, const std::filesystem::path& path) {
  std::cout << path.string() << '\n';
  print_table({{"documents", std::to_string(report.documents)},
               {"facts", std::to_string(report.facts) + " found in their text"},
               {"observations", std::to_string(report.observations)},
               {"acknowledged",
                std::to_string(report.acknowledged) + " (" + std::to_string(report.replayed) + " were stored before)"},
               {"triples", std::to_string(report.triples)},
               {"entities", std::to_string(report.created) + " created, " + std::to_string(report.existed) + " found"},
               {"failed", std::to_string(report.failed)},
               {"dropped", std::to_string(report.dropped_total)}});
  for (const agents::Dropped& part : report.dropped)
    std::cout << "  dropped " << one_line(part.place, 100) << ": " << one_line(part.reason, 150) << '\n';
  for (const agents::ImportError& error : report.errors) spdlog::error("{}", to_string(error));
}

ExitCode import_documents(const CommonOptions& common, const ImportVerbOptions& options, Interrupt& interrupt) {
  const std::string agent = !options.agent.empty() ? options.agent : options.kind == "ics" ? "calendar" : "email";
  auto source = open_source(options, agent);
  if (!source) return fail(source.error());
  interrupt.drain_on_signal();
  actors::RuntimeOptions runtime_options;
  runtime_options.path = database_path(common.database, "memory", true);
  runtime_options.create = true;
  agents::BulkImport::apply(runtime_options);
  auto runtime = actors::Runtime::start(runtime_options);
  if (!runtime) return fail(runtime.error());
  agents::ImportOptions import_options;
  import_options.agent = agent;
  import_options.ack_class = options.ack == "applied" ? AckClass::applied : AckClass::durable;
  agents::BulkImport::apply(import_options);
  const FreshCounts counts;
  counts.listen(import_options);
  auto importer = agents::ImportAgent::start(**runtime, import_options, std::move(*source));
  if (!importer) return fail(importer.error());
  ProgressLine line;
  while (!importer->wait_for(std::chrono::milliseconds{50}) && !interrupt.requested()) {
    const auto report = importer->report();
    line.show(agent + ": " + std::to_string(report.documents) + " documents, " + std::to_string(report.acknowledged) +
              " acknowledged");
  }
  if (interrupt.requested()) {
    importer->stop();
    (void)importer->wait_for(runtime_options.drain);
  }
  line.clear();
  const auto shutdown = (*runtime)->shutdown();
  auto report = importer->report();
  counts.correct(report);
  if (common.json)
    print_json(import_json(report, interrupt.requested()));
  else
    print_import(report, runtime_options.path);
  if (interrupt.requested()) return ExitCode::interrupted;
  if (report.failed == 0 && report.errors.empty() && shutdown.clean) return ExitCode::ok;
  return exit_code_of(report.errors);
}

ExitCode look_only(const CommonOptions& common, const ImportVerbOptions& options) {
  std::optional<Timestamp> from;
  std::optional<Timestamp> until;
  if (!options.from.empty() && !(from = parse_point_in_time(options.from))) {
    spdlog::error("--from {}: write a date such as 2026-01-31", options.from);
    return ExitCode::usage;
  }
  if (!options.until.empty() && !(until = parse_point_in_time(options.until))) {
    spdlog::error("--until {}: write a date such as 2026-01-31", options.until);
    return ExitCode::usage;
  }
  const std::string agent = !options.agent.empty() ? options.agent : options.kind == "ics" ? "calendar" : "email";
  return dry_run([&] { return open_source(options, agent); }, from, until, common.json);
}

}  // namespace

void add_import(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "import", "Store calendars or mail, or look at what would be stored");
  auto options = std::make_shared<ImportVerbOptions>();
  verb.add_option("KIND", options->kind,
                  "ics: iCalendar files and folders; mail: mbox, Maildir, .eml; book: what `export` wrote")
      ->required()
      ->check(CLI::IsMember({"ics", "mail", "book"}));
  verb.add_option("PATH", options->paths, "Files and folders")->required();
  verb.add_option("--agent", options->agent, "The agent's name (default: calendar or email)");
  verb.add_option("--ack", options->ack, "What a receipt rules out: a killed process (applied), power loss (durable)")
      ->check(CLI::IsMember({"applied", "durable"}))
      ->capture_default_str();
  verb.add_option("--extract", options->extract, "Facts in the text of documents, found by rules, or none")
      ->check(CLI::IsMember({"rules", "none"}))
      ->capture_default_str();
  verb.add_flag("--dry-run", options->dry_run, "Store nothing; print each document, its triples and what is dropped");
  verb.add_option("--from", options->from, "With --dry-run: first day of the instances (default: the event's start)")
      ->type_name("DATE");
  verb.add_option("--until", options->until, "With --dry-run: end of the instances, exclusive (default: two years on)")
      ->type_name("DATE");
  verb.callback([&invocation, options] {
    invocation.action = [options](const CommonOptions& common, Interrupt& interrupt) {
      if (options->kind == "book") {
        if (!options->dry_run) return import_books(common, options->paths, interrupt);
        spdlog::error("--dry-run looks at calendars and mail only");
        return ExitCode::usage;
      }
      return options->dry_run ? look_only(common, *options) : import_documents(common, *options, interrupt);
    };
  });
}

}  // namespace commonbook::apps
