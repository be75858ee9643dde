#include "commonbook/storage/name_evidence.hpp"

#include "book/name_tables.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <tuple>

namespace commonbook::storage {
namespace {

enum class Match : std::uint8_t { equal, nickname, initial, beginning, alike };

struct WordPair {
  double similarity = 0;
  Match match = Match::equal;
  std::size_t left = 0;
  std::size_t right = 0;
};

bool is_number(const std::string& word) { return word.front() >= '0' && word.front() <= '9'; }

double weight_of(const std::string& word) {
  if (is_particle(word) || !legal_form_of(word).empty()) return 0.2;
  return word.size() > 1 ? 1.0 : 0.5;
}

constexpr double alike_min = 0.85;  // below it two words have no more to do with each other than any two

std::optional<WordPair> match_words(const std::string& left, const std::string& right) {
  if (left == right) return WordPair{1, Match::equal, 0, 0};
  if (is_number(left) || is_number(right)) return std::nullopt;
  if (left.size() == 1 || right.size() == 1)
    return left.front() == right.front() ? std::optional{WordPair{0.8, Match::initial, 0, 0}} : std::nullopt;
  if (are_nicknames(left, right)) return WordPair{0.95, Match::nickname, 0, 0};
  const double similarity = jaro_winkler(left, right);
  const bool begins = std::min(left.size(), right.size()) >= 3 && (left.starts_with(right) || right.starts_with(left));
  if (begins) return WordPair{std::max(similarity, 0.9), Match::beginning, 0, 0};
  if (similarity < alike_min) return std::nullopt;
  return WordPair{similarity, Match::alike, 0, 0};
}

// The best pair first, then the next best of what is left.
std::vector<WordPair> align(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  std::vector<WordPair> pairs;
  for (std::size_t one = 0; one < left.size(); ++one)
    for (std::size_t other = 0; other < right.size(); ++other)
      if (auto pair = match_words(left[one], right[other])) {
        pair->left = one;
        pair->right = other;
        pairs.push_back(*pair);
      }
  const auto distance = [](const WordPair& pair) { return std::max(pair.left, pair.right) - std::min(pair.left, pair.right); };
  std::sort(pairs.begin(), pairs.end(), [&](const WordPair& one, const WordPair& other) {
    return std::tuple{-one.similarity, distance(one), one.left, one.right} <
           std::tuple{-other.similarity, distance(other), other.left, other.right};
  });
  std::vector<bool> left_taken(left.size(), false);
  std::vector<bool> right_taken(right.size(), false);
  std::vector<WordPair> kept;
  for (const WordPair& pair : pairs) {
    if (left_taken[pair.left] || right_taken[pair.right]) continue;
    left_taken[pair.left] = right_taken[pair.right] = true;
    kept.push_back(pair);
  }
  return kept;
}

// What is left over of one side.
struct Rest {
  double weight = 0;     // of all words that found no partner
  double explained = 0;  // of these, said elsewhere by the other record
  std::string first;     // unexplained, for the reasons
};

Rest rest_of(const std::vector<std::string>& words, const std::vector<bool>& taken, const ContextWords& context) {
  Rest rest;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (taken[at]) continue;
    rest.weight += weight_of(words[at]);
    if (context.contains(words[at]))
      rest.explained += weight_of(words[at]);
    else if (rest.first.empty() && weight_of(words[at]) > 0.2)
      rest.first = words[at];
  }
  return rest;
}

struct Comparison {
  double similarity = 0;  // share of the words' weight that found partners
  std::vector<WordPair> pairs;
  Rest left, right;
  bool same_order = true;
};

Comparison compare_words(const NameProfile& left, const NameProfile& right, const ContextWords& left_context,
                         const ContextWords& right_context) {
  Comparison result;
  result.pairs = align(left.words, right.words);
  std::vector<bool> left_taken(left.words.size(), false);
  std::vector<bool> right_taken(right.words.size(), false);
  double matched = 0;
  double whole = 0;
  for (const WordPair& pair : result.pairs) {
    left_taken[pair.left] = right_taken[pair.right] = true;
    const double weight = weight_of(left.words[pair.left]) + weight_of(right.words[pair.right]);
    matched += pair.similarity * weight;
    whole += weight;
  }
  result.left = rest_of(left.words, left_taken, right_context);
  result.right = rest_of(right.words, right_taken, left_context);
  whole += result.left.weight + result.right.weight - 0.9 * (result.left.explained + result.right.explained);
  result.similarity = whole > 0 ? matched / whole : 0;
  std::sort(result.pairs.begin(), result.pairs.end(),
            [](const WordPair& one, const WordPair& other) { return one.left < other.left; });
  for (std::size_t at = 1; at < result.pairs.size(); ++at)
    result.same_order = result.same_order && result.pairs[at - 1].right < result.pairs[at].right;
  return result;
}

// From the share of words to how likely two such names mean one thing: convex, since names that share half of their words
// are the rule in any book.
double likelihood_of(double similarity) {
  constexpr std::array<std::pair<double, double>, 8> points{{{0, .002}, {.4, .01}, {.6, .08}, {.7, .3},
                                                             {.8, .7}, {.9, .92}, {.95, .97}, {1, .99}}};
  for (std::size_t at = 1; at < points.size(); ++at) {
    const auto& [from, low] = points[at - 1];
    const auto& [to, high] = points[at];
    if (similarity <= to) return low + (high - low) * (similarity - from) / (to - from);
  }
  return points.back().second;
}

struct Limit {
  double score_max;
  std::string reason;
};

std::string quoted(const std::string& left, const std::string& right) { return "\"" + left + "\", \"" + right + "\""; }

Limit limit_of(const WordPair& pair, const NameProfile& left, const NameProfile& right) {
  const std::string both = quoted(left.words[pair.left], right.words[pair.right]);
  switch (pair.match) {
    case Match::equal: break;
    case Match::nickname: return {0.96, "nickname: " + both};
    case Match::initial: return {0.94, "initial: " + both};
    case Match::beginning: return {0.95, "beginning: " + both};
    case Match::alike: return {0.97, "written alike: " + both};
  }
  return {1, {}};
}

// What keeps a score down, whatever the words say.
std::vector<Limit> limits_of(const Comparison& words, const NameProfile& left, const NameProfile& right) {
  std::vector<Limit> limits;
  for (const WordPair& pair : words.pairs)
    if (auto limit = limit_of(pair, left, right); !limit.reason.empty()) limits.push_back(std::move(limit));
  if (left.numbers != right.numbers) limits.push_back({0.05, "numbers differ"});
  if (left.is_transliterated != right.is_transliterated) limits.push_back({0.95, "written in another script"});
  if (!left.legal_form.empty() && !right.legal_form.empty() && left.legal_form != right.legal_form)
    limits.push_back({0.93, "another legal form: " + quoted(left.legal_form_written, right.legal_form_written)});
  // One common word, and only one side says that it is a company.
  if (left.legal_form.empty() != right.legal_form.empty() && std::max(left.words.size(), right.words.size()) == 1)
    limits.push_back({0.94, "a single word"});
  for (const auto* rest : {&words.left, &words.right}) {
    if (!rest->first.empty()) limits.push_back({0.96, "only one has \"" + rest->first + "\""});
    if (rest->explained > 0) limits.push_back({0.97, "one says elsewhere what the other has in its name"});
  }
  return limits;
}

}  // namespace

