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

// Where each code point of the padded name begins, and where the last one ends.
std::vector<std::size_t> code_point_places(std::string_view padded) {
  std::vector<std::size_t> places{0};
  places.reserve(padded.size() + 1);
  for (std::size_t at = 0; at < padded.size();) {
    static_cast<void>(next_code_point(padded, at));
    places.push_back(at);
  }
  return places;
}

}  // namespace

std::vector<std::uint64_t> blocks_of(const BlockedName& name) {
  const std::string numbers = numbers_of(name.value);
  const std::string padded = ' ' + name.value + ' ';  // so that first and last letters count more
  const auto places = code_point_places(padded);
  std::vector<std::uint64_t> pieces;
  pieces.reserve(places.size());
  for (std::size_t at = 0; at + 3 < places.size(); ++at) {
    RowHash hash{RowTable::alias};
    hash.add(std::string_view{padded}.substr(places[at], places[at + 3] - places[at]));
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
