#include "commonbook/storage/similarity.hpp"

#include "book/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

namespace commonbook::storage {
namespace {

constexpr std::size_t dimensions = 256;

std::vector<std::int32_t> code_points(std::string_view text) {
  std::vector<std::int32_t> points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::int32_t point = next_code_point(text, at);
    points.push_back(point == no_code_point ? 0xFFFD : point);
  }
  return points;
}

// 64-bit FNV-1a over code points: the same on every machine.
std::uint64_t hash_of(const std::int32_t* first, const std::int32_t* last) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (; first != last; ++first) {
    for (int shift = 0; shift < 32; shift += 8) {
      hash = (hash ^ ((static_cast<std::uint32_t>(*first) >> shift) & 0xFF)) * 0x100000001b3;
    }
  }
  return hash;
}

class NgramEmbedder final : public Embedder {
 public:
  [[nodiscard]] Result<Embedding> embed(std::string_view normalised_name) const override {
    std::vector<std::int32_t> points{' '};
    const auto name = code_points(normalised_name);
    points.insert(points.end(), name.begin(), name.end());
    points.push_back(' ');
    Embedding vector(dimensions, 0.0F);
    for (const std::size_t length : {std::size_t{2}, std::size_t{3}}) {
      for (std::size_t at = 0; at + length <= points.size(); ++at) {
        const std::uint64_t hash = hash_of(&points[at], &points[at] + length);
        vector[hash % dimensions] += (hash >> 63) != 0 ? 1.0F : -1.0F;
      }
    }
    double square = 0;
    for (const float part : vector) square += static_cast<double>(part) * static_cast<double>(part);
    if (square > 0) {
      const double norm = std::sqrt(square);
      for (float& part : vector) part = static_cast<float>(static_cast<double>(part) / norm);
    }
    return vector;
  }
};

struct JaroMatches {
  std::size_t matches = 0;
  std::size_t transpositions = 0;  // halved
};

bool is_short_ascii(std::string_view text) noexcept {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char byte) { return (byte & 0x80) == 0; });
}

std::uint64_t lowest_bits(std::size_t count) noexcept { return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1; }

// The same as match() below for names of up to 64 ASCII letters, which nearly all are: a word of bits for the places of
// each letter finds the first free one in the window at once.
JaroMatches match_short(std::string_view left, std::string_view right) noexcept {
  const std::size_t longest = std::max(left.size(), right.size());
  const std::size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
  std::array<std::uint64_t, 128> places{};
  for (std::size_t at = 0; at < right.size(); ++at) places[static_cast<unsigned char>(right[at])] |= std::uint64_t{1} << at;
  std::uint64_t taken = 0;
  std::array<char, 64> matched{};
  JaroMatches found;
  for (std::size_t at = 0; at < left.size(); ++at) {
    const std::uint64_t in_window = lowest_bits(at + window + 1) & ~lowest_bits(at > window ? at - window : 0);
    const std::uint64_t free = places[static_cast<unsigned char>(left[at])] & in_window & ~taken;
    if (free == 0) continue;
    taken |= free & (~free + 1);
    matched[found.matches++] = left[at];
  }
  for (std::size_t next = 0; taken != 0; taken &= taken - 1, ++next)
    if (right[static_cast<std::size_t>(std::countr_zero(taken))] != matched[next]) ++found.transpositions;
  found.transpositions /= 2;
  return found;
}

JaroMatches match(const std::vector<std::int32_t>& left, const std::vector<std::int32_t>& right) {
  const std::size_t longest = std::max(left.size(), right.size());
  const std::size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
  std::vector<bool> taken(right.size(), false);
  std::vector<std::int32_t> matched;
  for (std::size_t at = 0; at < left.size(); ++at) {
    const std::size_t end = std::min(right.size(), at + window + 1);
    for (std::size_t other = at > window ? at - window : 0; other < end; ++other) {
      if (taken[other] || left[at] != right[other]) continue;
      taken[other] = true;
      matched.push_back(left[at]);
      break;
    }
  }
  JaroMatches found{matched.size(), 0};
  std::size_t next = 0;
  for (std::size_t at = 0; at < right.size(); ++at) {
    if (taken[at] && right[at] != matched[next++]) ++found.transpositions;
  }
  found.transpositions /= 2;
  return found;
}

}  // namespace

std::shared_ptr<const Embedder> ngram_embedder() { return std::make_shared<NgramEmbedder>(); }

double cosine(const Embedding& left, const Embedding& right) noexcept {
  const std::size_t length = std::min(left.size(), right.size());
  double sum = 0;
  for (std::size_t at = 0; at < length; ++at) sum += static_cast<double>(left[at]) * static_cast<double>(right[at]);
  return std::clamp(sum, -1.0, 1.0);
}

namespace {

// `Text`: letters that can be compared one by one.
template <class Text>
double jaro_winkler_of(const JaroMatches& found, const Text& left, const Text& right) {
  if (found.matches == 0) return 0;
  const auto matches = static_cast<double>(found.matches);
  const double jaro = (matches / static_cast<double>(left.size()) + matches / static_cast<double>(right.size()) +
                       (matches - static_cast<double>(found.transpositions)) / matches) / 3;
  std::size_t prefix = 0;
  while (prefix < 4 && prefix < left.size() && prefix < right.size() && left[prefix] == right[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * 0.1 * (1 - jaro);
}

}  // namespace

double jaro_winkler(std::string_view left_text, std::string_view right_text) {
  if (left_text.empty() && right_text.empty()) return 1;
  if (is_short_ascii(left_text) && is_short_ascii(right_text))
    return jaro_winkler_of(match_short(left_text, right_text), left_text, right_text);
  const auto left = code_points(left_text);
  const auto right = code_points(right_text);
  return jaro_winkler_of(match(left, right), left, right);
}

}  // namespace commonbook::storage
