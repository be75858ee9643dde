// Dates and times as people write them on the command line: the same as in configurations.
#pragma once
#include "commonbook/agents/point_in_time.hpp"

namespace commonbook::apps {

using agents::parse_point_in_time;

}  // namespace commonbook::apps
