#include "book/retrieval_spelling.hpp"

#include "book/first_integer.hpp"
#include "book/trigram.hpp"
#include "book/utf8.hpp"
#include "book/writer_prepare.hpp"
#include "commonbook/storage/name_evidence.hpp"
#include "commonbook/storage/normalise.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace commonbook::storage {
namespace {

constexpr double similarity_min = 0.55;
constexpr double one_slip = 0.25;  // added to the similarity of what one slip explains
constexpr std::size_t compared_words_max = 200;
constexpr std::int64_t compared_names_max = 512;
constexpr std::size_t prefix_bytes_min = 3;
constexpr std::size_t name_words_max = 8;

bool is_ascii_letter(char c) { return c >= 'a' && c <= 'z'; }

/// Best first; equal ones by their bytes, so that nothing depends on who came first.
class Nearest {
 public:
  explicit Nearest(std::string_view wanted) : wanted_(wanted), numbers_(profile_of(wanted).numbers) {}
  // "Room 12" is no slip for "Room 13": numbers tell things apart.
  void add(const std::string& text, double bonus) {
    const double similarity = trigram_similarity(wanted_, text) + bonus;
    if (similarity < similarity_min || profile_of(text).numbers != numbers_) return;
    found_[text] = std::max(found_[text], similarity);
  }
  [[nodiscard]] std::vector<std::string> best(std::size_t count) const {
    std::vector<std::pair<double, std::string>> ordered;
    for (const auto& [text, similarity] : found_) ordered.emplace_back(-similarity, text);
    std::sort(ordered.begin(), ordered.end());
    std::vector<std::string> texts;
    for (std::size_t at = 0; at < std::min(count, ordered.size()); ++at) texts.push_back(ordered[at].second);
    return texts;
  }

 private:
  std::string_view wanted_;
  std::string numbers_;
  std::map<std::string, double> found_;
};

Result<bool> stands_in_a_document(Snapshot& snapshot, std::string_view word) {
  const std::string phrase = '"' + std::string{word} + '"';
  auto statement = snapshot.connection().statement("SELECT rowid FROM search WHERE search MATCH ?1 LIMIT 1");
  if (!statement) return statement.error();
  ++snapshot.rows_read;
  return statement->bind(1, std::string_view{phrase}).step();
}

/// The first word of the search index from `from` on; empty where none follows. Words are stems there.
Result<std::string> next_word(Snapshot& snapshot, std::string_view from) {
  auto statement =
      snapshot.connection().statement("SELECT term FROM temp.search_words WHERE term >= ?1 ORDER BY term LIMIT 1");
  if (!statement) return statement.error();
  ++snapshot.rows_read;
  const auto more = statement->bind(1, from).step();
  if (!more) return more.error();
  return *more ? std::string{statement->text(0)} : std::string{};
}

// Lower case without diacritics, as far as a comparison needs it; the index itself folds what is looked up.
std::string lower_case(std::string_view word) {
  const auto normal = normalise_name(std::string{word});
  return normal ? *normal : std::string{word};
}

std::size_t character_start(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80) --at;
  return at;
}

/// Goes through words that share a beginning with `word`, the longest beginning first.
Result<void> compare_words(Snapshot& snapshot, std::string_view word, Nearest& nearest) {
  std::set<std::string> seen;
  std::size_t compared = 0;
  for (std::size_t length = word.size() - 1; length >= prefix_bytes_min; --length) {
    if (character_start(word, length) != length) continue;
    const std::string prefix{word.substr(0, length)};
    std::string from = prefix;
    while (compared < compared_words_max) {
      auto term = next_word(snapshot, from);
      if (!term) return term.error();
      ++compared;
      if (!term->starts_with(prefix)) break;
      if (seen.insert(*term).second) nearest.add(*term, 0);
      from = *term + '\x01';  // stands behind the word itself and before any that it begins
    }
  }
  return {};
}

