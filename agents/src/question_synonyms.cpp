#include "question_synonyms.hpp"
#include "question_words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

namespace commonbook::agents {
namespace {

// One group a line; a word may stand in several.
constexpr std::array groups = {
    std::string_view{"arrive arrival delivery deliver reach receive came come"},
    std::string_view{"move moved postpone postponed reschedule rescheduled shift shifted change changed"},
    std::string_view{"cancel cancelled canceled off"},
    std::string_view{"pay paid payment price cost charge fee invoice"},
    std::string_view{"away absent absence holiday vacation leave"},
    std::string_view{"travel trip flight fly journey"},
    std::string_view{"undamaged intact fine good"},
    std::string_view{"damaged scratched broken faulty"},
    std::string_view{"wrong error bug fault problem defect"},
    std::string_view{"buy bought purchase order ordered"},
    std::string_view{"sell sold sale"},
    std::string_view{"down downtime outage maintenance offline"},
    std::string_view{"client customer"},
    std::string_view{"number code reference"},
    std::string_view{"meeting meet session"},
    std::string_view{"announce tell report inform sorry"},
    std::string_view{"sign signed signature"},
    std::string_view{"repeat retest again"},
    std::string_view{"company firm supplier vendor"},
    std::string_view{"remaining left remain rest"},
    std::string_view{"delay late delayed later"},
    std::string_view{"reply answer respond"},
    std::string_view{"limit maximum threshold"},
    std::string_view{"bring take carry brings"},
    std::string_view{"choose pick select"},
    std::string_view{"teacher instructor tutor"},
    std::string_view{"exam test examination"},
    std::string_view{"doctor physician gp"},
    std::string_view{"child kid children"},
};

struct Groups {
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_stem;
  std::vector<std::set<std::string>> stems;  // of each group
};

Groups read_groups() {
  Groups read;
  for (std::size_t number = 0; number < groups.size(); ++number) {
    read.stems.emplace_back();
    for (const Token& token : tokenise(groups[number])) {
      read.by_stem[stem(token.text)].push_back(number);
      read.stems.back().insert(stem(token.text));
    }
  }
  return read;
}

const Groups& all_groups() {
  static const Groups read = read_groups();
  return read;
}

constexpr std::size_t prefix_min = 5;

// "assembl" and "assembli", "renovat" and "renovation": most of the longer word is the same.
bool one_word(const std::string& left, const std::string& right) {
  const std::size_t longer = std::max(left.size(), right.size());
  const std::size_t shorter = std::min(left.size(), right.size());
  if (shorter < prefix_min || is_number(left.substr(0, 1))) return false;
  const auto differ = std::mismatch(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(shorter), right.begin());
  const auto same = static_cast<std::size_t>(differ.first - left.begin());
  return same >= prefix_min && same * 3 >= longer * 2 && same + 1 >= shorter;
}

}  // namespace

double match_of(const std::string& stem, const std::set<std::string>& stems) {
  if (stems.count(stem) > 0) return 1;
  // Forms of one word share their beginning, so they stand together.
  if (stem.size() >= prefix_min) {
    const std::string prefix = stem.substr(0, prefix_min);
    for (auto at = stems.lower_bound(prefix); at != stems.end() && at->starts_with(prefix); ++at)
      if (one_word(stem, *at)) return synonym_share;
  }
  const Groups& known = all_groups();
  const auto found = known.by_stem.find(stem);
  if (found == known.by_stem.end()) return 0;
  for (const std::size_t group : found->second)
    for (const std::string& other : known.stems[group])
      if (stems.count(other) > 0) return synonym_share;
  return 0;
}

std::vector<std::string> synonyms_of(std::string_view folded) {
  std::vector<std::string> words;
  const auto found = all_groups().by_stem.find(stem(folded));
  if (found == all_groups().by_stem.end()) return words;
  for (const std::size_t group : found->second)
    for (const Token& token : tokenise(groups[group]))
      if (token.text != folded) words.push_back(token.text);
  return words;
}

}  // namespace commonbook::agents
