// Chart.js, built in at compile time, so that a report needs no other file.
#pragma once
#include <string_view>

namespace commonbook::sim {

/// The script as it stands in a <script> element.
[[nodiscard]] std::string_view chart_library_script() noexcept;
/// Its licence and copyright.
[[nodiscard]] std::string_view chart_library_licence() noexcept;
/// "3.9.1".
[[nodiscard]] std::string_view chart_library_version() noexcept;

}  // namespace commonbook::sim
