#include "content.hpp"

#include "commonbook/actors/seeded_random.hpp"
#include "commonbook/storage/normalise.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace commonbook::sim::crash {

namespace {

constexpr std::uint64_t names = 80;
constexpr std::array words{"meeting", "moved", "budget", "agreed", "letter", "train", "open", "question", "room", "late"};

// Early names more often than late ones, in one of two spellings of one key.
std::string spelling(actors::SeededRandom& random) {
  const std::uint64_t number = random.below(1 + random.below(names));
  return (random.chance(0.8) ? "Name " : "NAME  ") + std::to_string(number);
}

Document document(actors::SeededRandom& random) {
  Document made;
  const std::uint64_t number = random.below(300);
  made.id = "<note-" + std::to_string(number) + "@desk.example>";
  made.title = "Note " + std::to_string(number);
  for (int word = 0; word < 20; ++word) made.text += std::string{words[random.below(words.size())]} + ' ';
  made.hash = content_hash(made.id + made.text);
  return made;
}

}  // namespace

std::string position_of(const ItemId& item) {
  return std::to_string(item.round) + '/' + std::to_string(item.process) + '/' + std::to_string(item.agent) + '/' +
         std::to_string(item.number);
}

std::optional<ItemId> item_at(std::string_view position) {
  ItemId item;
  const std::array fields{&item.round, &item.process, &item.agent, &item.number};
  const char* at = position.data();
  const char* end = at + position.size();
  for (std::size_t field = 0; field < fields.size(); ++field) {
    const auto [rest, problem] = std::from_chars(at, end, *fields[field]);
    if (problem != std::errc{}) return std::nullopt;
    at = rest;
    if (field + 1 == fields.size()) break;
    if (at == end || *at != '/') return std::nullopt;
    ++at;
  }
  return at == end ? std::optional{item} : std::nullopt;
}

Observation make_item(std::uint64_t seed, const ItemId& item, double durable_share) {
  std::uint64_t part = actors::derived_seed(seed, item.round);
  for (const std::uint32_t number : {item.process, item.agent, item.number}) part = actors::derived_seed(part, number);
  actors::SeededRandom random{part};
  Observation made;
  made.position = position_of(item);
  made.ack_class = random.chance(durable_share) ? AckClass::durable : AckClass::applied;
  made.time.unix_ms = 1'767'225'600'000 + static_cast<std::int64_t>(random.below(86'400'000));
  const std::uint64_t triples = 1 + random.below(4);
  for (std::uint64_t at = 0; at < triples; ++at) {
    Triple triple{named(spelling(random)), random.chance(0.5) ? "knows" : "noted", {}, Cardinality::many};
    if (random.chance(0.5)) triple.object = named(spelling(random));
    else triple.object = Literal{LiteralType::integer, std::to_string(random.below(1'000))};
    made.triples.push_back(std::move(triple));
  }
  if (random.chance(0.2)) {
    const std::string number = std::to_string(random.below(40));
    made.claims.push_back({EntityName{Key{Scheme::mailto, "name" + number + "@desk.example", {}}, {}}, "Name " + number});
  }
  if (random.chance(0.3)) made.document = document(random);
  if (random.chance(0.5)) made.operation_id = "operation-" + made.position;
  return made;
}

std::vector<Key> keys_of(const Observation& observation) {
  std::vector<Key> keys;
  const auto add = [&](Key key) {
    if (const auto normal = storage::normalise_name(key.value); key.scheme == Scheme::name && normal) key.value = *normal;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  };
  for (const Triple& triple : observation.triples) {
    add(triple.subject.key);
    if (const auto* object = std::get_if<EntityName>(&triple.object)) add(object->key);
  }
  for (const NameClaim& claim : observation.claims) add(claim.entity.key);
  return keys;
}

}  // namespace commonbook::sim::crash
