// The questions of a simulated question agent, from its files.
#pragma once
#include "commonbook/model/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::sim {

/// One question a line, or a table separated by tabs whose first line names a column "question". Lines that begin with #
/// are left out. @errors  io: a file can't be read. parse_error: there is no question in it.
[[nodiscard]] Result<std::vector<std::string>> read_question_list(const std::vector<std::filesystem::path>& files);

}  // namespace commonbook::sim
