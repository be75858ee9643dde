// Is a copy, which nobody else knows yet, a sound book?
#pragma once
#include "commonbook/storage/care.hpp"

namespace commonbook::storage {

/// Opens the copy as a book, which brings an older schema up to date, and runs verify() on it.
/// @param options  `unknown_file_system_ok` and `schema` count.
/// @returns  how many checks held. @errors  corrupt: one did not; those of Book::open() and verify().
Result<std::int64_t> verify_unnamed(const std::filesystem::path& copy, const BookOptions& options, const Clock& clock,
                                    Clock::SteadyPoint deadline, const Progress& progress);

/// `path` where nothing has that name, else the first of `path`-1, `path`-2, ... @errors already_exists: after 1,000.
Result<std::filesystem::path> free_name(const std::filesystem::path& path);

}  // namespace commonbook::storage
