// What the verbs merge, unmerge, rename and suggestions share: one entity from what a person wrote, and how it is shown.
#pragma once
#include "exit_code.hpp"
#include "json_output.hpp"
#include "open_book.hpp"

#include "commonbook/storage/identity.hpp"

#include <string>

namespace commonbook::apps {

/// The one entity that `text` leads to; see storage::find_entities().
/// @errors  not_found: none; invalid_argument: several, each named with the "entity:N" that means it alone; else those of
///          find_entities(). @thread any; blocks.
[[nodiscard]] Result<storage::FoundEntity> one_entity(const storage::Book& book, const std::string& text);

/// "Acme Corp  (name: acme corp, entity:12)", on one line.
[[nodiscard]] std::string entity_text(const storage::FoundEntity& entity);
/// {id, scheme, value, space, name, set_size}.
[[nodiscard]] Json found_entity_json(const storage::FoundEntity& entity);

/// The exit status of a decision that could not be made: 1 where nothing fits or something stands against it.
[[nodiscard]] ExitCode fail_decision(const Error& error);

}  // namespace commonbook::apps
