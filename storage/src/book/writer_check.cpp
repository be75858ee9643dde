#include "book/writer_check.hpp"

#include "book/utf8.hpp"

#include <limits>

namespace commonbook::storage {
namespace {

struct Field {
  std::string_view name;
  std::size_t bytes_min = 0;
  std::size_t bytes_max = 0;
};

Result<void> check_text(std::string_view text, const Field& field) {
  if (text.size() < field.bytes_min) {
    return Error{ErrorCode::invalid_argument, std::string{field.name} + " is empty", 0, {}};
  }
  if (text.size() > field.bytes_max) {
    return Error{ErrorCode::too_large,
                 std::string{field.name} + " has more than " + std::to_string(field.bytes_max) + " bytes", 0, {}};
  }
  if (!is_utf8(text)) return Error{ErrorCode::invalid_argument, std::string{field.name} + " is not UTF-8", 0, {}};
  return {};
}

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message), 0, {}}; }

template <class Enum>
bool is_between(Enum value, Enum first, Enum last) noexcept {
  return value >= first && value <= last;
}

Result<void> check_channel(const Observation& observation) {
  if (auto ok = check_text(observation.agent, {"agent", 1, agent_bytes_max}); !ok) return ok;
  if (auto ok = check_text(observation.session, {"session", 1, session_bytes_max}); !ok) return ok;
  constexpr auto sequence_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (observation.sequence == 0 || observation.sequence > sequence_max) {
    return invalid("sequence must count from 1");
  }
  if (observation.operation_id) {
    return check_text(*observation.operation_id, {"operation_id", 1, operation_id_bytes_max});
  }
  return {};
}

Result<void> check_document(const Document& document) {
  if (auto ok = check_text(document.id, {"document.id", 1, document_id_bytes_max}); !ok) return ok;
  if (auto ok = check_text(document.hash, {"document.hash", 1, document_hash_bytes_max}); !ok) return ok;
  if (auto ok = check_text(document.title, {"document.title", 0, document_text_bytes_max}); !ok) return ok;
  if (auto ok = check_text(document.text, {"document.text", 0, document_text_bytes_max}); !ok) return ok;
  if (auto ok = check_text(document.context, {"document.context", 0, document_text_bytes_max}); !ok) return ok;
  if (!is_between(document.kind, DocumentKind::event, DocumentKind::text)) return invalid("document.kind is unknown");
  return {};
}

Result<void> check_triple(const Triple& triple) {
  if (auto ok = check_text(triple.predicate, {"predicate", 1, predicate_bytes_max}); !ok) return ok;
  if (triple.predicate == "spelled as") return invalid("predicate \"spelled as\" is kept for the book's own use");
  if (!is_between(triple.cardinality, Cardinality::many, Cardinality::single)) {
    return invalid("cardinality is unknown");
  }
  if (auto ok = check_text(triple.subject.spelling, {"spelling of a subject", 0, spelling_bytes_max}); !ok) return ok;
  if (const auto* entity = std::get_if<EntityName>(&triple.object)) {
    return check_text(entity->spelling, {"spelling of an object", 0, spelling_bytes_max});
  }
  const Literal& literal = std::get<Literal>(triple.object);
  if (auto ok = check_text(literal.text, {"literal", 0, literal_bytes_max}); !ok) return ok;
  if (!is_well_formed(literal)) {
    return invalid("the literal of \"" + triple.predicate + "\" is no " + std::string{to_string(literal.type)});
  }
  return {};
}

Result<void> check_claim(const NameClaim& claim) {
  if (!is_strong(claim.entity.key.scheme)) return invalid("a name claim needs an entity with a strong identifier");
  if (auto ok = check_text(claim.name, {"name of a claim", 1, spelling_bytes_max}); !ok) return ok;
  return check_text(claim.entity.spelling, {"spelling of a claim's entity", 0, spelling_bytes_max});
}

Result<void> check_evidence(const std::vector<std::string>& derived_from) {
  if (derived_from.size() > evidence_in_observation_max) {
    return Error{ErrorCode::too_large, "more than 64 entries in derived_from", 0, {}};
  }
  for (const std::string& evidence : derived_from) {
    if (auto ok = check_text(evidence, {"derived_from", 1, document_id_bytes_max}); !ok) return ok;
  }
  return {};
}

}  // namespace

Result<void> check_observation(const Observation& observation) {
  if (auto ok = check_channel(observation); !ok) return ok;
  if (auto ok = check_text(observation.position, {"position", 0, position_bytes_max}); !ok) return ok;
  if (!is_between(observation.trust, Trust::own, Trust::untrusted)) return invalid("trust is unknown");
  if (!is_between(observation.ack_class, AckClass::applied, AckClass::durable)) return invalid("ack_class is unknown");
  if (observation.triples.size() > triples_in_observation_max || observation.claims.size() > triples_in_observation_max) {
    return Error{ErrorCode::too_large, "more than 4,096 triples or claims in one observation; split it", 0, {}};
  }
  if (observation.document) {
    if (auto ok = check_document(*observation.document); !ok) return ok;
  }
  if (auto ok = check_evidence(observation.derived_from); !ok) return ok;
  for (const Triple& triple : observation.triples) {
    if (auto ok = check_triple(triple); !ok) return ok;
  }
  for (const NameClaim& claim : observation.claims) {
    if (auto ok = check_claim(claim); !ok) return ok;
  }
  return {};
}

}  // namespace commonbook::storage
