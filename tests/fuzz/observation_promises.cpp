#include "observation_promises.hpp"

#include "fuzz_support.hpp"

#include "book/writer_check.hpp"
#include "commonbook/storage/normalise.hpp"

namespace commonbook::fuzz {
namespace {

void require_clean_entity(const EntityName& entity) {
  require_clean_text(entity.key.value, "key");
  require_clean_text(entity.spelling, "spelling");
  // A key that storage refuses fails its observation alone, with a reason; it must never be worse than that.
  const auto key = storage::normalise_key(entity.key);
  if (!key) require(key.error().code == ErrorCode::invalid_argument || key.error().code == ErrorCode::too_large,
                    "a key is refused as a wrong argument", to_string(key.error()));
}

}  // namespace

void require_storable(const Observation& observation, Trust trust_at_best) {
  Observation complete = observation;
  complete.agent = complete.session = "fuzz";  // as the channel does
  complete.sequence = 1;
  const auto checked = storage::check_observation(complete);
  require(checked.has_value(), "storage takes what an importer reads", checked ? "" : to_string(checked.error()));
  require(observation.trust >= trust_at_best, "content does not raise its own trust");
  require(observation.operation_id.has_value(), "an import has an operation id");
  if (observation.document) {
    require_clean_text(observation.document->id, "document.id");
    require_clean_text(observation.document->title, "document.title");
    require_clean_text(observation.document->text, "document.text");
    require_clean_text(observation.document->context, "document.context");
  }
  for (const Triple& triple : observation.triples) {
    require_clean_entity(triple.subject);
    if (const auto* entity = std::get_if<EntityName>(&triple.object)) {
      require_clean_entity(*entity);
    } else {
      require_clean_text(std::get<Literal>(triple.object).text, triple.predicate);
    }
  }
  for (const NameClaim& claim : observation.claims) {
    require_clean_entity(claim.entity);
    require_clean_text(claim.name, "claim");
  }
}

}  // namespace commonbook::fuzz
