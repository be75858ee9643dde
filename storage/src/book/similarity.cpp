#include "commonbook/storage/similarity.hpp"

#include "book/utf8.hpp"

#include <algorithm>
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

double jaro_winkler(std::string_view left_text, std::string_view right_text) {
  const auto left = code_points(left_text);
  const auto right = code_points(right_text);
  if (left.empty() && right.empty()) return 1;
  const JaroMatches found = match(left, right);
  if (found.matches == 0) return 0;
  const auto matches = static_cast<double>(found.matches);
  const double jaro = (matches / static_cast<double>(left.size()) + matches / static_cast<double>(right.size()) +
                       (matches - static_cast<double>(found.transpositions)) / matches) / 3;
  std::size_t prefix = 0;
  while (prefix < 4 && prefix < left.size() && prefix < right.size() && left[prefix] == right[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * 0.1 * (1 - jaro);
}

}  // namespace commonbook::storage
