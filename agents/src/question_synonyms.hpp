// Words of everyday English that stand for each other in questions and documents: "arrive" and "delivery".
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// True where two stems are the same, stand in one group of synonyms, or are forms of one word ("assemble",
/// "assembly"). Thread: any.
[[nodiscard]] bool same_meaning(const std::string& left, const std::string& right);

/// 1 where `stems` hold the stem, `synonym_share` where they hold a synonym of it, else 0.
[[nodiscard]] double match_of(const std::string& stem, const std::set<std::string>& stems);

/// Other words of the groups in which this folded word stands, for a search.
[[nodiscard]] std::vector<std::string> synonyms_of(std::string_view folded);

inline constexpr double synonym_share = 0.6;

}  // namespace commonbook::agents
