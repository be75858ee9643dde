#include "book/name_blocks.hpp"

#include "book/digest.hpp"
#include "book/utf8.hpp"

#include <algorithm>
#include <utility>

namespace commonbook::storage {
namespace {

// Runs of ASCII digits: normal forms have no others of the common ones.
std::string numbers_of(std::string_view name) {
  std::string numbers;
  bool in_number = false;
  for (const char byte : name) {
    const bool is_digit = byte >= '0' && byte <= '9';
    if (is_digit && !in_number) numbers += ' ';
    if (is_digit) numbers += byte;
    in_number = is_digit;
  }
  return numbers;
}

// Each code point as text, with a blank before the first and behind the last.
std::vector<std::string> code_points(std::string_view name) {
  std::vector<std::string> points{" "};
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t from = at;
    static_cast<void>(next_code_point(name, at));
    points.emplace_back(name.substr(from, at - from));
  }
  points.emplace_back(" ");
  return points;
}

}  // namespace

std::vector<std::uint64_t> blocks_of(const BlockedName& name) {
  const std::string numbers = numbers_of(name.value);
  const auto points = code_points(name.value);
  std::vector<std::uint64_t> pieces;
  for (std::size_t at = 0; at + 3 <= points.size(); ++at) {
    RowHash hash{RowTable::alias};
    hash.add(std::string_view{points[at] + points[at + 1] + points[at + 2]});
    pieces.push_back(hash.add(std::string_view{numbers}).add(std::string_view{name.space}).value());
  }
  std::sort(pieces.begin(), pieces.end());
  pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
  // Two names that share half of the longer one's pieces share one of the least (n / 2 + 1) of each.
  pieces.resize(std::min({pieces.size(), pieces.size() / 2 + 1, NameBlocks::keys_max}));
  return pieces;
}

void NameBlocks::add(BlockedName name) {
  const auto place = static_cast<std::uint32_t>(names_.size());
  for (const std::uint64_t block : blocks_of(name)) blocks_[block].push_back(place);
  names_.push_back(std::move(name));
}

std::vector<const BlockedName*> NameBlocks::meet(const BlockedName& name) const {
  std::vector<std::uint32_t> places;
  for (const std::uint64_t block : blocks_of(name)) {
    const auto found = blocks_.find(block);
    if (found == blocks_.end()) continue;
    for (const std::uint32_t place : found->second)
      if (names_[place].entity < name.entity) places.push_back(place);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  std::vector<const BlockedName*> met;
  met.reserve(places.size());
  for (const std::uint32_t place : places) met.push_back(&names_[place]);
  return met;
}

}  // namespace commonbook::storage
