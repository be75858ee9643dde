#include "book/digest.hpp"

#include "book/row_digest.hpp"

#include <bit>

namespace commonbook::storage {
namespace {

constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;

// Each column enters with the tag of its type, so that 1, "1" and NULL differ.
enum class Tag : std::uint64_t { integer = 1, real, bytes, null };

// The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

constexpr std::uint64_t fold(std::uint64_t state, Tag tag, std::uint64_t word) noexcept {
  return mix((state ^ word) + golden * static_cast<std::uint64_t>(tag));
}

// Up to eight bytes as a number, the first one lowest: the same on every machine.
std::uint64_t word_of(std::string_view bytes) noexcept {
  std::uint64_t word = 0;
  for (std::size_t at = bytes.size(); at-- > 0;) word = (word << 8) | static_cast<unsigned char>(bytes[at]);
  return word;
}

void add_optional(RowHash& hash, const std::optional<std::int64_t>& value) noexcept {
  if (value) {
    hash.add(*value);
  } else {
    hash.add_null();
  }
}

std::optional<std::int64_t> read_optional(const Statement& statement, int column) {
  if (statement.is_null(column)) return std::nullopt;
  return statement.integer(column);
}

}  // namespace

RowHash::RowHash(RowTable table) noexcept : state_(mix(golden + static_cast<std::uint64_t>(table))) {}

RowHash& RowHash::add(std::int64_t value) noexcept {
  state_ = fold(state_, Tag::integer, static_cast<std::uint64_t>(value));
  return *this;
}

RowHash& RowHash::add(double value) noexcept {
  state_ = fold(state_, Tag::real, std::bit_cast<std::uint64_t>(value));
  return *this;
}

RowHash& RowHash::add(std::string_view bytes) noexcept {
  state_ = fold(state_, Tag::bytes, bytes.size());
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) state_ = fold(state_, Tag::bytes, word_of(bytes.substr(0, 8)));
  if (!bytes.empty()) state_ = fold(state_, Tag::bytes, word_of(bytes));
  return *this;
}

RowHash& RowHash::add_null() noexcept {
  state_ = fold(state_, Tag::null, 0);
  return *this;
}

std::uint64_t RowHash::value() const noexcept { return mix(state_); }

DocumentRow read_document_row(const Statement& statement) {
  DocumentRow row;
  row.id = statement.integer(0);
  row.external_id = statement.text(1);
  row.kind = statement.integer(2);
  row.title = statement.text(3);
  row.body = statement.text(4);
  row.context = statement.text(5);
  row.time = read_optional(statement, 6);
  row.hash = statement.text(7);
  row.subject = read_optional(statement, 8);
  return row;
}

ObservationRow read_observation_row(const Statement& statement) {
  ObservationRow row;
  row.id = statement.integer(0);
  row.session = statement.integer(1);
  row.sequence = statement.integer(2);
  row.document = read_optional(statement, 3);
  row.position = statement.text(4);
  row.time = statement.integer(5);
  row.revision = statement.integer(6);
  row.valid_from = statement.integer(7);
  row.specificity = statement.integer(8);
  row.trust = statement.integer(9);
  row.ack_class = statement.integer(10);
  row.commit_seq = statement.integer(11);
  row.triple_count = statement.integer(12);
  row.claim_count = statement.integer(13);
  row.created = statement.blob(14);
  row.payload_hash = statement.blob(15);
  row.retracted = statement.integer(16);
  row.spellings = statement.blob(17);
  return row;
}

std::uint64_t migration_hash(std::int64_t step, std::string_view name) noexcept {
  return RowHash{RowTable::migration}.add(step).add(name).value();
}

std::uint64_t agent_hash(std::int64_t id, std::string_view name) noexcept {
  return RowHash{RowTable::agent}.add(id).add(name).value();
}

std::uint64_t session_hash(std::int64_t id, std::int64_t agent, std::string_view name) noexcept {
  return RowHash{RowTable::session}.add(id).add(agent).add(name).value();
}

std::uint64_t entity_hash(std::int64_t id, std::string_view spelling) noexcept {
  return RowHash{RowTable::entity}.add(id).add(spelling).value();
}

std::uint64_t alias_hash(std::int64_t id, std::int64_t entity, std::string_view space, std::int64_t scheme,
                         std::string_view value) noexcept {
  return RowHash{RowTable::alias}.add(id).add(entity).add(space).add(scheme).add(value).value();
}

std::uint64_t redirect_hash(std::int64_t source, std::int64_t target) noexcept {
  return RowHash{RowTable::redirect}.add(source).add(target).value();
}

std::uint64_t predicate_hash(std::int64_t id, std::string_view name, std::int64_t single_valued) noexcept {
  return RowHash{RowTable::predicate}.add(id).add(name).add(single_valued).value();
}

std::uint64_t document_hash(const DocumentRow& row) noexcept {
  RowHash hash{RowTable::document};
  hash.add(row.id).add(row.external_id).add(row.kind).add(row.title).add(row.body).add(row.context);
  add_optional(hash, row.time);
  hash.add(row.hash);
  add_optional(hash, row.subject);
  return hash.value();
}

std::uint64_t observation_hash(const ObservationRow& row) noexcept {
  RowHash hash{RowTable::observation};
  hash.add(row.id).add(row.session).add(row.sequence);
  add_optional(hash, row.document);
  hash.add(row.position).add(row.time).add(row.revision).add(row.valid_from).add(row.specificity).add(row.trust);
  hash.add(row.ack_class).add(row.commit_seq).add(row.triple_count).add(row.claim_count);
  hash.add(row.created).add(row.payload_hash).add(row.retracted);
  // Rows of earlier versions have none, and their hashes are in the digest that was kept.
  if (!row.spellings.empty()) hash.add(row.spellings);
  return hash.value();
}

std::uint64_t operation_hash(std::string_view id, std::int64_t observation) noexcept {
  return RowHash{RowTable::operation}.add(id).add(observation).value();
}

std::uint64_t claim_hash(std::string_view name, std::int64_t entity, std::string_view spelling,
                         std::int64_t observation) noexcept {
  return RowHash{RowTable::claim}.add(name).add(entity).add(spelling).add(observation).value();
}

std::uint64_t derivation_hash(std::string_view evidence, std::int64_t observation) noexcept {
  return RowHash{RowTable::derivation}.add(evidence).add(observation).value();
}

std::uint64_t suggestion_hash(std::int64_t left_entity, std::int64_t right_entity, double score,
                              std::string_view reason, std::int64_t status) noexcept {
  return RowHash{RowTable::suggestion}.add(left_entity).add(right_entity).add(score).add(reason).add(status).value();
}

}  // namespace commonbook::storage
