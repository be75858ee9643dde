// Messages of an mbox file, one at a time.
#pragma once
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace commonbook::agents {

/// One message as it stands in its mailbox.
struct RawMessage {
  std::string bytes;
  std::uint64_t cut = 0;  ///< bytes beyond the limit that were passed over
};

/// Where messages begin is a guess in every mbox dialect. A line "From ..." begins one when a header field follows it
/// and it stands after an empty line, has the shape of a postmark, or lies where a Content-Length said that it would.
/// A Content-Length is believed only if such a line, or the end of the file, stands at its end: so a wrong one does no
/// harm, and a right one keeps "From " lines inside the message. Without it one ">" is taken off ">From " lines.
class MboxReader {
 public:
  /// @errors  io: the file can't be opened.
  static Result<MboxReader> open(const std::filesystem::path& path, std::size_t message_bytes_max);

  /// The next message without its "From " line; nullopt at the end. Memory: one message, bounded.
  /// @errors  io: the file can't be read any further.
  Result<std::optional<RawMessage>> next();
  /// Bytes behind us. Unit: bytes of the file.
  [[nodiscard]] std::int64_t position() const noexcept { return static_cast<std::int64_t>(at_); }

 private:
  MboxReader(std::ifstream file, std::size_t message_bytes_max)
      : file_(std::move(file)), message_bytes_max_(message_bytes_max) {}

  /// The next line with its line end, at most `line_bytes_max` of it at once; empty at the end of the file. Valid
  /// until the next call.
  std::string_view peek_line();
  std::string_view read_line();
  bool fill();
  [[nodiscard]] std::string probe(std::uint64_t offset);
  [[nodiscard]] std::optional<std::uint64_t> end_by_content_length(std::uint64_t length);
  [[nodiscard]] bool begins_message(const std::string& line, bool after_empty_line);

  std::ifstream file_;
  std::size_t message_bytes_max_;
  std::string buffer_;
  std::size_t buffer_at_ = 0;
  std::uint64_t at_ = 0;   // offset in the file of buffer_[buffer_at_]
  int wrong_lengths_ = 0;  // Content-Length fields that led nowhere
  bool inside_ = false;    // a "From " line was passed, its message comes next
};

/// "From " and a word, then nothing or a date: what mail programs write before a message.
[[nodiscard]] bool has_postmark_shape(std::string_view line) noexcept;

}  // namespace commonbook::agents
