// The records of a book as lines of JSON, one record a line.
//
//   {"commonbook": "book", "version": 1}                                    the first line
//   {"entity": 7, "keys": [["name", "ada lovelace"]], "spelling": "Ada Lovelace"}
//   {"predicate": "knows"}
//   {"redirect": 8, "to": 7}
//   {"observation": {"agent": "email", "session": "...", "sequence": 1, "triples": [[7, "knows", 9], ...], ...}}
//   {"suggestion": [7, 8], "score": 0.93, "reason": "...", "status": 0}
//   {"end": {"lines": 1203, "content_digest": "8b803c6997135dc0"}}          the last line, so that a cut is noticed
#pragma once
#include "json_output.hpp"

#include "commonbook/storage/transfer.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace commonbook::apps {

inline constexpr std::size_t book_line_bytes_max = 64u << 20;

struct BookHeader {};
struct BookEnd {
  std::int64_t lines = 0;             ///< before this one
  std::uint64_t content_digest = 0;
};
using BookLine = std::variant<BookHeader, storage::BookRecord, BookEnd>;

/// One line without its end. Text that is no UTF-8, which only a damaged file holds, is an error.
/// @errors  corrupt. @thread any.
[[nodiscard]] Result<std::string> book_line(const BookLine& line);

/// @errors  parse_error: no JSON, an unknown kind of line, a field that is missing, of another type or out of range; the
///          message names the field. newer_schema: a later version of the format. @thread any.
[[nodiscard]] Result<BookLine> parse_book_line(std::string_view text);

}  // namespace commonbook::apps
