// How a verification reads on the terminal; `verify` and `run` print the same.
#pragma once
#include "commonbook/storage/care.hpp"

namespace commonbook::apps {

/// "verify: ok", then one line a check. Thread: any.
void print_verify(const storage::VerifyReport& report);

}  // namespace commonbook::apps
