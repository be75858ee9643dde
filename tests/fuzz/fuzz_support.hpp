// What all fuzz targets share. A target is a program that gets bytes, reads them as the product would, and states what
// must hold of the result, beyond "no crash". With clang and COMMONBOOK_FUZZ libFuzzer makes up the bytes; in every
// other build replay_main.cpp hands it the files of its corpus.
#pragma once
#include "commonbook/model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The one function that libFuzzer calls. @returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count);

namespace commonbook::fuzz {

/// Installs a hook that switches on the planted bug which COMMONBOOK_BREAK names, and counts steps of the code.
/// Thread: the first call of the target, before others start.
void watch_steps();
/// How often `recurrence.step` was reached since the last call.
[[nodiscard]] std::uint64_t take_step_count();

/// Ends the process with `promise` where it does not hold, so that the input is kept as a finding.
void require(bool holds, std::string_view promise);
/// The same, with what was found instead.
void require(bool holds, std::string_view promise, std::string_view found);

/// The input as text.
[[nodiscard]] std::string text_of(const std::uint8_t* bytes, std::size_t count);

/// What is well-formed UTF-8 in `bytes`: all else is left out.
[[nodiscard]] std::string utf8_of(std::string_view bytes);

/// Well-formed UTF-8 without control characters but tab and line feed.
void require_clean_text(std::string_view text, std::string_view field);
/// An error of a file: one short line without control characters that begins with the file's name.
void require_good_complaint(const Error& error, std::string_view file);

}  // namespace commonbook::fuzz
