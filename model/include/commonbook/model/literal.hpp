// Typed literal objects of triples. The text is the value: equal type and text are one literal.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace commonbook {

enum class LiteralType : std::uint8_t {
  text = 1,
  integer,    ///< decimal digits with an optional minus
  real,       ///< shortest decimal text that reads back to the same double
  boolean,    ///< "true" or "false"
  date,       ///< 2026-01-20
  timestamp,  ///< 2026-01-20T15:00:00Z, 2026-01-20T16:00:00+01:00[Europe/Berlin] (RFC 9557), or, for
              ///< a floating time, 2026-01-20T16:00:00
  uri,
};

/// "text", "integer", "real", "boolean", "date", "timestamp", "uri".
[[nodiscard]] std::string_view to_string(LiteralType type) noexcept;

struct Literal {
  LiteralType type = LiteralType::text;
  std::string text;
  auto operator<=>(const Literal&) const = default;
};

/// Checks that `literal.text` is a legal text of its type (see LiteralType). Thread: any.
[[nodiscard]] bool is_well_formed(const Literal& literal) noexcept;

}  // namespace commonbook
