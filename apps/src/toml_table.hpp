// A TOML table that remembers which keys were asked for, so that what is left over can be called unknown, and that
// words every complaint the same way: file, line, key, what to write instead.
#pragma once
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"

#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace commonbook::apps {

/// Each getter leaves its target as it is where the key is missing. The first complaint is kept; getters after it do
/// nothing. Thread: one at a time.
class TomlTable {
 public:
  /// @param where  how the table is called in complaints, e.g. "[storage]"; empty: the top of the file.
  /// @param complaint  shared by all tables of one file.
  TomlTable(const toml::table& table, std::string file, std::string where, std::optional<Error>& complaint)
      : table_(table), file_(std::move(file)), where_(std::move(where)), complaint_(complaint) {}

  void text(const char* key, std::string& target);
  /// One of `allowed`.
  void choice(const char* key, std::string& target, const std::vector<std::string>& allowed);
  void texts(const char* key, std::vector<std::string>& target);
  void flag(const char* key, bool& target);
  void real(const char* key, double& target, double least, double most);
  template <class Integer>
  void integer(const char* key, Integer& target, std::int64_t least, std::int64_t most) {
    if (const auto value = integer_value(key, least, most)) target = static_cast<Integer>(*value);
  }
  /// A TOML date or date-time, or a text of the same form; UTC where it has no offset.
  void time(const char* key, std::optional<Timestamp>& target);
  [[nodiscard]] const toml::table* table(const char* key);
  /// The tables of an array of tables; one complaint where the key is something else.
  [[nodiscard]] std::vector<const toml::table*> tables(const char* key);

  [[nodiscard]] bool has(const char* key) const { return table_.contains(key); }
  /// Complains about this table as a whole.
  void complain(const std::string& message);
  /// Complains about one key.
  void complain(const char* key, const std::string& message);
  /// Complains about the first key that nobody asked for.
  void finish();

 private:
  std::optional<std::int64_t> integer_value(const char* key, std::int64_t least, std::int64_t most);
  const toml::node* find(const char* key);
  void complain_at(const toml::source_position& at, const std::string& key, const std::string& message);

  const toml::table& table_;
  std::string file_;
  std::string where_;
  std::optional<Error>& complaint_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace commonbook::apps
