#include "book/name_counts.hpp"

#include <algorithm>
#include <functional>

namespace commonbook::storage {
namespace {

constexpr std::size_t texts_max = 16;  // of one entity; some have a spelling for each who names them
constexpr std::size_t text_bytes_each_max = 256;

}  // namespace

void NameCounts::add(std::int64_t entity, std::string_view text, std::int64_t observation) {
  auto found = counts_.find(entity);
  if (found == counts_.end()) {
    if (is_closed_ || counts_.size() >= entities_max_) return;
    found = counts_.emplace(entity, NameCount{}).first;
  }
  NameCount& count = found->second;
  if (std::exchange(count.last_observation, observation) != observation) ++count.observations;
  if (text.empty()) {
    ++count.own;
    return;
  }
  const auto known = std::find_if(count.others.begin(), count.others.end(),
                                  [text](const auto& other) { return other.first == text; });
  if (known != count.others.end()) {
    ++known->second;
    return;
  }
  const std::size_t bytes = sizeof count.others.front() + text.size();
  if (count.others.size() >= texts_max || text.size() > text_bytes_each_max || bytes_ + bytes > bytes_max_) {
    count.is_complete = false;
    return;
  }
  count.others.emplace_back(text, 1);
  bytes_ += bytes;
}

void NameCounts::keep_most_named(std::size_t entities_max) {
  is_closed_ = true;
  if (counts_.size() <= entities_max) return;
  std::vector<std::int64_t> observations;
  for (const auto& [entity, count] : counts_) observations.push_back(count.observations);
  const auto last = observations.begin() + static_cast<std::ptrdiff_t>(entities_max);
  std::nth_element(observations.begin(), last, observations.end(), std::greater<>{});
  const std::int64_t least = *last;
  // Of those that are named as often as the first for whom there is no room, any that find some stay.
  auto room = static_cast<std::ptrdiff_t>(entities_max) -
              std::count_if(observations.begin(), last, [least](std::int64_t each) { return each > least; });
  std::erase_if(counts_, [&](const auto& entry) {
    const std::int64_t named = entry.second.observations;
    return named < least || (named == least && room-- <= 0);
  });
}

const NameCount* NameCounts::find(std::int64_t entity) const {
  const auto found = counts_.find(entity);
  return found == counts_.end() ? nullptr : &found->second;
}

std::vector<std::int64_t> NameCounts::entities() const {
  std::vector<std::int64_t> entities;
  entities.reserve(counts_.size());
  for (const auto& [entity, count] : counts_) entities.push_back(entity);
  std::sort(entities.begin(), entities.end());
  return entities;
}

}  // namespace commonbook::storage
