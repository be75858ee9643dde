// commonbook rename NAME NEW: shows an entity under another name, which leads to it from now on.
#include "command.hpp"
#include "identity_names.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

struct RenameChoice {
  std::string entity;
  std::string name;
};

ExitCode rename_to(const CommonOptions& common, const RenameChoice& choice) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  const auto entity = one_entity(opened->book, choice.entity);
  if (!entity) return fail_decision(entity.error());
  const auto report =
      storage::rename_entity(opened->book, {.entity = entity->id, .name = choice.name}, long_deadline());
  if (!report) return fail_decision(report.error());
  if (common.json) {
    print_json({{"entity", found_entity_json(*entity)},
                {"name", choice.name},
                {"named", report->named},
                {"created", report->created},
                {"merged", report->merged}});
  } else {
    std::cout << entity_text(*entity) << "\n  is shown as " << one_line(choice.name, 80) << '\n';
    if (report->merged)
      std::cout << "  take it back with: commonbook unmerge entity:" << report->named << '\n';
  }
  return ExitCode::ok;
}

}  // namespace

void add_rename(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "rename",
                            "Show an entity under another name; the names that it has still lead to it");
  auto choice = std::make_shared<RenameChoice>();
  verb.add_option("NAME", choice->entity, "A name, address, Message-ID or UID, or entity:N")->required();
  verb.add_option("NEW", choice->name, "As it is to be shown")->required();
  verb.callback([&invocation, choice] {
    invocation.action = [choice](const CommonOptions& common, Interrupt&) { return rename_to(common, *choice); };
  });
}

}  // namespace commonbook::apps
