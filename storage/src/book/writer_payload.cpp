// The canonical form of an observation's payload. It is stored as a hash, so its layout may never change for fields
// that exist; a new field is added at the end, and only where it has a value.
#include "book/writer_check.hpp"

#include <charconv>

namespace commonbook::storage {
namespace {

// Each field as length, colon, bytes: no two payloads have one text.
class Canonical {
 public:
  Canonical& add(std::string_view bytes) {
    text_ += std::to_string(bytes.size());
    text_ += ':';
    text_ += bytes;
    return *this;
  }
  Canonical& add(std::int64_t number) { return add(std::string_view{std::to_string(number)}); }
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
  Canonical canonical;
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
