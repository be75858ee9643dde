// commonbook restore BACKUP TARGET: a backup becomes a new file.
#include "command.hpp"
#include "console.hpp"
#include "json_output.hpp"

#include "commonbook/storage/restore.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

ExitCode restore_file(const CommonOptions& common, const std::string& backup, const std::string& target) {
  const SystemClock clock;
  ProgressLine line;
  const auto report = storage::restore(backup, target, clock, long_deadline(), [&line](std::string_view step, double) {
    line.show("restore: " + std::string{step});
  });
  line.clear();
  if (!report) return fail(report.error());
  if (common.json)
    print_json({{"target", report->target.string()},
                {"bytes", report->bytes},
                {"commit_seq", report->commit_seq},
                {"checks", report->checks}});
  else
    std::cout << report->target.string() << ": " << bytes_text(report->bytes) << ", as of commit " << report->commit_seq
              << ", verified (" << report->checks << " checks)\n";
  return ExitCode::ok;
}

}  // namespace

void add_restore(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "restore", "Make a new file from a backup, and verify it");
  auto backup = std::make_shared<std::string>();
  auto target = std::make_shared<std::string>();
  verb.add_option("BACKUP", *backup, "A file that `backup` made; it is left as it is")->required();
  verb.add_option("TARGET", *target, "The new file; must not exist, nor a log beside it")->required();
  verb.callback([&invocation, backup, target] {
    invocation.action = [backup, target](const CommonOptions& common, Interrupt&) {
      return restore_file(common, *backup, *target);
    };
  });
}

}  // namespace commonbook::apps
