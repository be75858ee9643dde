// What the normal form of a first attempt sees as one name, and what it does not.
#include "commonbook/sim/design.hpp"
#include "simple_alias.hpp"

#include <catch2/catch.hpp>

using namespace commonbook::sim;

TEST_CASE("a simple alias folds case and white space, as a script's lower and split do") {
  const auto [spelling, alias] = GENERATE(table<std::string, std::string>({
      {"Acme", "acme"},
      {"ACME", "acme"},
      {"  Acme \t Corp\n", "acme corp"},
      {"Ac\u00A0me", "ac me"},            // a no-break space
      {"\u3000Ac\u3000me", "ac me"},      // an ideographic one
      {"\u00C9t\u00E9", "\u00E9t\u00E9"},
      {"\uFF21", "\uFF41"},               // full width stays full width
      {"", ""},
      {"  ", ""},
      {"a\xFF Z", "a\xFF z"},             // no UTF-8: kept
  }));
  CHECK(simple_alias(spelling) == alias);
}

TEST_CASE("a simple alias keeps apart what is one name to the simulator") {
  const auto [left, right] = GENERATE(table<std::string, std::string>({
      {"A", "\uFF21"},                 // full width
      {"fi", "\uFB01"},                // ligature
      {"\u00E9", "e\u0301"},           // composition
      {"ss", "\u00DF"},                // sharp s
      {"acme", "ac\u200Bme"},          // zero width
  }));
  CHECK(simple_alias(left) != simple_alias(right));
  CHECK(normal_form(left) == normal_form(right));
}
