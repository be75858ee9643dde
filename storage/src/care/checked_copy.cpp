#include "care/checked_copy.hpp"

#include <string>

#include <sys/stat.h>

namespace commonbook::storage {

Result<std::int64_t> verify_unnamed(const std::filesystem::path& copy, const BookOptions& options, const Clock& clock,
                                    Clock::SteadyPoint deadline, const Progress& progress) {
  BookOptions opening;
  opening.path = copy;
  opening.unknown_file_system_ok = options.unknown_file_system_ok;
  opening.schema = options.schema;
  opening.keep_overlay = false;
  opening.reserve_bytes = 0;
  const auto book = Book::open(opening, clock, deadline);
  if (!book) return book.error();
  const auto report = verify(*book, deadline, progress);
  if (!report) return report.error();
  for (const Check& check : report->checks)
    if (!check.ok)
      return Error{ErrorCode::corrupt, "the copy is not sound: " + check.id + ", " + check.what + ": " + check.detail, 0,
                   {}};
  return static_cast<std::int64_t>(report->checks.size());
}

Result<std::filesystem::path> free_name(const std::filesystem::path& path) {
  constexpr int names_max = 1'000;
  for (int number = 0; number <= names_max; ++number) {
    const std::string name = number == 0 ? path.native() : path.native() + "-" + std::to_string(number);
    struct stat found {};
    if (::lstat(name.c_str(), &found) != 0 && errno == ENOENT) return std::filesystem::path{name};
  }
  return Error{ErrorCode::already_exists, "a thousand files named " + path.string() + "-N are there: remove some", 0, {}};
}

}  // namespace commonbook::storage
