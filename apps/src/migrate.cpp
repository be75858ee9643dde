// commonbook migrate: brings a file of an older schema up to date, with a verified backup first.
#include "command.hpp"
#include "console.hpp"
#include "json_output.hpp"

#include "commonbook/storage/migrate.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

ExitCode migrate_file(const CommonOptions& common, const std::string& backup) {
  const SystemClock clock;
  storage::BookOptions options;
  options.path = database_path(common.database, "memory", false);
  options.keep_overlay = false;
  ProgressLine line;
  const auto report = storage::migrate(options, backup, clock, long_deadline(), [&line](std::string_view step, double) {
    line.show("migrate: " + std::string{step});
  });
  line.clear();
  if (!report) return fail(report.error());
  if (common.json) {
    print_json({{"version_before", report->version_before},
                {"version_after", report->version_after},
                {"backup", report->backup.string()},
                {"steps", report->steps},
                {"checks", report->checks}});
    return ExitCode::ok;
  }
  if (report->backup.empty())
    std::cout << "schema version " << report->version_after << " already, verified (" << report->checks << " checks)\n";
  else
    std::cout << "schema version " << report->version_before << " to " << report->version_after << ", verified ("
              << report->checks << " checks); the file as it was: " << report->backup.string() << '\n';
  return ExitCode::ok;
}

}  // namespace

void add_migrate(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "migrate",
                            "Bring a file of an older schema up to date, with a verified backup first");
  auto database = std::make_shared<std::string>();
  auto backup = std::make_shared<std::string>();
  verb.add_option("FILE", *database, "The database file, instead of --db");
  verb.add_option("--backup", *backup, "New file for the backup (default: FILE.schema-N)")->type_name("FILE");
  verb.callback([&invocation, database, backup] {
    if (!database->empty()) invocation.common.database = *database;
    invocation.action = [backup](const CommonOptions& common, Interrupt&) { return migrate_file(common, *backup); };
  });
}

}  // namespace commonbook::apps
