// A source that gives at most so many documents a second, for load at a chosen rate.
#pragma once
#include "commonbook/agents/source.hpp"

#include <atomic>
#include <memory>

namespace commonbook::apps {

/// @param per_second  documents; more than 0.
/// @param stop  ends the waiting, and so the source, within 50 ms once it is true.
[[nodiscard]] std::unique_ptr<agents::Source> paced(std::unique_ptr<agents::Source> source, double per_second,
                                                    std::shared_ptr<const std::atomic<bool>> stop);

}  // namespace commonbook::apps
