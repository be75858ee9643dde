#include "word_index.hpp"

#include "reciprocal_rank.hpp"

#include <algorithm>
#include <cmath>

namespace commonbook::agents {
namespace {

constexpr double k1 = 0.9;
constexpr double b = 0.4;

}  // namespace

std::size_t WordIndex::add(const std::vector<Token>& tokens) {
  std::vector<std::uint32_t> ids;
  ids.reserve(tokens.size());
  for (const Token& token : tokens) {
    if (is_stop_word(token.text)) continue;
    const auto [at, fresh] = ids_.try_emplace(stem(token.text), static_cast<std::uint32_t>(words_.size()));
    if (fresh) {
      words_.push_back(&at->first);
      postings_.emplace_back();
    }
    ids.push_back(at->second);
  }
  std::sort(ids.begin(), ids.end());
  const std::size_t place = texts_.size();
  std::vector<Count>& counts = texts_.emplace_back();
  for (const std::uint32_t id : ids) {
    if (counts.empty() || counts.back().word != id) counts.push_back({id, 0});
    ++counts.back().times;
  }
  for (const Count& count : counts) postings_[count.word].push_back({static_cast<std::uint32_t>(place), count.times});
  lengths_.push_back(static_cast<std::uint32_t>(ids.size()));
  length_total_ += ids.size();
  return place;
}

double WordIndex::rarity(std::uint32_t word) const {
  const auto with = static_cast<double>(postings_[word].size());
  return std::log(1.0 + (static_cast<double>(texts_.size()) - with + 0.5) / (with + 0.5));
}

std::vector<double> WordIndex::score(const WeightedWords& query) const {
  std::vector<double> values(texts_.size(), 0.0);
  const double mean = std::max(1.0, static_cast<double>(length_total_) / std::max<double>(1.0, static_cast<double>(texts_.size())));
  for (const auto& [word, weight] : query) {
    const auto found = ids_.find(word);
    if (found == ids_.end()) continue;
    const double gain = weight * rarity(found->second);
    for (const Posting& posting : postings_[found->second]) {
      const double times = posting.times;
      values[posting.text] += gain * times * (k1 + 1) / (times + k1 * (1 - b + b * lengths_[posting.text] / mean));
    }
  }
  return values;
}

WeightedWords WordIndex::expansion(const WeightedWords& query, const std::vector<double>& values, std::size_t texts,
                                   std::size_t words) const {
  std::map<std::uint32_t, double> gains;
  const std::vector<std::size_t> order = descending(values);
  for (std::size_t i = 0; i < std::min(texts, order.size()) && values[order[i]] > 0; ++i)
    for (const Count& count : texts_[order[i]])
      if (postings_[count.word].size() > 1 && query.count(*words_[count.word]) == 0)
        gains[count.word] += values[order[i]] * rarity(count.word) * count.times / lengths_[order[i]];
  std::vector<std::pair<double, std::string>> ordered;
  for (const auto& [word, gain] : gains) ordered.emplace_back(-gain, *words_[word]);
  std::sort(ordered.begin(), ordered.end());
  if (ordered.size() > words) ordered.resize(words);
  WeightedWords expanded;
  for (const auto& [gain, word] : ordered) expanded[word] = gain / ordered.front().first;
  return expanded;
}

}  // namespace commonbook::agents
