// The interfaces of stores.hpp over a real memory file.
#pragma once
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/book.hpp"
#include "stores.hpp"

namespace commonbook::actors {

/// @param book     copied into the factories; shared by all that they make.
/// @param clock    outlives the products.
[[nodiscard]] StoreFactories book_factories(const storage::Book& book, const RuntimeOptions& options,
                                            const Clock& clock);

}  // namespace commonbook::actors
