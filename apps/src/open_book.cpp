#include "open_book.hpp"

namespace commonbook::apps {

Result<OpenBook> open_book(const std::filesystem::path& path) {
  auto clock = std::make_unique<SystemClock>();
  storage::BookOptions options;
  options.path = path;
  options.keep_overlay = false;
  auto book = storage::Book::open(options, *clock, clock->steady_now() + std::chrono::seconds{10});
  if (!book) return book.error();
  return OpenBook{std::move(clock), std::move(*book)};
}

}  // namespace commonbook::apps
