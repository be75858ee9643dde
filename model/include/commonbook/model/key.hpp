// What makes an entity itself: a key of space, scheme and value. Equal keys are one entity, always.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace commonbook {

/// How the value of a key is read. The names are those of the `alias` table's scheme column.
enum class Scheme : std::uint8_t {
  name = 1,   ///< a spelling; storage normalises it (case, width, spaces): 1-512 code points
  mailto,     ///< a mail address: a strong identifier
  mid,        ///< a Message-ID without angle brackets: a strong identifier
  ical_uid,   ///< an iCalendar UID, with its RECURRENCE-ID where there is one: a strong identifier
  exact,      ///< the bytes as given, 0 to 1 MiB
};

/// "name", "mailto", "mid", "ical-uid", "exact".
[[nodiscard]] std::string_view to_string(Scheme scheme) noexcept;
/// True for schemes that decide identity alone, whatever a name says.
[[nodiscard]] constexpr bool is_strong(Scheme scheme) noexcept {
  return scheme == Scheme::mailto || scheme == Scheme::mid || scheme == Scheme::ical_uid;
}

/// An entity's key. Agents give the value as they read it; storage normalises before it compares.
/// `space` is empty unless types or tenants are kept apart.
struct Key {
  Scheme scheme = Scheme::name;
  std::string value;
  std::string space;
  auto operator<=>(const Key&) const = default;
};

/// An entity as an agent mentions it: its key, and how it was spelled there (empty: the key's value).
struct EntityName {
  Key key;
  std::string spelling;
  bool operator==(const EntityName&) const = default;
};

/// A name as it stands in running text: key and spelling are the same words.
[[nodiscard]] EntityName named(std::string spelling);

}  // namespace commonbook
