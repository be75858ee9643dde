#include "book/pending_names.hpp"

#include "book/name_candidates.hpp"

#include <algorithm>
#include <set>

namespace commonbook::storage {
namespace {

constexpr std::int64_t pending_min = 1'024;
constexpr std::int64_t pending_max = 16'384;  // some 16 MB

bool is_common(const std::vector<std::uint32_t>& places) {
  return static_cast<std::int64_t>(places.size()) > block_entities_max;
}

}  // namespace

void PendingNames::add(BlockedName name, std::span<const std::uint64_t> blocks) {
  const auto place = static_cast<std::uint32_t>(names_.size());
  for (const std::uint64_t block : blocks) {
    rows_.emplace_back(static_cast<std::int64_t>(block), name.entity);
    auto& places = places_[block];
    if (!is_common(places)) places.push_back(place);
  }
  names_.push_back(std::move(name));
}

std::vector<const BlockedName*> PendingNames::meeting(std::span<const std::uint64_t> blocks) const {
  std::set<std::uint32_t> met;
  for (const std::uint64_t block : blocks)
    if (const auto found = places_.find(block); found != places_.end() && !is_common(found->second))
      met.insert(found->second.begin(), found->second.end());
  std::vector<const BlockedName*> names;
  for (const std::uint32_t place : met) names.push_back(&names_[place]);
  return names;
}

std::vector<std::uint64_t> PendingNames::uncommon(std::span<const std::uint64_t> blocks) const {
  std::vector<std::uint64_t> few;
  for (const std::uint64_t block : blocks)
    if (const auto found = places_.find(block); found == places_.end() || !is_common(found->second)) few.push_back(block);
  return few;
}

bool PendingNames::is_full(std::int64_t last_entity) const noexcept {
  const auto wanted = std::clamp(last_entity / 8, pending_min, pending_max);
  return static_cast<std::int64_t>(names_.size()) >= wanted;
}

std::span<const std::pair<std::int64_t, std::int64_t>> PendingNames::rows_to_file() {
  if (!is_filing_) std::sort(rows_.begin(), rows_.end());
  is_filing_ = true;
  return std::span{rows_}.subspan(filed_);
}

}  // namespace commonbook::storage
