// commonbook verify: checks every promise that can be read off a file.
#include "command.hpp"
#include "json_output.hpp"
#include "open_book.hpp"
#include "verify_text.hpp"

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

ExitCode verify_file(const CommonOptions& common) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  ProgressLine line;
  const auto report = storage::verify(opened->book, long_deadline(), [&line](std::string_view step, double share) {
    line.show("verify: " + std::string{step} + " " + std::to_string(static_cast<int>(share * 100)) + " %");
  });
  line.clear();
  if (!report) return fail(report.error());
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
  verb.callback([&invocation, database] {
    if (!database->empty()) invocation.common.database = *database;
    invocation.action = [](const CommonOptions& common, Interrupt&) { return verify_file(common); };
  });
}

}  // namespace commonbook::apps
