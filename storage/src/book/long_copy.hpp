// A copy of the whole book, for as long as it is made: its snapshot keeps the log from restarting, so it is seen among the
// readers, no checkpoint waits for it, and the log may grow only as far as the disk allowed when it began.
#pragma once
#include "book/book_shared.hpp"

#include <filesystem>
#include <optional>

namespace commonbook::storage {

class LongCopy {
 public:
  /// @param who     "backup" or the like, a literal.
  /// @param folder  where the copy will stand.
  /// @errors  disk_full: there is no room for the copy, or none for the log while it is made.
  /// @thread  any.
  static Result<LongCopy> begin(detail::BookShared& book, std::string_view who, const std::filesystem::path& folder);
  LongCopy(LongCopy&& other) noexcept;
  LongCopy& operator=(LongCopy&&) = delete;
  ~LongCopy();

 private:
  LongCopy(detail::BookShared& book, std::string_view who);
  detail::BookShared* book_;
  std::optional<SnapshotBarrier::Pass> pass_;
};

}  // namespace commonbook::storage
