// Names to entities for the plain schemas that have a table `entity` and a table `alias`.
#pragma once
#include "../database.hpp"
#include "../workload.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace commonbook::bench {

/// Finds or creates by alias, with a map in front that knows every name: the database is only written to.
class KnownNames {
 public:
  /// @param database  outlives this; it has the tables, and no entities yet.
  explicit KnownNames(const Database& database)
      : database_(database),
        entity_(database.prepare("INSERT INTO entity(spelling) VALUES (?1)")),
        alias_(database.prepare("INSERT INTO alias(alias, entity) VALUES (?1, ?2)")) {}
  std::int64_t find_or_create(const std::string& spelling) {
    plain_alias(spelling, text_);
    const auto [known, is_new] = known_.try_emplace(text_, 0);
    if (!is_new) return known->second;
    entity_.bind(1, std::string_view{spelling}).run();
    known->second = database_.last_row();
    alias_.bind(1, std::string_view{text_}).bind(2, known->second).run();
    return known->second;
  }

 private:
  const Database& database_;
  PreparedStatement entity_, alias_;
  std::unordered_map<std::string, std::int64_t> known_;
  std::string text_;
};

}  // namespace commonbook::bench
