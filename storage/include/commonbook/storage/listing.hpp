// What stands in a book, row by row and without interpretation: for checkers that compare it with what was asked for.
#pragma once
#include "commonbook/storage/book.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace commonbook::storage {

/// A key of scheme `name`, in normal form.
struct ListedName {
  std::string_view space;
  std::string_view value;
  std::int64_t entity = 0;
};

struct ListedObservation {
  std::int64_t id = 0;
  std::string_view position;      ///< as its agent gave it
  std::string_view operation_id;  ///< empty where none was given
  std::int64_t rows_expected = 0; ///< that it was stored with
  bool retracted = false;         ///< then its rows may be gone
};

struct ListedRow {
  std::int64_t observation = 0;
  std::int64_t subject = 0;
  std::int64_t object = 0;  ///< an entity; 0: the object is a literal
};

/// Called in the order of the fields; text is valid during the call. Any may be empty.
struct BookVisitor {
  std::function<void(const ListedName&)> name;
  std::function<void(const ListedObservation&)> observation;
  std::function<void(const ListedRow&)> row;  ///< each (subject, predicate, object, observation) once
};

/// Shows the whole book to `visitor`, in one snapshot, while others write.
/// @errors  busy, io, corrupt; timeout: the deadline passed while reading.
/// @thread  any; blocks; reads the whole file on a connection of its own.
Result<void> list_book(const Book& book, const BookVisitor& visitor, Clock::SteadyPoint deadline);

}  // namespace commonbook::storage
