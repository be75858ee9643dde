// What went wrong and what to do about it: Error, ErrorCode and Result<T>, spoken by every folder.
// Codes are sorted by what the caller does next: wait and try again, mend the request, or stop.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace commonbook {

/// Why an operation failed. Numbered from 1, since 0 means "no error" on the message path.
enum class ErrorCode : std::uint8_t {
  // Wait, then try again: nothing was stored.
  busy = 1,           ///< the writer lock was not free before the deadline
  overloaded,         ///< admission refused; Error::retry_after says when to come back
  timeout,            ///< the deadline passed before work began
  disk_full,          ///< no space; reads go on
  // Mend the request: it can never succeed as it stands.
  invalid_argument,   ///< a field breaks a rule; the message names the field
  too_large,          ///< more triples, bytes or code points than one request may carry
  operation_id_reused,///< P2: the same operation id came with another payload
  not_found,          ///< what was asked for is not in the file
  already_exists,     ///< the target of a copy, or a second owner of something exclusive
  parse_error,        ///< a file or a configuration can't be read; the message has file and line
  not_supported,      ///< this build or this file system can't do it
  // Refused at open (P10): the file was left as it was.
  newer_schema,       ///< written by a later version of this program
  foreign_file,       ///< a database, but not one of ours
  unsafe_file,        ///< symlink, other owner, hard links, permissions
  network_file_system,///< locks can't be trusted there
  read_only,          ///< the directory or the file can't be written
  // Stop: a person or a restart is needed.
  corrupt,            ///< the file is damaged
  io,                 ///< the disk failed; the extended SQLite code is kept
  out_of_memory,      ///< an allocation failed; the transaction is gone
  cancelled,          ///< shutdown came first: certainly not stored
  unknown,            ///< COMMIT's outcome can't be known: retry with the same operation id
  internal,           ///< our own bug
};

/// The name of a code as users see it, e.g. "operation_id_reused". Never empty.
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

/// One failure. `sqlite_code` is SQLite's extended result code, 0 where SQLite was not involved.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;                      ///< one sentence for a person, with what to do next
  int sqlite_code = 0;                      ///< extended SQLite result code; never dropped on the way
  std::chrono::milliseconds retry_after{0}; ///< hint for `overloaded` and `busy`; 0: none

  bool operator==(const Error&) const = default;
};

/// "code: message [sqlite 522]" in one line. Thread: any.
[[nodiscard]] std::string to_string(const Error& error);

/// True for the codes after which the same request may simply be sent again.
[[nodiscard]] bool is_retryable(ErrorCode code) noexcept;

/// A value or an Error. Must be looked at; reading the wrong side aborts, since only our own bug can do it.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return state_.index() == 0; }
  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(value()); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }
  [[nodiscard]] const Error& error() const {
    if (state_.index() != 1) std::abort();
    return std::get<1>(state_);
  }

 private:
  T& value() {
    if (state_.index() != 0) std::abort();
    return std::get<0>(state_);
  }
  const T& value() const {
    if (state_.index() != 0) std::abort();
    return std::get<0>(state_);
  }
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  [[nodiscard]] explicit operator bool() const noexcept { return !error_; }
  [[nodiscard]] bool has_value() const noexcept { return !error_; }
  [[nodiscard]] const Error& error() const {
    if (!error_) std::abort();
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace commonbook
