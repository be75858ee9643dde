// A leased prepared statement: bind, step, read columns; reset on every path by its destructor.
#pragma once
#include "commonbook/model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace commonbook::storage {

/// Indexes of parameters count from 1, of columns from 0, as SQLite has them. Text and blobs are bound
/// without a copy: they must live until the next step that ends the statement, or reset().
/// @thread  its connection's.
class Statement {
 public:
  Statement(sqlite3_stmt* raw, bool* leased) noexcept;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int index, std::int64_t value) noexcept;
  Statement& bind(int index, double value) noexcept;
  Statement& bind(int index, std::string_view text) noexcept;
  Statement& bind_blob(int index, std::string_view bytes) noexcept;
  Statement& bind_null(int index) noexcept;

  /// true: a row is there; false: done. @errors with the extended code; a bind error shows here.
  Result<bool> step();
  /// step() that must end without a row; then resets. For INSERT, UPDATE, DELETE.
  Result<void> run();
  void reset() noexcept;

  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  [[nodiscard]] double real(int column) const noexcept;
  [[nodiscard]] std::string_view text(int column) const noexcept;  ///< valid until the next step
  [[nodiscard]] std::string_view blob(int column) const noexcept;  ///< valid until the next step
  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] bool is_integer(int column) const noexcept;

 private:
  sqlite3_stmt* raw_;
  bool* leased_;
  int bind_code_ = 0;
};

}  // namespace commonbook::storage
