// The interfaces of stores.hpp over a real memory file.
#pragma once
#include "commonbook/actors/runtime.hpp"
#include "commonbook/storage/book.hpp"
#include "stores.hpp"

#include <functional>
#include <string>

namespace commonbook::actors {

/// @param book     copied into the factories; shared by all that they make.
/// @param clock    outlives the products.
/// @param owner_name  gives each compactor its name in the file; empty: one unique to machine, process and object.
[[nodiscard]] StoreFactories book_factories(const storage::Book& book, const RuntimeOptions& options,
                                            const Clock& clock, std::function<std::string()> owner_name = {});

}  // namespace commonbook::actors
