#include "book/spelling_codec.hpp"

#include <optional>

namespace commonbook::storage {
namespace {

// Seven bits a byte, the lowest first, the eighth set where more follow (LEB128 of the DWARF standard).
void append_number(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7f) | 0x80);
  bytes += static_cast<char>(number);
}

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return number;
  }
  return std::nullopt;
}

}  // namespace

void append_spelling(std::string& spellings, std::int64_t entity, std::string_view text) {
  // The lowest bit says whether a text follows.
  append_number(spellings, (static_cast<std::uint64_t>(entity) << 1) | (text.empty() ? 0U : 1U));
  if (text.empty()) return;
  append_number(spellings, text.size());
  spellings += text;
}

bool read_spellings(std::string_view spellings, const std::function<void(std::int64_t, std::string_view)>& visit) {
  while (!spellings.empty()) {
    const auto entity = take_number(spellings);
    if (!entity) return false;
    std::string_view text;
    if ((*entity & 1U) != 0) {
      const auto size = take_number(spellings);
      if (!size || *size == 0 || *size > spellings.size()) return false;
      text = spellings.substr(0, *size);
      spellings.remove_prefix(*size);
    }
    visit(static_cast<std::int64_t>(*entity >> 1), text);
  }
  return true;
}

}  // namespace commonbook::storage
