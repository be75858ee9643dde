#include "commonbook/testing/desk_questions.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <utility>

namespace commonbook::testing {

std::vector<DeskQuestion> read_desk_questions(const std::filesystem::path& file) {
  const std::set<std::string> direct = {"q01", "q03", "q07", "q19", "q21", "q22", "q24", "q25",
                                        "q26", "q27", "q29", "q40", "q41", "q45", "q46"};
  std::vector<DeskQuestion> questions;
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells{line};
    DeskQuestion row;
    std::string support;
    std::getline(cells, row.id, '\t');
    std::getline(cells, row.question, '\t');
    std::getline(cells, row.answer, '\t');
    std::getline(cells, support, '\t');
    std::istringstream ids{support};
    for (std::string id; ids >> id;) row.support.insert(id);
    row.is_direct = direct.count(row.id) > 0;
    questions.push_back(std::move(row));
  }
  return questions;
}

namespace {

std::vector<std::string> telling_words(const std::string& text) {
  const std::set<std::string> others = {"a",    "an",  "and", "at",  "for", "he",   "her", "his", "in",  "is", "it",
                                        "less", "of",  "on",  "she", "so",  "the",  "to",  "was", "with"};
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + ' ') {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80 || c == '.' || c == ',') {
      word += static_cast<char>(std::tolower(byte));
      continue;
    }
    while (!word.empty() && (word.back() == '.' || word.back() == ',')) word.pop_back();
    if (!word.empty() && others.count(word) == 0) words.push_back(word);
    word.clear();
  }
  return words;
}

/// "passed" and "passes" are one word.
bool same_word(const std::string& left, const std::string& right) {
  constexpr std::size_t ending_max = 3;
  if (left == right) return true;
  const std::size_t shorter = std::min(left.size(), right.size());
  const std::size_t longer = std::max(left.size(), right.size());
  if (shorter < 4 || longer - shorter > ending_max) return false;
  const std::size_t shared = std::max<std::size_t>(4, longer - ending_max);
  return shared <= shorter && left.compare(0, shared, right, 0, shared) == 0;
}

}  // namespace

bool says_the_same(const std::string& line, const std::string& expected) {
  const std::vector<std::string> wanted = telling_words(expected);
  const std::vector<std::string> said = telling_words(line);
  if (expected == "yes" || expected == "no") return std::find(said.begin(), said.end(), expected) != said.end();
  if (folded(line).find(folded(expected)) != std::string::npos) return true;
  if (wanted.size() < 2) return false;
  const auto found = std::count_if(wanted.begin(), wanted.end(), [&](const std::string& word) {
    return std::any_of(said.begin(), said.end(), [&](const std::string& other) { return same_word(word, other); });
  });
  return static_cast<std::size_t>(found) * 5 >= wanted.size() * 4;
}

std::string folded(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace commonbook::testing
