// Counts what SQLite writes into write-ahead logs. The log's file does not tell: after a checkpoint it is written again
// from its beginning and keeps its length.
#pragma once
#include <cstdint>
#include <string>

namespace commonbook::bench {

/// A file layer over SQLite's default one that counts the bytes of each write to a log: frames with their heads, the
/// log's own head whenever it restarts, and frames that a transaction writes a second time. One at a time in a process:
/// SQLite's call-backs for files have no context of their own. It ends after the last connection that uses it.
class LogCounter {
 public:
  /// @throws std::runtime_error where SQLite does not take it.
  LogCounter();
  ~LogCounter();
  LogCounter(const LogCounter&) = delete;
  LogCounter& operator=(const LogCounter&) = delete;

  /// For BookOptions::file_layer.
  [[nodiscard]] std::string name() const;
  /// Written since the counter was made, to all logs together. Thread: any.
  [[nodiscard]] std::int64_t bytes() const noexcept;
};

}  // namespace commonbook::bench
