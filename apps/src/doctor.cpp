// commonbook doctor: looks at the machine and the file, and says what to do about what it finds.
#include "command.hpp"
#include "json_output.hpp"

#include "console.hpp"

#include "commonbook/storage/care.hpp"

#include <algorithm>
#include <iostream>

namespace commonbook::apps {

namespace {

std::string_view level_text(storage::Finding::Level level) {
  switch (level) {
    case storage::Finding::Level::ok: return "ok";
    case storage::Finding::Level::warning: return "warning";
    case storage::Finding::Level::problem: return "problem";
  }
  return "problem";
}

ExitCode examine(const CommonOptions& common) {
  const SystemClock clock;
  const auto findings = storage::doctor(database_path(common.database, "memory", false), clock);
  const bool healthy = std::none_of(findings.begin(), findings.end(), [](const storage::Finding& finding) {
    return finding.level == storage::Finding::Level::problem;
  });
  if (common.json) {
    Json list = Json::array();
    for (const storage::Finding& finding : findings)
      list.push_back({{"id", finding.id}, {"level", level_text(finding.level)}, {"detail", finding.detail}});
    print_json({{"ok", healthy}, {"findings", std::move(list)}});
  } else {
    std::vector<std::pair<std::string, std::string>> rows;
    for (const storage::Finding& finding : findings)
      rows.emplace_back(finding.id, std::string{level_text(finding.level)} + ": " + finding.detail);
    print_table(rows);
  }
  return healthy ? ExitCode::ok : ExitCode::not_held;
}

}  // namespace

void add_doctor(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "doctor", "Look at this machine and a file, and say what to mend");
  auto database = std::make_shared<std::string>();
  verb.add_option("FILE", *database, "The database file, instead of --db");
  verb.callback([&invocation, database] {
    if (!database->empty()) invocation.common.database = *database;
    invocation.action = [](const CommonOptions& common, Interrupt&) { return examine(common); };
  });
}

}  // namespace commonbook::apps
