// How a triple's object stands in a row: an entity id as INTEGER, a literal as TEXT "<type digit>:<text>".
#pragma once
#include "book/overlay.hpp"
#include "commonbook/model/literal.hpp"
#include "engine/statement.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace commonbook::storage {

[[nodiscard]] std::string encode_literal(const Literal& literal);
/// encode_literal() of a literal of type text, without a copy of the text to make one of.
[[nodiscard]] std::string encode_text(std::string_view text);
/// nullopt where the text has no known type digit: damage.
[[nodiscard]] std::optional<Literal> decode_literal(std::string_view encoded);
/// Binds / reads an object column.
void bind_object(Statement& statement, int index, const RowObject& object) noexcept;
[[nodiscard]] RowObject read_object(const Statement& statement, int column);
/// Hash of one row of the tail or the sorted part (RowTable::assertion, without seq).
[[nodiscard]] std::uint64_t triple_hash(std::int64_t subject, std::int64_t predicate, const RowObject& object,
                                        std::int64_t observation) noexcept;

}  // namespace commonbook::storage
