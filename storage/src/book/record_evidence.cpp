#include "commonbook/storage/record_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <tuple>

namespace commonbook::storage {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string digits_of(std::string_view value) {
  std::string digits;
  std::copy_if(value.begin(), value.end(), std::back_inserter(digits), is_digit);
  return digits;
}

// Without quotation marks and blanks at both ends.
std::string_view bare_value(std::string_view value) noexcept {
  constexpr std::string_view marks = " \t'`\"";
  const auto first = value.find_first_not_of(marks);
  if (first == std::string_view::npos) return {};
  return value.substr(first, value.find_last_not_of(marks) - first + 1);
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) noexcept {
  return std::any_of(words.begin(), words.end(), [text](std::string_view word) {
    return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char have, char want) {
             return have == want || (have >= 'A' && have <= 'Z' && have - 'A' + 'a' == want);
           }) != text.end();
  });
}

int number_in(std::string_view digits) noexcept {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool is_year(std::string_view digits) noexcept {
  return digits.size() == 4 && number_in(digits) >= 1800 && number_in(digits) < 2100;
}

bool is_date(std::string_view digits) noexcept {
  if (digits.size() != 8 || !is_year(digits.substr(0, 4))) return false;
  const int month = number_in(digits.substr(4, 2));
  const int day = number_in(digits.substr(6, 2));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// "7.40 %", "12 kg", "-3": digits, at most one point, at most a short unit behind.
bool is_quantity(std::string_view value) noexcept {
  std::size_t at = value.starts_with('-') ? 1 : 0;
  const std::size_t from = at;
  while (at < value.size() && (is_digit(value[at]) || value[at] == '.')) ++at;
  if (at == from || !is_digit(value[from])) return false;
  while (at < value.size() && value[at] == ' ') ++at;
  const auto unit = value.substr(at);
  return unit.size() <= 3 && std::none_of(unit.begin(), unit.end(), is_digit);
}

bool stands_for_nothing(std::string_view value) noexcept {
  return value.empty() || value == "-" || value == "--" || value == "?" || value == "n/a" || value == "N/A";
}

enum class Difference { none, slip, more };

// A slip: one digit too many, too few, another one, or two neighbours exchanged.
Difference difference_of(std::string_view left, std::string_view right) noexcept {
  if (left == right) return Difference::none;
  if (left.size() > right.size()) std::swap(left, right);
  if (right.size() - left.size() > 1) return Difference::more;
  const auto first = std::mismatch(left.begin(), left.end(), right.begin()).first - left.begin();
  const auto at = static_cast<std::size_t>(first);
  if (left.size() < right.size())
    return left.substr(at) == right.substr(at + 1) ? Difference::slip : Difference::more;
  if (left.substr(at + 1) == right.substr(at + 1)) return Difference::slip;
  const bool exchanged = at + 1 < left.size() && left[at] == right[at + 1] && left[at + 1] == right[at] &&
                         left.substr(at + 2) == right.substr(at + 2);
  return exchanged ? Difference::slip : Difference::more;
}

double by_difference(Difference difference, double equal, double slip, double different) noexcept {
  return difference == Difference::none ? equal : difference == Difference::slip ? slip : different;
}

using Attribute = RecordProfile::Attribute;

double weigh_quantities(const Attribute& left, const Attribute& right) {
  const double one = std::strtod(left.value.c_str(), nullptr);
  const double other = std::strtod(right.value.c_str(), nullptr);
  if (one == other) return 1.5;
  const bool is_near = std::abs(one - other) <= 0.1 * std::max(std::abs(one), std::abs(other));
  return is_near || difference_of(left.digits, right.digits) == Difference::slip ? 0 : -1;
}

double weigh_texts(const Attribute& left, const Attribute& right) {
  if (left.words.words.empty() || right.words.words.empty()) return 0;
  const double similarity = compare_texts(left.words, right.words);
  return similarity < 0.5 ? -1.5 + 3 * similarity : 4 * (similarity - 0.5);
}

// Two values of one field may look different: a year beside a date, a phone number without its hyphens.
FieldKind common_kind(FieldKind left, FieldKind right) noexcept {
  if (left == right) return left;
  const auto [low, high] = std::minmax(left, right);
  if (low == FieldKind::text) return FieldKind::text;
  if (low == FieldKind::number) return FieldKind::number;
  return FieldKind::code;
}

// In natural logarithms of odds. A full date, a phone number or a code is shared by few; a year by many, but it is seldom
// mistaken, so that another one says much.
double weigh(const Attribute& left, const Attribute& right) {
  switch (common_kind(left.kind, right.kind)) {
    case FieldKind::text: break;
    case FieldKind::number: return weigh_quantities(left, right);
    case FieldKind::year: return left.digits == right.digits ? 1.0 : -3.0;
    case FieldKind::date: return by_difference(difference_of(left.digits, right.digits), 3.5, 1.5, -2.5);
    case FieldKind::phone: return by_difference(difference_of(left.digits, right.digits), 4.0, 2.0, -1.5);
    case FieldKind::code: return by_difference(difference_of(left.digits, right.digits), 4.5, 2.5, -2.0);
  }
  return weigh_texts(left, right);
}

struct Weighed {
  double weight = 0;
  std::string reason;
};

std::string reason_of(const Attribute& left, const Attribute& right, double weight) {
  char text[32] = "";
  std::snprintf(text, sizeof text, " (%+.1f)", weight);
  const std::string both =
      left.value == right.value ? '"' + left.value + '"' : '"' + left.value + "\", \"" + right.value + '"';
  return left.field + ": " + both + text;
}

// Of several values of one field the pair that agrees best speaks for it.
std::vector<Weighed> weigh_fields(const RecordProfile& left, const RecordProfile& right) {
  std::map<std::string_view, Weighed> best;
  for (const Attribute& one : left.attributes)
    for (const Attribute& other : right.attributes) {
      if (one.field != other.field) continue;
      const double weight = weigh(one, other);
      const auto [at, is_first] = best.try_emplace(one.field);
      if (is_first || weight > at->second.weight) at->second = {weight, reason_of(one, other, weight)};
    }
  std::vector<Weighed> fields;
  for (auto& [field, weighed] : best) fields.push_back(std::move(weighed));
  std::stable_sort(fields.begin(), fields.end(), [](const Weighed& one, const Weighed& other) {
    return std::abs(one.weight) > std::abs(other.weight);
  });
  return fields;
}

constexpr double no_name_odds = -1.0;  // logarithm: two records of which one has no name

double odds_of(double score) noexcept {
  const double likelihood = std::clamp(score, 0.002, 0.998);
  return std::log(likelihood / (1 - likelihood));
}

}  // namespace

FieldKind kind_of(std::string_view field, std::string_view value) noexcept {
  value = bare_value(value);
  const auto is_mark = [](char c) { return c == ' ' || c == '/' || c == '(' || c == ')' || c == '.' || c == '+' || c == '-'; };
  const bool only_digits = std::all_of(value.begin(), value.end(), [&](char c) { return is_digit(c) || is_mark(c); });
  const auto count = static_cast<std::size_t>(std::count_if(value.begin(), value.end(), is_digit));
  const bool has_marks = std::any_of(value.begin(), value.end(), is_mark);
  if (!only_digits || count == 0) return is_quantity(value) ? FieldKind::number : FieldKind::text;
  const std::string digits = digits_of(value);
  const bool is_called_phone = contains_any(field, {"phone", "tel", "fax", "mobile"});
  if (count >= 7 && count <= 15 && is_called_phone) return FieldKind::phone;
  if (value.size() == 4 && is_year(digits)) return FieldKind::year;
  if (is_date(digits) && (value.size() == 8 || value.size() == 10)) return FieldKind::date;
  if (is_quantity(value) && count < 6) return FieldKind::number;
  if (count >= 7 && count <= 15 && has_marks) return FieldKind::phone;
  return count >= 6 ? FieldKind::code : FieldKind::text;
}

RecordProfile profile_of(const Record& record) {
  RecordProfile profile;
  profile.name = profile_of(std::string_view{record.name});
  profile.identifiers = record.identifiers;
  std::sort(profile.identifiers.begin(), profile.identifiers.end());
  for (const RecordField& field : record.attributes) {
    const auto value = bare_value(field.value);
    if (stands_for_nothing(value)) continue;
    Attribute attribute{field.field, std::string{value}, digits_of(value), kind_of(field.field, value), profile_of(value)};
    profile.context.insert(attribute.words.words.begin(), attribute.words.words.end());
    profile.attributes.push_back(std::move(attribute));
  }
  return profile;
}

NameEvidence compare_records(const RecordProfile& left, const RecordProfile& right) {
  std::vector<std::string> shared;
  std::set_intersection(left.identifiers.begin(), left.identifiers.end(), right.identifiers.begin(),
                        right.identifiers.end(), std::back_inserter(shared));
  if (!shared.empty()) return {1, {"the same identifier: \"" + shared.front() + '"'}};
  NameEvidence evidence = compare_names(left.name, right.name, left.context, right.context);
  const bool has_names = !left.name.words.empty() && !right.name.words.empty();
  double odds = has_names ? odds_of(evidence.score) : no_name_odds;
  const auto fields = weigh_fields(left, right);
  if (fields.empty()) return evidence;
  for (const Weighed& field : fields) {
    odds += field.weight;
    evidence.reasons.push_back(field.reason);
  }
  evidence.score = 1 / (1 + std::exp(-odds));
  return evidence;
}

Outcome outcome_of(double score, const OutcomeThresholds& thresholds) noexcept {
  if (score >= thresholds.same) return Outcome::same;
  return score >= thresholds.suggestion ? Outcome::suggestion : Outcome::different;
}

}  // namespace commonbook::storage
