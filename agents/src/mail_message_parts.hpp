// The structure of a message: header fields and the tree of its MIME parts, found in one pass a level. Splitting is
// our own, so that depth, parts and work are bounded whatever the message says; what a field or a body means is left
// to GMime (mail_message_headers.hpp, mail_text_decoding.hpp).
#pragma once
#include "mail_message_limits.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// A header field. The value is unfolded; bytes above 127 stand as they came.
struct HeaderField {
  std::string name;  ///< in lower case
  std::string value;
};

/// A header block and what follows it.
struct SplitMessage {
  std::vector<HeaderField> fields;
  std::string_view body;    ///< within the text that was split
  std::size_t dropped = 0;  ///< fields beyond the limits
};

/// Splits at the first empty line; a line that is no field ends the header too (its text is kept as body).
/// Lines may end in LF or CR LF. Work: linear. Thread: any.
[[nodiscard]] SplitMessage split_header(std::string_view text, const MailLimits& limits);

/// All values of a field, in order. `name` in lower case.
[[nodiscard]] std::vector<std::string_view> all_values(const std::vector<HeaderField>& fields, std::string_view name);
/// The first value of a field, or an empty text.
[[nodiscard]] std::string_view first_value(const std::vector<HeaderField>& fields, std::string_view name);

/// The bodies between the delimiter lines of a multipart, without the line end that belongs to the delimiter
/// (RFC 2046, 5.1.1). A missing closing delimiter ends the last body at the end of the text. At most `parts_max`
/// bodies; `more` is set when there were others.
struct SplitMultipart {
  std::vector<std::string_view> bodies;
  bool more = false;
};
[[nodiscard]] SplitMultipart split_multipart(std::string_view body, std::string_view boundary, std::size_t parts_max);

/// True when the line could begin a header field: "Name:" with printable ASCII before the colon.
[[nodiscard]] bool looks_like_field(std::string_view line) noexcept;

/// Takes the next line off `rest`, without its LF or CR LF.
[[nodiscard]] std::string_view take_line(std::string_view& rest) noexcept;

}  // namespace commonbook::agents
