#include "book/long_copy.hpp"

#include <algorithm>
#include <utility>

#include <sys/stat.h>

namespace commonbook::storage {

namespace {

constexpr std::uint64_t log_room_min = 16u << 20;
constexpr std::uint64_t log_room_max = 1u << 30;

std::uint64_t bytes_of(const std::filesystem::path& path) noexcept {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

}  // namespace

LongCopy::LongCopy(detail::BookShared& book, std::string_view who)
    : book_(&book), pass_(book.barrier.enter_outside(book.clock.steady_now(), who)) {
  book.copies.fetch_add(1);
}

LongCopy::LongCopy(LongCopy&& other) noexcept
    : book_(std::exchange(other.book_, nullptr)), pass_(std::move(other.pass_)) {}

LongCopy::~LongCopy() {
  if (book_ != nullptr && book_->copies.fetch_sub(1) == 1) book_->log_bytes_max = 0;
}

Result<LongCopy> LongCopy::begin(detail::BookShared& book, std::string_view who, const std::filesystem::path& folder) {
  const std::uint64_t log = bytes_of(book.log_path);
  const std::uint64_t copy = bytes_of(book.options.path) + log;
  const auto probe = [&book](const std::filesystem::path& at) {
    return book.options.disk_probe ? book.options.disk_probe(at) : disk_space(at);
  };
  const auto target = probe(folder);
  const auto source = probe(book.options.path.parent_path());
  const auto above_mark = [](const DiskSpace& space) {
    return space.free > low_mark(space) ? space.free - low_mark(space) : 0;
  };
  const auto refused = [&](const std::string& what, std::uint64_t needed, std::uint64_t found) {
    return Error{ErrorCode::disk_full,
                 what + " takes " + std::to_string(needed >> 20) + " MiB and more, and " + std::to_string(found >> 20) +
                     " MiB are free above the mark",
                 0,
                 {}};
  };
  if (target && above_mark(*target) < copy) return refused(std::string{who}, copy, above_mark(*target));
  std::uint64_t room = log_room_max;
  if (source) {
    // Where both stand on one disk, the copy takes its part first.
    const std::uint64_t free = above_mark(*source);
    room = std::min(room, (free > copy ? free - copy : 0) / 2);
    if (room < log_room_min) return refused("the log, which grows while it is copied,", log_room_min, room);
  }
  LongCopy begun{book, who};
  book.log_bytes_max = static_cast<std::int64_t>(log + room);
  return begun;
}

}  // namespace commonbook::storage
