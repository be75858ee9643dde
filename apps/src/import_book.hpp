// commonbook import book FILE: the lines of an export into a file, new or not.
#pragma once
#include "command.hpp"

#include <string>
#include <vector>

namespace commonbook::apps {

/// Imports one export after the other; stops at the first line that can't be stored.
ExitCode import_books(const CommonOptions& common, const std::vector<std::string>& paths, Interrupt& interrupt);

}  // namespace commonbook::apps
