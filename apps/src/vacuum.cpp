// commonbook vacuum: gives free space back to the disk.
#include "command.hpp"
#include "json_output.hpp"
#include "open_book.hpp"

#include "commonbook/storage/vacuum.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

ExitCode vacuum_file(const CommonOptions& common) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  ProgressLine line;
  const auto report = storage::vacuum(opened->book, long_deadline(), [&line](std::string_view step, double share) {
    line.show("vacuum: " + std::string{step} + " " + std::to_string(static_cast<int>(share * 100)) + " %");
  });
  line.clear();
  if (!report) return fail(report.error());
  if (common.json) {
    print_json({{"bytes_before", report->bytes_before},
                {"bytes_after", report->bytes_after},
                {"free_bytes_before", report->free_bytes_before},
                {"search_merges", report->search_merges},
                {"given_back", report->given_back}});
  } else {
    std::cout << bytes_text(report->bytes_before) << " before, " << bytes_text(report->bytes_after) << " after\n";
    if (!report->given_back)
      std::cout << "somebody reads the file: the disk gets the space back with the next checkpoint after that\n";
  }
  return ExitCode::ok;
}

}  // namespace

void add_vacuum(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "vacuum",
                            "Give free space back to the disk; writers wait meanwhile, readers do not");
  auto database = std::make_shared<std::string>();
  verb.add_option("FILE", *database, "The database file, instead of --db");
  verb.callback([&invocation, database] {
    if (!database->empty()) invocation.common.database = *database;
    invocation.action = [](const CommonOptions& common, Interrupt&) { return vacuum_file(common); };
  });
}

}  // namespace commonbook::apps
