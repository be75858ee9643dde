// What stands in the file when a simulation has ended: read when nobody else has it open.
#pragma once
#include "commonbook/model/result.hpp"
#include "commonbook/sim/figures.hpp"
#include "tally.hpp"

#include <filesystem>

namespace commonbook::sim {

/// Fills in entities, duplicates, invisible entities, what dangles, what was acknowledged and is not there, and verify's
/// verdict. @errors  io, corrupt: the file can't be read at all. @thread any; blocks; reads the whole file.
[[nodiscard]] Result<void> audit_file(const std::filesystem::path& file, const Tally& tally, Figures& figures);

/// True for figures that only audit_file() knows.
[[nodiscard]] bool needs_audit(const std::string& figure);

}  // namespace commonbook::sim