NameEvidence compare_names(const NameProfile& left, const NameProfile& right, const ContextWords& left_context,
                           const ContextWords& right_context) {
  NameEvidence evidence;
  if (left.words.empty() || right.words.empty()) return evidence;
  const Comparison words = compare_words(left, right, left_context, right_context);
  evidence.score = likelihood_of(words.similarity);
  const auto limits = limits_of(words, left, right);
  if (words.pairs.empty()) return evidence;
  const bool all_equal = std::all_of(words.pairs.begin(), words.pairs.end(),
                                     [](const WordPair& pair) { return pair.match == Match::equal; });
  const bool nothing_left = words.left.weight == 0 && words.right.weight == 0;
  if (all_equal && nothing_left) {
    evidence.score = words.same_order ? 0.995 : 0.992;
    if (!words.same_order && left.words.size() > 3) evidence.score = 0.95;  // "Leeds to York" is not "York to Leeds"
    evidence.reasons.emplace_back(words.same_order ? "same words" : "same words in another order");
  } else {
    char share[40] = "";
    std::snprintf(share, sizeof share, "%.0f %% of the words agree", 100 * words.similarity);
    evidence.reasons.emplace_back(share);
  }
  if (left.legal_form == right.legal_form && left.legal_form_written != right.legal_form_written)
    evidence.reasons.push_back("legal form written otherwise: " + quoted(left.legal_form_written, right.legal_form_written));
  if (left.legal_form.empty() != right.legal_form.empty())
    evidence.reasons.push_back("legal form left out: \"" + left.legal_form_written + right.legal_form_written + '"');
  for (const Limit& limit : limits) {
    evidence.score = std::min(evidence.score, limit.score_max);
    evidence.reasons.push_back(limit.reason);
  }
  return evidence;
}

double compare_texts(const NameProfile& left, const NameProfile& right) {
  if (left.words.empty() || right.words.empty()) return 0;
  double similarity = compare_words(left, right, {}, {}).similarity;
  // Few words may be split or joined otherwise; a long list has an order of its own.
  if (std::max(left.words.size(), right.words.size()) <= 4)
    similarity = std::max(similarity, jaro_winkler(left.joined, right.joined));
  return similarity;
}

Result<NameEvidence> compare_spellings(std::string_view left, std::string_view right, const Embedder& embedder) {
  NameEvidence evidence;
  const auto one = embedder.embed(left);
  if (!one) return one.error();
  const auto other = embedder.embed(right);
  if (!other) return other.error();
  const double score = (cosine(*one, *other) + jaro_winkler(left, right)) / 2;
  evidence.score = std::clamp(score, 0.0, 0.97);
  evidence.reasons.emplace_back("spelled alike");
  return evidence;
}

}  // namespace commonbook::storage
