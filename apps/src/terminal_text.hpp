// Text of strangers on a terminal: whatever could move the cursor, change the screen, or show characters in another
// order than they have is replaced, so that a document can't draw what this program did not say.
#pragma once
#include <iosfwd>
#include <memory>
#include <streambuf>
#include <string>
#include <string_view>

namespace commonbook::apps {

/// `text` with U+FFFD in place of each control character but line feed and tab, each C1 control (U+0080 to U+009F), each
/// bidirectional mark or override, and each byte that is no UTF-8. Thread: any.
[[nodiscard]] std::string terminal_text(std::string_view text);

/// The same characters as \uXXXX, which is the same JSON. @param json  dumped JSON: they stand inside its strings only.
[[nodiscard]] std::string terminal_json(std::string_view json);

/// For its life, what a stream writes to a terminal goes through terminal_text(). A stream that goes to a file or a pipe
/// is left as it is: there the bytes are data. Thread: one at a time; ends before the stream does.
class TerminalGuard {
 public:
  /// @param is_terminal  what isatty() says of where the stream leads.
  TerminalGuard(std::ostream& stream, bool is_terminal);
  TerminalGuard(const TerminalGuard&) = delete;
  TerminalGuard& operator=(const TerminalGuard&) = delete;
  ~TerminalGuard();

 private:
  class Filter;
  std::ostream& stream_;
  std::unique_ptr<Filter> filter_;
  std::streambuf* before_ = nullptr;
};

}  // namespace commonbook::apps
