#include "book/merged_names.hpp"

#include "book/for_each_row.hpp"
#include "book/writer_prepare.hpp"

namespace commonbook::storage {

Result<std::vector<std::string>> merged_names(EvidenceReader& reader, Connection& connection,
                                              const std::string& normalised) {
  std::vector<std::string> names{normalised};
  const auto entity = find_alias(connection, {Scheme::name, normalised, {}});
  if (!entity) return entity.error();
  if (!*entity) return names;
  const auto members = reader.members(**entity);
  if (!members) return members.error();
  if (members->size() == 1) return names;
  for (const std::int64_t member : *members) {
    auto select =
        connection.statement("SELECT value FROM alias WHERE entity = ?1 AND scheme = 1 ORDER BY value");
    if (!select) return select.error();
    auto read = for_each_row(select->bind(1, member),
                             [&names](const Statement& row) { names.emplace_back(row.text(0)); });
    if (!read) return read.error();
  }
  return names;
}

Result<std::vector<std::string>> spaces_of(Connection& connection, const std::string& normalised) {
  auto select =
      connection.statement("SELECT space FROM alias WHERE value = ?1 AND scheme = 1 ORDER BY space LIMIT 16");
  if (!select) return select.error();
  std::vector<std::string> spaces;
  auto read = for_each_row(select->bind(1, std::string_view{normalised}),
                           [&spaces](const Statement& row) { spaces.emplace_back(row.text(0)); });
  if (!read) return read.error();
  return spaces;
}

}  // namespace commonbook::storage
