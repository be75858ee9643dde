#include "book/name_tables.hpp"

#include <algorithm>
#include <array>

namespace commonbook::storage {
namespace {

struct Entry {
  std::string_view word;
  std::string_view stands_for;
};

constexpr std::array legal_forms{
    Entry{"ab", "ab"}, Entry{"ag", "ag"}, Entry{"aps", "aps"}, Entry{"as", "as"}, Entry{"bv", "bv"},
    Entry{"co", "company"}, Entry{"company", "company"}, Entry{"corp", "corporation"},
    Entry{"corporation", "corporation"}, Entry{"ev", "ev"}, Entry{"gmbh", "gmbh"}, Entry{"inc", "incorporated"},
    Entry{"incorporated", "incorporated"}, Entry{"kft", "kft"}, Entry{"kg", "kg"}, Entry{"kk", "kk"},
    Entry{"limited", "limited"}, Entry{"llc", "llc"}, Entry{"llp", "llp"}, Entry{"ltd", "limited"},
    Entry{"nv", "nv"}, Entry{"oy", "oy"}, Entry{"oyj", "oyj"}, Entry{"plc", "plc"}, Entry{"pty", "pty"},
    Entry{"sa", "sa"}, Entry{"sarl", "sarl"}, Entry{"sas", "sas"}, Entry{"se", "se"}, Entry{"spa", "spa"},
    Entry{"srl", "srl"}, Entry{"ug", "ug"},
};

// English, German and French short forms that share too few letters with the name to be found by comparing letters, or
// that would be taken for a typing error.
constexpr std::array nicknames{
    Entry{"alex", "alexander"}, Entry{"alex", "alexandra"}, Entry{"andy", "andrew"}, Entry{"becky", "rebecca"},
    Entry{"ben", "benjamin"}, Entry{"beth", "elizabeth"}, Entry{"betty", "elizabeth"}, Entry{"bill", "william"},
    Entry{"billy", "william"}, Entry{"bob", "robert"}, Entry{"bobby", "robert"}, Entry{"cathy", "catherine"},
    Entry{"chris", "christopher"}, Entry{"chris", "christine"}, Entry{"dan", "daniel"}, Entry{"danny", "daniel"},
    Entry{"dave", "david"}, Entry{"debbie", "deborah"}, Entry{"dick", "richard"}, Entry{"ed", "edward"},
    Entry{"eddie", "edward"}, Entry{"fred", "frederick"}, Entry{"fritz", "friedrich"}, Entry{"gabi", "gabriele"},
    Entry{"greg", "gregory"}, Entry{"hans", "johannes"}, Entry{"heinz", "heinrich"}, Entry{"jeff", "jeffrey"},
    Entry{"jen", "jennifer"}, Entry{"jenny", "jennifer"}, Entry{"jim", "james"}, Entry{"jimmy", "james"},
    Entry{"jochen", "joachim"}, Entry{"joe", "joseph"}, Entry{"josh", "joshua"}, Entry{"kate", "katherine"},
    Entry{"katie", "katherine"}, Entry{"ken", "kenneth"}, Entry{"larry", "lawrence"}, Entry{"liz", "elizabeth"},
    Entry{"maggie", "margaret"}, Entry{"manu", "manuel"}, Entry{"matt", "matthew"}, Entry{"meg", "margaret"},
    Entry{"mick", "michael"}, Entry{"mike", "michael"}, Entry{"nick", "nicholas"}, Entry{"pat", "patricia"},
    Entry{"pat", "patrick"}, Entry{"peggy", "margaret"}, Entry{"pete", "peter"}, Entry{"rich", "richard"},
    Entry{"rick", "richard"}, Entry{"rob", "robert"}, Entry{"ron", "ronald"}, Entry{"sam", "samantha"},
    Entry{"sam", "samuel"}, Entry{"sepp", "josef"}, Entry{"steve", "stephen"}, Entry{"steve", "steven"},
    Entry{"sue", "susan"}, Entry{"ted", "edward"}, Entry{"tim", "timothy"}, Entry{"tom", "thomas"},
    Entry{"tony", "anthony"}, Entry{"uli", "ulrich"}, Entry{"vicky", "victoria"}, Entry{"will", "william"},
};

constexpr std::array<std::string_view, 13> particles{"an", "and", "at",  "de", "der", "for",
                                                     "in", "la", "of",  "on", "the", "und", "von"};

}  // namespace

std::string_view legal_form_of(std::string_view word) noexcept {
  const auto found = std::find_if(legal_forms.begin(), legal_forms.end(),
                                  [word](const Entry& entry) { return entry.word == word; });
  return found == legal_forms.end() ? std::string_view{} : found->stands_for;
}

bool are_nicknames(std::string_view left, std::string_view right) noexcept {
  const auto stands_for = [](std::string_view word, std::string_view name) {
    return word == name || std::any_of(nicknames.begin(), nicknames.end(), [&](const Entry& entry) {
             return entry.word == word && entry.stands_for == name;
           });
  };
  if (stands_for(left, right) || stands_for(right, left)) return true;
  return std::any_of(nicknames.begin(), nicknames.end(), [&](const Entry& entry) {
    return entry.word == left && stands_for(right, entry.stands_for);
  });
}

std::vector<std::string_view> names_behind(std::string_view word) {
  std::vector<std::string_view> names;
  for (const Entry& entry : nicknames)
    if (entry.word == word) names.push_back(entry.stands_for);
  return names;
}

bool is_particle(std::string_view word) noexcept {
  return std::find(particles.begin(), particles.end(), word) != particles.end();
}

}  // namespace commonbook::storage
