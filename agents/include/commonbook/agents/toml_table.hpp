// A TOML table that remembers which keys were asked for, so that what is left over can be called unknown, and that
// words every complaint the same way: file, line, key, what to write instead.
#pragma once
#include "commonbook/agents/source.hpp"
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"

#include <toml++/toml.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// The one of `known` that was probably meant; empty when none is near. Thread: any.
[[nodiscard]] std::string nearest_word(std::string_view word, const std::vector<std::string>& known);
/// `text` for a message: control characters are written as \xNN, and what is longer than 60 bytes is cut.
[[nodiscard]] std::string quoted_word(std::string_view text);

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
  /// A text as parse_time_span() reads it.
  void duration(const char* key, std::chrono::milliseconds& target, std::chrono::milliseconds least,
                std::chrono::milliseconds most);
  [[nodiscard]] const toml::table* table(const char* key);
  /// The tables of an array of tables; one complaint where the key is something else.
  [[nodiscard]] std::vector<const toml::table*> tables(const char* key);

  [[nodiscard]] bool has(const char* key) const { return table_.contains(key); }
  /// Where the table, or one of its keys, stands in the file.
  [[nodiscard]] int line() const { return static_cast<int>(table_.source().begin.line); }
  /// Complains about this table as a whole.
  void complain(const std::string& message);
  /// Complains about one key.
  void complain(const char* key, const std::string& message);
  /// Complains about a value that is none of `known`, and names the nearest.
  void complain_unknown(const char* key, std::string_view value, const std::vector<std::string>& known);
  /// Complains in finish() where the key is missing: a misspelt one is named first.
  /// @param advice  what to write, e.g. "write kind = \"...\"".
  void require(const char* key, const std::string& advice);
  /// Complains about the first key that nobody asked for, then about what is missing.
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
  std::string missing_;  ///< the first complaint of require()
};

/// The keys of a generator of observations: triples_min, triples_max, names, skew, variants, document_words, like.
void read_synthetic(TomlTable& table, SyntheticOptions& options);

/// Parses a file's text and hands the top table to `read`; errors of TOML itself are worded like all others.
/// @param example  a file that shows how to write it.
template <class Read>
[[nodiscard]] Result<void> read_toml(const std::string& text, const std::string& file, const std::string& example,
                                     Read&& read) {
  std::optional<Error> complaint;
  try {
    const toml::table parsed = toml::parse(text, file);
    TomlTable top{parsed, file, {}, complaint};
    read(top, complaint);
  } catch (const toml::parse_error& error) {
    return Error{ErrorCode::parse_error, file + ":" + std::to_string(error.source().begin.line) + ": " +
                                             quoted_word(error.description()) + "; write TOML, as in " + example};
  }
  if (complaint) return *complaint;
  return {};
}

}  // namespace commonbook::agents
