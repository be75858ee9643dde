// commonbook verify: checks every promise that can be read off a file.
#include "command.hpp"
#include "json_output.hpp"
#include "open_book.hpp"
#include "verify_text.hpp"

#include "commonbook/sim/book_history.hpp"
#include "commonbook/storage/care.hpp"

#include <iostream>

namespace commonbook::apps {

void print_verify(const storage::VerifyReport& report) {
  std::int64_t examined = 0;
  for (const storage::Check& check : report.checks) examined += check.examined;
  if (report.ok)
    std::cout << "verify: ok (" << report.checks.size() << " checks, " << examined << " rows and pages)\n";
  else
    std::cout << "verify: FAILED\n";
  for (const storage::Check& check : report.checks) {
    std::cout << "  " << (check.ok ? "ok      " : "FAILED  ") << check.id << "  " << check.what;
    if (!check.ok) std::cout << ": " << one_line(check.detail, 200);
    std::cout << '\n';
  }
}

namespace {

struct HistoryChoice {
  std::string folder;  // empty: none
  sim::BookHistoryOptions options;
};

// Adds what only a history can show to what the file shows.
Result<void> add_history(const storage::Book& book, const HistoryChoice& history, storage::VerifyReport& report) {
  if (history.folder.empty()) return {};
  const auto checks = sim::verify_history(book, history.folder, history.options, long_deadline());
  if (!checks) return checks.error();
  for (const storage::Check& check : *checks) {
    report.ok = report.ok && check.ok;
    report.checks.push_back(check);
  }
  return {};
}

ExitCode verify_file(const CommonOptions& common, const HistoryChoice& history) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  ProgressLine line;
  auto report = storage::verify(opened->book, long_deadline(), [&line](std::string_view step, double share) {
    line.show("verify: " + std::string{step} + " " + std::to_string(static_cast<int>(share * 100)) + " %");
  });
  line.clear();
  if (!report) return fail(report.error());
  if (const auto added = add_history(opened->book, history, *report); !added) return fail(added.error());
  if (common.json)
    print_json(verify_json(*report));
  else
    print_verify(*report);
  return report->ok ? ExitCode::ok : ExitCode::not_held;
}

}  // namespace

void add_verify(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "verify", "Check a file: structure, invariants and digests");
  auto database = std::make_shared<std::string>();
  verb.add_option("FILE", *database, "The database file, instead of --db");
  auto history = std::make_shared<HistoryChoice>();
  verb.add_option("--history", history->folder,
                  "A folder of histories, kept by all that wrote to the file: checks what was answered against it")
      ->check(CLI::ExistingDirectory);
  verb.add_flag("--merged", history->options.merges, "With --history: names that are alike may share an entity");
  verb.callback([&invocation, database, history] {
    if (!database->empty()) invocation.common.database = *database;
    invocation.action = [history](const CommonOptions& common, Interrupt&) { return verify_file(common, *history); };
  });
}

}  // namespace commonbook::apps
