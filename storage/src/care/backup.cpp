// A copy of the whole book in one snapshot, while others write.
#include "commonbook/storage/care.hpp"

#include "book/book_shared.hpp"
#include "book/long_copy.hpp"
#include "care/copy_book.hpp"
#include "engine/out_of_memory.hpp"

namespace commonbook::storage {
namespace {

Result<BackupReport> backup_or_throw(const Book& book, const std::filesystem::path& target, Clock::SteadyPoint deadline,
                                     const Progress& progress) {
  detail::BookShared& shared = book.shared();
  // Outside the barrier: a long copy would make each checkpoint wait for it in vain, with all readers stopped.
  const auto lasting = LongCopy::begin(shared, "backup", target.parent_path());
  if (!lasting) return lasting.error();
  auto source = shared.connect(Role::reader, deadline);
  if (!source) return source.error();
  const auto copy = copy_book(*source, {.target = target,
                                        .unknown_file_system_ok = book.options().unknown_file_system_ok,
                                        .clock = shared.clock,
                                        .deadline = deadline,
                                        .progress = progress});
  if (!copy) return copy.error();
  return BackupReport{.target = copy->path, .bytes = copy->bytes, .commit_seq = copy->commit_seq};
}

}  // namespace

Result<BackupReport> backup(const Book& book, const std::filesystem::path& target, Clock::SteadyPoint deadline,
                            const Progress& progress) {
  return or_out_of_memory([&] { return backup_or_throw(book, target, deadline, progress); });
}

}  // namespace commonbook::storage
