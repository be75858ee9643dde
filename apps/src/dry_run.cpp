#include "dry_run.hpp"

#include "console.hpp"
#include "document_json.hpp"

#include <spdlog/spdlog.h>

#include <iostream>

namespace commonbook::apps {

namespace {

/// Calls `use` for each item; gives the first exit code that is not ok, going on with the next file after an error.
ExitCode for_each_item(agents::Source& source, const std::function<void(agents::ImportItem&)>& use) {
  ExitCode status = ExitCode::ok;
  for (;;) {
    auto item = source.next();
    if (!item) {
      status = fail(item.error());
      continue;
    }
    if (!*item) return status;
    use(**item);
  }
}

void print_text(const Json& document) {
  std::cout << document.at("kind").get<std::string>() << ' ' << document.at("document").get<std::string>() << '\n';
  for (const auto& [name, value] : document.items()) {
    if (name == "kind" || name == "document" || name == "triples" || name == "dropped") continue;
    if (value.is_null() || (value.is_array() && value.empty())) continue;
    const std::string text =
        value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::cout << "  " << name << ": " << one_line(text, 160) << '\n';
  }
  for (const Json& triple : document.at("triples"))
    std::cout << "  | " << one_line(triple.at("subject").at("spelling").get<std::string>(), 60) << " | "
              << triple.at("predicate").get<std::string>() << " | "
              << one_line(triple.at("object")
                              .at(triple.at("object").contains("spelling") ? "spelling" : "value")
                              .get<std::string>(),
                          80)
              << '\n';
  for (const Json& part : document.at("dropped"))
    std::cout << "  dropped " << one_line(part.at("place").get<std::string>(), 100) << ": "
              << one_line(part.at("reason").get<std::string>(), 150) << '\n';
}

}  // namespace

ExitCode dry_run(const std::function<Result<std::unique_ptr<agents::Source>>()>& open_source,
                 std::optional<Timestamp> from, std::optional<Timestamp> until, bool json) {
  Overrides overrides;
  {
    auto source = open_source();
    if (!source) return fail(source.error());
    for (;;) {
      auto item = (*source)->next();
      if (!item) continue;  // said in the second pass
      if (!*item) break;
      if (const auto* event = std::get_if<agents::CalendarEvent>(&(*item)->parsed)) note_override(overrides, *event);
    }
  }
  auto source = open_source();
  if (!source) return fail(source.error());
  const ExitCode status = for_each_item(**source, [&](agents::ImportItem& item) {
    const Json document = document_json(item, overrides, from, until);
    if (json)
      print_json(document, -1);
    else
      print_text(document);
  });
  for (const agents::Dropped& part : (*source)->dropped()) {
    if (json)
      print_json({{"kind", "dropped"}, {"place", part.place}, {"reason", part.reason}}, -1);
    else
      std::cout << "dropped " << one_line(part.place, 100) << ": " << one_line(part.reason, 150) << '\n';
  }
  return status;
}

}  // namespace commonbook::apps
