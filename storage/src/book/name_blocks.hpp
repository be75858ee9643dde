// Which names are worth comparing: keys at which two names meet that may be alike.
//
// The keys of a name depend on this name alone, never on the others or on which came first, and each says much of the
// name, so that few names share one: a whole word with the first or the last letter of another one, a word with one letter
// left out, all words together. Names whose numbers differ ("room 12", "room 13") never meet: a number tells things apart.
#pragma once
#include "commonbook/storage/record_evidence.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::storage {

/// A key of scheme `name`, in normal form, and whose it is.
struct BlockedName {
  std::int64_t entity = 0;
  std::string space;
  std::string value;
};

/// The blocks of a name, sorted, each once, at most 64. Thread: any.
[[nodiscard]] std::vector<std::uint64_t> blocks_of(const NameProfile& name, std::string_view space);

}  // namespace commonbook::storage