Result<void> compare_names(Snapshot& snapshot, std::string_view name, Nearest& nearest) {
  std::int64_t left = compared_names_max;
  for (std::size_t length = name.size() - 1; length >= prefix_bytes_min && left > 0; --length) {
    if (character_start(name, length) != length) continue;
    const std::string prefix{name.substr(0, length)};
    const std::string end = prefix + "\xFF";
    auto statement = snapshot.connection().statement(
        "SELECT value, scheme, space FROM alias WHERE value >= ?1 AND value < ?2 ORDER BY value LIMIT ?3");
    if (!statement) return statement.error();
    statement->bind(1, std::string_view{prefix}).bind(2, std::string_view{end}).bind(3, left);
    for (;;) {
      const auto more = statement->step();
      if (!more) return more.error();
      if (!*more) break;
      --left;
      ++snapshot.rows_read;
      if (statement->integer(1) == static_cast<std::int64_t>(Scheme::name) && statement->text(2).empty())
        nearest.add(std::string{statement->text(0)}, 0);
    }
  }
  return {};
}

Result<std::vector<std::string>> look_for_similar_words(Snapshot& snapshot, const std::string& word) {
  Nearest nearest{word};
  for (const std::string& edit : one_edit_away(word)) {
    if (!std::all_of(edit.begin(), edit.end(), is_ascii_letter)) continue;
    const auto known = stands_in_a_document(snapshot, edit);
    if (!known) return known.error();
    if (*known) nearest.add(edit, one_slip);
  }
  if (auto done = compare_words(snapshot, word, nearest); !done) return done.error();
  return nearest.best(similar_words_max);
}

/// Nothing while a purge takes documents away: then no two snapshots can be told apart.
Result<std::optional<DocumentsSeen>> documents_seen(Snapshot& snapshot) {
  if (snapshot.has_retracted_rows) return std::optional<DocumentsSeen>{};
  auto statement = snapshot.connection().statement("SELECT id FROM document ORDER BY id DESC LIMIT 1");
  if (!statement) return statement.error();
  ++snapshot.rows_read;
  const auto last = first_integer(*statement);
  if (!last) return last.error();
  return std::optional{DocumentsSeen{snapshot.epoch, last->value_or(0)}};
}

}  // namespace

Result<std::vector<std::string>> similar_words(Snapshot& snapshot, std::string_view text) {
  const std::string word = lower_case(text);
  const bool has_digit = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (word.size() < corrected_bytes_min || word.size() > edited_bytes_max || has_digit ||
      word.find(' ') != std::string::npos)
    return std::vector<std::string>{};
  const auto seen = documents_seen(snapshot);
  if (!seen) return seen.error();
  SlipCache& remembered = snapshot.book().known_slips;
  if (*seen)
    if (auto known = remembered.find(**seen, word)) return std::move(*known);
  auto similar = look_for_similar_words(snapshot, word);
  if (similar && *seen) remembered.publish(**seen, word, *similar);
  return similar;
}

Result<std::string> similar_name(Snapshot& snapshot, std::string_view name) {
  if (name.size() < corrected_bytes_min) return std::string{};
  Nearest nearest{name};
  for (const std::string& edit : one_edit_away(name)) {
    const auto known = find_alias(snapshot.connection(), {Scheme::name, edit, {}});
    if (!known) return known.error();
    ++snapshot.rows_read;
    if (*known) nearest.add(edit, one_slip);
  }
  if (auto done = compare_names(snapshot, name, nearest); !done) return done.error();
  const std::vector<std::string> best = nearest.best(1);
  return best.empty() ? std::string{} : best.front();
}

Result<bool> holds_unknown_word(Snapshot& snapshot, std::string_view text) {
  std::size_t words = 0;
  for (std::size_t at = 0; at < text.size() && words < name_words_max;) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word{text.substr(at, end - at)};
    at = end + 1;
    std::erase(word, '"');
    if (word.empty()) continue;
    ++words;
    const auto known = stands_in_a_document(snapshot, word);
    if (!known) return known.error();
    if (!*known) return true;
  }
  return false;
}

}  // namespace commonbook::storage
