#include "book/tail_codec.hpp"

#include "book/digest.hpp"
#include "commonbook/model/yield_point.hpp"

namespace commonbook::storage {

namespace {

std::string encode(LiteralType type, std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size() + 2);
  encoded += static_cast<char>('0' + static_cast<int>(type));
  encoded += ':';
  encoded += text;
  return encoded;
}

}  // namespace

std::string encode_literal(const Literal& literal) { return encode(literal.type, literal.text); }

std::string encode_text(std::string_view text) { return encode(LiteralType::text, text); }

std::optional<Literal> decode_literal(std::string_view encoded) {
  if (encoded.size() < 2 || encoded[1] != ':') return std::nullopt;
  const int type = encoded[0] - '0';
  const bool is_known = type >= static_cast<int>(LiteralType::text) && type <= static_cast<int>(LiteralType::uri);
  if (!is_known && !fault("planted.literal_type")) return std::nullopt;
  return Literal{static_cast<LiteralType>(type), std::string{encoded.substr(2)}};
}

void bind_object(Statement& statement, int index, const RowObject& object) noexcept {
  if (const auto* entity = std::get_if<std::int64_t>(&object)) {
    statement.bind(index, *entity);
  } else {
    statement.bind(index, std::string_view{*std::get_if<std::string>(&object)});
  }
}

RowObject read_object(const Statement& statement, int column) {
  if (statement.is_integer(column)) return statement.integer(column);
  return std::string{statement.text(column)};
}

std::uint64_t triple_hash(std::int64_t subject, std::int64_t predicate, const RowObject& object,
                          std::int64_t observation) noexcept {
  RowHash hash{RowTable::assertion};
  hash.add(subject).add(predicate);
  if (const auto* entity = std::get_if<std::int64_t>(&object)) {
    hash.add(*entity);
  } else {
    hash.add(std::string_view{*std::get_if<std::string>(&object)});
  }
  return hash.add(observation).value();
}

}  // namespace commonbook::storage
