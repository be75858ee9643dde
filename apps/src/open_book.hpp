// The verbs that look at a file without actors: open it, with a reader beside it.
#pragma once
#include "console.hpp"

#include "commonbook/storage/book.hpp"
#include "commonbook/storage/reader.hpp"

namespace commonbook::apps {

/// An opened file. The clock outlives the book, so it stands first.
struct OpenBook {
  std::unique_ptr<SystemClock> clock;
  storage::Book book;
};

/// Opens an existing file for looking at; `chosen` empty: the default path.
/// @errors  those of storage::Book::open(). @thread any; blocks for at most 10 s.
[[nodiscard]] Result<OpenBook> open_book(const std::filesystem::path& path);

}  // namespace commonbook::apps
