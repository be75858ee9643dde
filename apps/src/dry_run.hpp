// import --dry-run: prints what an import would store.
#pragma once
#include "exit_code.hpp"

#include "commonbook/agents/source.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace commonbook::apps {

/// Reads a source twice - first for the overrides of recurring events, so that instances are shown as they take place
/// - and prints one document after the other: with `json` one object a line, else as text.
/// @param from, until  window of the instances; nullopt: from the event's start, for two years.
/// @thread  any; blocks on files.
ExitCode dry_run(const std::function<Result<std::unique_ptr<agents::Source>>()>& open_source,
                 std::optional<Timestamp> from, std::optional<Timestamp> until, bool json);

}  // namespace commonbook::apps
