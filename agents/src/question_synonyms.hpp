// Words of everyday English that stand for each other in questions and documents: "arrive" and "delivery".
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// 1 where `stems` hold the stem; `synonym_share` where they hold one of its group of synonyms, or another form of the
/// word ("assemble", "assembly"); else 0. Thread: any.
[[nodiscard]] double match_of(const std::string& stem, const std::set<std::string>& stems);

/// Other words of the groups in which this folded word stands, for a search.
[[nodiscard]] std::vector<std::string> synonyms_of(std::string_view folded);

inline constexpr double synonym_share = 0.6;

}  // namespace commonbook::agents
