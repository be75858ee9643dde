// commonbook repair: makes anew what a file holds twice, after a copy of the file as it is.
#include "command.hpp"
#include "json_output.hpp"
#include "open_book.hpp"
#include "verify_text.hpp"

#include "commonbook/storage/repair.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

void print_repair(const storage::RepairReport& report) {
  std::cout << "the file as it was: " << report.backup.string() << '\n';
  for (const storage::Mended& each : report.mended) {
    std::cout << "  " << (each.left.empty() ? "done  " : "LEFT  ") << each.what;
    if (each.rows > 0) std::cout << " (" << each.rows << (each.rows == 1 ? " row)" : " rows)");
    if (!each.left.empty()) std::cout << ": " << one_line(each.left, 200);
    std::cout << '\n';
  }
  print_verify(report.verify);
  if (!report.verify.ok)
    std::cout << "What still fails stood in one place alone. Restore a backup, or keep what is there: `repair "
                 "--accept-rows` takes the rows that are there for all.\n";
}

Json repair_json(const storage::RepairReport& report) {
  Json mended = Json::array();
  for (const storage::Mended& each : report.mended)
    mended.push_back({{"what", each.what}, {"rows", each.rows}, {"left", each.left}});
  return {{"ok", report.verify.ok},
          {"backup", report.backup.string()},
          {"mended", std::move(mended)},
          {"verify", verify_json(report.verify)}};
}

ExitCode repair_file(const CommonOptions& common, const storage::RepairOptions& options) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  ProgressLine line;
  const auto report =
      storage::repair(opened->book, options, long_deadline(), [&line](std::string_view step, double share) {
        line.show("repair: " + std::string{step} + " " + std::to_string(static_cast<int>(share * 100)) + " %");
      });
  line.clear();
  if (!report) return fail(report.error());
  if (common.json)
    print_json(repair_json(*report));
  else
    print_repair(*report);
  return report->verify.ok ? ExitCode::ok : ExitCode::not_held;
}

}  // namespace

void add_repair(CLI::App& app, Invocation& invocation) {
  CLI::App& verb =
      add_verb(app, invocation, "repair", "Make indexes, search index, mirror and counts anew; never guess facts");
  auto options = std::make_shared<storage::RepairOptions>();
  auto backup = std::make_shared<std::string>();
  verb.add_option("--backup", *backup, "New file for a copy of the file as it is (default: FILE.before-repair)")
      ->type_name("FILE");
  verb.add_flag("--accept-rows", options->accept_rows,
                "Take the rows that are there for all: from then on nothing tells that some were lost");
  verb.callback([&invocation, options, backup] {
    invocation.action = [options, backup](const CommonOptions& common, Interrupt&) {
      options->backup = *backup;
      return repair_file(common, *options);
    };
  });
}

}  // namespace commonbook::apps
