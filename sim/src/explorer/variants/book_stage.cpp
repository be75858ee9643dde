#include "book_stage.hpp"

#include <system_error>

namespace commonbook::sim::explorer {
namespace {

Error failed(const char* doing, const std::error_code& code) {
  return {ErrorCode::io, std::string{doing} + ": " + code.message(), 0, {}};
}

}  // namespace

storage::BookOptions BookStage::options(const std::filesystem::path& path) const {
  storage::BookOptions options;
  options.path = path;
  options.similarity = storage::SimilarityMode::off;
  options.cache_kib = 1024;  // the whole file; small, since thousands of connections are opened
  options.reader_cache_kib = 1024;
  options.reserve_bytes = 0;
  options.wal_soft_mark_bytes = 1;  // so that a checkpoint goes all the way: barrier, second copy, restart of the log
  return options;
}

Result<void> BookStage::make_template(const std::filesystem::path& folder,
                                      const std::function<Result<void>(const storage::Book&)>& fill) {
  storage::BookOptions create = options(folder / "template.db");
  create.create = true;
  const auto book = storage::Book::open(create, clock_, deadline());
  if (!book) return book.error();
  if (auto filled = fill(*book); !filled) return filled;
  folder_ = folder;
  return {};
}

Result<void> BookStage::open_copy() {
  books_.clear();
  // Nobody in this process has either file open any more: the template since it was made, the old copy since the line
  // above. Closing a descriptor of an open database would drop SQLite's locks on it.
  std::error_code code;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(file().string() + suffix, code);
    if (code) return failed("removing the file of the schedule before", code);
  }
  std::filesystem::copy_file(folder_ / "template.db", file(), code);
  if (code) return failed("copying the template", code);
  for (std::size_t process = 0; process < processes_; ++process) {
    storage::BookOptions live = options(file());
    live.virtual_process = process + 1;
    auto book = storage::Book::open(live, clock_, deadline());
    if (!book) return book.error();
    books_.push_back(std::move(*book));
  }
  return {};
}

}  // namespace commonbook::sim::explorer
