#include "identity_names.hpp"

#include "command.hpp"

namespace commonbook::apps {

Result<storage::FoundEntity> one_entity(const storage::Book& book, const std::string& text) {
  auto found = storage::find_entities(book, text, long_deadline());
  if (!found) return found.error();
  if (found->empty())
    return Error{ErrorCode::not_found, "nothing is known by the name \"" + text + "\"; `show` takes the same names"};
  if (found->size() == 1) return std::move(found->front());
  std::string message = "\"" + text + "\" leads to several entities; write the one that you mean:";
  for (const storage::FoundEntity& entity : *found) message += "\n  " + entity_text(entity);
  return Error{ErrorCode::invalid_argument, std::move(message)};
}

std::string entity_text(const storage::FoundEntity& entity) {
  std::string text = one_line(entity.name, 80) + "  (" + std::string{to_string(entity.key.scheme)} + ": " +
                     one_line(entity.key.value, 80);
  if (!entity.key.space.empty()) text += ", space: " + one_line(entity.key.space, 40);
  return text + ", entity:" + std::to_string(entity.id) + ")";
}

Json found_entity_json(const storage::FoundEntity& entity) {
  return {{"id", entity.id},
          {"scheme", to_string(entity.key.scheme)},
          {"value", entity.key.value},
          {"space", entity.key.space},
          {"name", entity.name},
          {"set_size", entity.set_size}};
}

ExitCode fail_decision(const Error& error) {
  const ExitCode code = fail(error);
  const bool is_answer = error.code == ErrorCode::not_found || error.code == ErrorCode::already_exists ||
                         error.code == ErrorCode::invalid_argument;
  return is_answer ? ExitCode::not_held : code;
}

}  // namespace commonbook::apps
