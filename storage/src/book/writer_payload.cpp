// The canonical form of an observation's payload. It is stored as a hash, so its layout may never change for fields
// that exist; a new field is added at the end, and only where it has a value.
#include "book/writer_check.hpp"

#include <charconv>

namespace commonbook::storage {
namespace {

// Each field as length, colon, bytes: no two payloads have one text.
class Canonical {
 public:
  /// @param bytes  about as many the text will have.
  explicit Canonical(std::size_t bytes) { text_.reserve(bytes); }
  Canonical& add(std::string_view bytes) {
    char length[24];
    char* end = std::to_chars(length, length + sizeof length - 1, bytes.size()).ptr;
    *end++ = ':';
    text_.append(length, end);
    text_ += bytes;
    return *this;
  }
  Canonical& add(std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return add(std::string_view{digits, static_cast<std::size_t>(end - digits)});
  }
  Canonical& add(const EntityName& name) {
    return add(static_cast<std::int64_t>(name.key.scheme)).add(name.key.space).add(name.key.value).add(name.spelling);
  }
  Canonical& add(const Literal& literal) {
    return add(static_cast<std::int64_t>(literal.type)).add(literal.text);
  }
  Canonical& add(const Document& document) {
    add(document.id).add(static_cast<std::int64_t>(document.kind)).add(document.title).add(document.text);
    add(document.context).add(std::int64_t{document.time.has_value()});
    if (document.time) add(document.time->unix_ms);
    add(document.hash).add(std::int64_t{document.subject.has_value()});
    if (document.subject) add(*document.subject);
    return *this;
  }
  Canonical& add(const Triple& triple) {
    add(triple.subject).add(triple.predicate).add(static_cast<std::int64_t>(triple.cardinality));
    add(static_cast<std::int64_t>(triple.object.index()));
    std::visit([this](const auto& object) { add(object); }, triple.object);
    return *this;
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + at, hex.data() + at + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

std::string payload_hash(const Observation& observation) {
  constexpr std::size_t bytes_of_a_triple = 96;
  const std::size_t bytes_of_document = observation.document ? observation.document->text.size() + 256 : 0;
  Canonical canonical{256 + bytes_of_document + bytes_of_a_triple * observation.triples.size()};
  canonical.add(std::int64_t{observation.operation_id.has_value()});
  if (observation.operation_id) canonical.add(*observation.operation_id);
  canonical.add(std::int64_t{observation.document.has_value()});
  if (observation.document) canonical.add(*observation.document);
  canonical.add(static_cast<std::int64_t>(observation.triples.size()));
  for (const Triple& triple : observation.triples) canonical.add(triple);
  canonical.add(static_cast<std::int64_t>(observation.claims.size()));
  for (const NameClaim& claim : observation.claims) canonical.add(claim.entity).add(claim.name);
  // The position is left out: the same document at another line, or in another file, is the same payload.
  canonical.add(observation.time.unix_ms).add(observation.revision);
  canonical.add(observation.valid_from.unix_ms).add(std::int64_t{observation.specificity});
  canonical.add(static_cast<std::int64_t>(observation.trust));
  if (!observation.derived_from.empty()) {
    canonical.add(static_cast<std::int64_t>(observation.derived_from.size()));
    for (const std::string& evidence : observation.derived_from) canonical.add(std::string_view{evidence});
  }
  return bytes_of_hex(content_hash(canonical.text()));
}

}  // namespace commonbook::storage
