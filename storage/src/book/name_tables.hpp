// Small tables about names: legal forms of companies, nicknames, words that say little.
#pragma once
#include <string_view>
#include <vector>

namespace commonbook::storage {

/// "corporation" for "corp"; empty where the word is no legal form.
[[nodiscard]] std::string_view legal_form_of(std::string_view word) noexcept;
/// True where one is a usual short form of the other, or both are of a third: "bill" and "will" of "william".
[[nodiscard]] bool are_nicknames(std::string_view left, std::string_view right) noexcept;
/// The names that a short form may stand for: of "alex" two. Empty where it is none.
[[nodiscard]] std::vector<std::string_view> names_behind(std::string_view word);
/// "the", "of", "and": they tell hardly anything apart.
[[nodiscard]] bool is_particle(std::string_view word) noexcept;

}  // namespace commonbook::storage
