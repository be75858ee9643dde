#include "mbox_reader.hpp"

#include "mail_message_parts.hpp"
#include "mail_text_ascii.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace commonbook::agents {
namespace {

constexpr std::size_t block_bytes = 64u << 10;
/// A longer line comes in pieces; only the first can be a "From " line or a field.
constexpr std::size_t line_bytes_max = 32u << 10;

std::string_view without_line_end(std::string_view line) noexcept {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_quoted_from_line(std::string_view line) noexcept {
  const std::size_t begin = line.find_first_not_of('>');
  return begin != 0 && begin != std::string_view::npos && line.substr(begin).starts_with("From ");
}

/// The value of a Content-Length field, nullopt for other lines and for nonsense.
std::optional<std::uint64_t> content_length(std::string_view line) noexcept {
  constexpr std::string_view name = "content-length:";
  line = without_line_end(line);
  if (!begins_with_ignoring_case(line, name)) return std::nullopt;
  line.remove_prefix(name.size());
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  constexpr std::uint64_t length_max = std::uint64_t{1} << 40u;
  if (error != std::errc{} || end == line.data() || value > length_max) return std::nullopt;
  return value;
}

/// The empty line before the next "From " line belongs to the mailbox, not to the message.
RawMessage finished(RawMessage message) {
  if (message.bytes.ends_with("\n\n")) message.bytes.pop_back();
  if (message.bytes.ends_with("\n\r\n")) message.bytes.resize(message.bytes.size() - 2);
  return message;
}

}  // namespace

bool has_postmark_shape(std::string_view line) noexcept {
  line = without_line_end(line);
  if (!line.starts_with("From ")) return false;
  line.remove_prefix(5);
  while (line.starts_with(' ')) line.remove_prefix(1);
  const std::size_t word = line.find(' ');
  if (word == 0 || line.empty()) return false;
  if (word == std::string_view::npos) return true;
  const std::string_view rest = line.substr(word);
  if (rest.find_first_not_of(' ') == std::string_view::npos) return true;
  // A date of ctime(): a time of day and a year are in it, whatever else stands there.
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 1; i + 1 < rest.size(); ++i)
    if (rest[i] == ':' && digit(rest[i - 1]) && digit(rest[i + 1])) return true;
  return false;
}

Result<MboxReader> MboxReader::open(const std::filesystem::path& path, std::size_t message_bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::io, "the mailbox can't be opened for reading"};
  return MboxReader{std::move(file), message_bytes_max};
}

bool MboxReader::fill() {
  buffer_.erase(0, buffer_at_);
  buffer_at_ = 0;
  const std::size_t before = buffer_.size();
  buffer_.resize(before + block_bytes);
  file_.read(buffer_.data() + before, static_cast<std::streamsize>(block_bytes));
  buffer_.resize(before + static_cast<std::size_t>(file_.gcount()));
  return buffer_.size() > before;
}

std::string_view MboxReader::peek_line() {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = buffer_.find('\n', buffer_at_ + searched);
    const bool whole = end != std::string::npos;
    const std::size_t length = whole ? end + 1 - buffer_at_ : buffer_.size() - buffer_at_;
    searched = length;
    if (whole || length >= line_bytes_max || !fill())
      return std::string_view(buffer_).substr(buffer_at_, std::min(length, line_bytes_max));
  }
}

std::string_view MboxReader::read_line() {
  const std::string_view line = peek_line();
  buffer_at_ += line.size();
  at_ += line.size();
  return line;
}

/// Looks at some bytes elsewhere in the file; reading goes on where it was.
std::string MboxReader::probe(std::uint64_t offset) {
  constexpr std::size_t probe_bytes = 1024;
  std::string bytes(probe_bytes, '\0');
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(offset));
  file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file_.gcount()));
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(at_ + (buffer_.size() - buffer_at_)));
  return bytes;
}

bool MboxReader::begins_message(const std::string& line, bool after_empty_line) {
  if (!line.starts_with("From ")) return false;
  if (!after_empty_line && !has_postmark_shape(line)) return false;
  const std::string_view next = peek_line();
  return looks_like_field(without_line_end(next)) || next.starts_with(">From ");
}

std::optional<std::uint64_t> MboxReader::end_by_content_length(std::uint64_t length) {
  constexpr int wrong_lengths_max = 64;  // each costs a look elsewhere in the file
  if (wrong_lengths_ >= wrong_lengths_max) return std::nullopt;
  const std::uint64_t end = at_ + length;
  const std::string bytes = probe(end - 1);
  std::string_view rest = bytes;
  bool fits = rest.starts_with('\n');
  if (fits) rest.remove_prefix(1);
  // Programs differ on whether the empty line before the next message is counted.
  for (int empty_lines = 0; empty_lines < 2 && (rest.starts_with('\n') || rest.starts_with("\r\n")); ++empty_lines)
    static_cast<void>(take_line(rest));
  if (fits && !rest.empty()) {
    fits = take_line(rest).starts_with("From ");
    if (fits) fits = looks_like_field(take_line(rest));
  }
  if (fits) return end;
  ++wrong_lengths_;
  return std::nullopt;
}

Result<std::optional<RawMessage>> MboxReader::next() {
  RawMessage message;
  bool in_header = true;
  bool after_empty_line = false;
  bool line_begins = true;
  std::optional<std::uint64_t> length;
  std::optional<std::uint64_t> believed_end;
  for (;;) {
    const std::uint64_t line_at = at_;
    std::string line(read_line());
    if (line.empty()) break;
    const bool trusted = believed_end && line_at < *believed_end;
    if (line_begins && !trusted && begins_message(line, after_empty_line || !inside_ || believed_end.has_value())) {
      if (std::exchange(inside_, true)) return std::optional{finished(std::move(message))};
      continue;
    }
    const bool empty = line_begins && without_line_end(line).empty();
    if (inside_) {
      if (line_begins && !trusted && !in_header && is_quoted_from_line(line)) line.erase(0, 1);
      const std::size_t kept = std::min(line.size(), message_bytes_max_ - message.bytes.size());
      message.bytes.append(line, 0, kept);
      message.cut += line.size() - kept;
      if (in_header && line_begins && !length) length = content_length(line);
      if (in_header && empty) {
        in_header = false;
        if (length) believed_end = end_by_content_length(*length);
      }
    }
    after_empty_line = empty;
    line_begins = line.ends_with('\n');
  }
  if (file_.bad()) return Error{ErrorCode::io, "the mailbox can't be read any further"};
  if (!std::exchange(inside_, false)) return std::optional<RawMessage>{};
  return std::optional{finished(std::move(message))};
}

}  // namespace commonbook::agents
