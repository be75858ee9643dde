// LoCoMo's JSON: a list of conversations with sessions of turns, and questions whose evidence names turns ("D3:13").
#pragma once
#include "retrieval_dataset.hpp"

#include <nlohmann/json.hpp>

namespace commonbook::apps {

[[nodiscard]] bool is_locomo(const nlohmann::json& root);

/// What is missing or of another type is left out. "D1:3; D2:5" in one piece of evidence is two. Questions are asked the
/// day after the last session.
/// @param root  is_locomo() held.
[[nodiscard]] std::vector<DatasetCollection> read_locomo(const nlohmann::json& root);

/// "1:56 pm on 8 May, 2023", taken as UTC. nullopt for anything else.
[[nodiscard]] std::optional<Timestamp> parse_session_time(std::string_view text);

}  // namespace commonbook::apps
