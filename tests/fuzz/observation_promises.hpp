// What holds of every observation that an importer hands on.
#pragma once
#include "commonbook/model/observation.hpp"

namespace commonbook::fuzz {

/// Storage takes it, every text in it is clean, and its trust is at best what its channel gives.
void require_storable(const Observation& observation, Trust trust_at_best);

}  // namespace commonbook::fuzz
