// Words of everyday English that stand for each other in questions and documents: "arrive" and "delivery".
#pragma once
#include <set>
#include <string>

namespace commonbook::agents {

/// True where two stems are the same or stand in one group of synonyms. Thread: any.
[[nodiscard]] bool same_meaning(const std::string& left, const std::string& right);

/// 1 where `stems` hold the stem, `synonym_share` where they hold a synonym of it, else 0.
[[nodiscard]] double match_of(const std::string& stem, const std::set<std::string>& stems);

inline constexpr double synonym_share = 0.6;

}  // namespace commonbook::agents
