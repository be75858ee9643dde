// From the bytes of a part to text: transfer encodings and character sets.
#pragma once
#include <string>
#include <string_view>

namespace commonbook::agents {

/// Loads GMime's tables, once; to be called before anything of GMime. It stays loaded until the process ends, since
/// other threads may be reading mail. Thread: any.
void start_gmime();

/// Undoes a Content-Transfer-Encoding (base64, quoted-printable, x-uuencode; anything else: bytes as they stand).
/// Never longer than its input. Thread: any.
[[nodiscard]] std::string decode_transfer(std::string_view body, std::string_view encoding);

/// True for the character sets that are converted. Others are read as if none were given: some converters of the C
/// library have had memory errors, and mail should not choose which of them run.
[[nodiscard]] bool is_known_charset(std::string_view charset) noexcept;

/// UTF-8 with LF line ends, without NUL and byte order mark. Bytes that are wrong in their character set become
/// U+FFFD. Without a known charset: UTF-8 where it is valid, else windows-1252. Thread: any.
[[nodiscard]] std::string decode_charset(std::string bytes, std::string_view charset);

/// Valid UTF-8 whatever comes in: wrong bytes become U+FFFD, control characters but tab and LF go, CR LF is LF.
[[nodiscard]] std::string clean_utf8(std::string_view text);

/// Cuts at a code point so that at most `bytes_max` stay; true when something was cut.
bool cut_utf8(std::string& text, std::size_t bytes_max);

/// Each run of white space becomes one space; none at the ends.
[[nodiscard]] std::string squeeze_spaces(std::string_view text);

}  // namespace commonbook::agents
