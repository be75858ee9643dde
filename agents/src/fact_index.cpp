#include "fact_index.hpp"

#include <algorithm>
#include <tuple>

namespace commonbook::agents {

FactIndex::FactIndex(const Answer& answer) {
  for (const Fact& fact : answer.facts) {
    facts_[{fact.subject.id, fact.predicate}].push_back(&fact);
    subjects_.emplace(fact.subject.id, fact.subject);
  }
  const auto rank = [](const Fact* fact) {
    return std::tuple{fact->superseded, -fact->revision, -fact->valid_from.unix_ms, -int{fact->specificity}};
  };
  for (auto& [key, values] : facts_)
    std::stable_sort(values.begin(), values.end(),
                     [&](const Fact* left, const Fact* right) { return rank(left) < rank(right); });
}

std::vector<const Fact*> FactIndex::all(std::int64_t subject, std::string_view predicate) const {
  const auto found = facts_.find(std::pair{subject, std::string{predicate}});
  return found == facts_.end() ? std::vector<const Fact*>{} : found->second;
}

std::vector<const Fact*> FactIndex::current(std::int64_t subject, std::string_view predicate) const {
  std::vector<const Fact*> facts = all(subject, predicate);
  std::erase_if(facts, [](const Fact* fact) { return fact->superseded; });
  return facts;
}

const Fact* FactIndex::one(std::int64_t subject, std::string_view predicate) const {
  const std::vector<const Fact*> facts = current(subject, predicate);
  return facts.empty() ? nullptr : facts.front();
}

std::string FactIndex::text(std::int64_t subject, std::string_view predicate) const {
  const Fact* fact = one(subject, predicate);
  return fact == nullptr ? std::string{} : shown(*fact);
}

std::string shown(const Fact& fact) {
  if (const auto* entity = std::get_if<EntityView>(&fact.object)) return entity->spelling;
  return std::get<Literal>(fact.object).text;
}

std::string person_name(const EntityView& person) {
  const std::string& spelling = person.spelling.empty() ? person.key.value : person.spelling;
  const std::size_t at = spelling.find('@');
  if (at == std::string::npos) return spelling;
  std::string name = spelling.substr(0, at);
  bool word_start = true;
  for (char& c : name) {
    if (c == '.' || c == '_')
      c = ' ';
    else if (word_start && c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
    word_start = c == ' ';
  }
  return name;
}

}  // namespace commonbook::agents
