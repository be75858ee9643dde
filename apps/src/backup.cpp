// commonbook backup TARGET: a verified copy, while others write.
#include "command.hpp"
#include "json_output.hpp"
#include "open_book.hpp"

#include "commonbook/storage/care.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

ExitCode copy_file(const CommonOptions& common, const std::string& target) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  ProgressLine line;
  const auto report =
      storage::backup(opened->book, target, long_deadline(), [&line](std::string_view step, double share) {
        line.show("backup: " + std::string{step} + " " + std::to_string(static_cast<int>(share * 100)) + " %");
      });
  line.clear();
  if (!report) return fail(report.error());
  if (common.json)
    print_json({{"target", report->target.string()}, {"bytes", report->bytes}, {"commit_seq", report->commit_seq}});
  else
    std::cout << report->target.string() << ": " << bytes_text(report->bytes) << ", as of commit " << report->commit_seq
              << ", verified\n";
  return ExitCode::ok;
}

}  // namespace

void add_backup(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "backup", "Copy a file in one snapshot while others write, and verify it");
  auto target = std::make_shared<std::string>();
  verb.add_option("TARGET", *target, "The new file; must not exist")->required();
  verb.callback([&invocation, target] {
    invocation.action = [target](const CommonOptions& common, Interrupt&) { return copy_file(common, *target); };
  });
}

}  // namespace commonbook::apps
