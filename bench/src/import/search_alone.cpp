#include "import.hpp"

#include "../database.hpp"
#include "../process_figures.hpp"

namespace commonbook::bench {

double fill_search(const std::filesystem::path& file, const std::vector<SearchText>& texts) {
  constexpr std::size_t documents_of_a_transaction = 512;
  remove_database(file);
  const double start = steady_seconds();
  {
    Database database{file, {}};
    database.execute("PRAGMA wal_autocheckpoint=1000");
    database.execute("CREATE VIRTUAL TABLE search USING fts5(title, body, context, content='',"
                     " tokenize=\"porter unicode61 remove_diacritics 2\")");
    PreparedStatement insert = database.prepare("INSERT INTO search(rowid, title, body, context) VALUES (?1, ?2, ?3, ?4)");
    database.execute("BEGIN");
    for (std::size_t at = 0; at < texts.size(); ++at) {
      const SearchText& text = texts[at];
      insert.bind(1, static_cast<std::int64_t>(at + 1))
          .bind(2, std::string_view{text.title})
          .bind(3, std::string_view{text.body})
          .bind(4, std::string_view{text.context})
          .run();
      if (at % documents_of_a_transaction == documents_of_a_transaction - 1) database.execute("COMMIT; BEGIN");
    }
    database.execute("COMMIT");
  }
  const double seconds = steady_seconds() - start;
  remove_database(file);
  return seconds;
}

}  // namespace commonbook::bench
