// Documents and their search text: each version once, whoever brings it.
#pragma once
#include "book/write_batch.hpp"
#include "commonbook/model/document.hpp"

#include <optional>

namespace commonbook::storage {

/// The row of a document's version (id, hash), made with its search text where there is none.
/// @param subject  the entity of Document::subject, where it has one.
/// @errors  io, corrupt, disk_full: the transaction must be rolled back. @thread the transaction's.
Result<std::int64_t> store_document(WriteBatch& batch, const Document& document, std::optional<std::int64_t> subject);

}  // namespace commonbook::storage
