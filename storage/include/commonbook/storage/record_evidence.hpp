// What two records - an entity's name, its strong identifiers and its attributes, as a book has them in triples - say about
// whether they are one. Pure: knows no book. One fixed setting, learned from no data.
//
// The name's score is taken as odds, and each attribute that both have multiplies them (their logarithms add up): what
// agrees although it rarely does by chance (a phone number, a date) by much, what agrees often (a city) by little, what
// differs divides. An attribute that one of them lacks says nothing. A strong identifier in common decides alone.
#pragma once
#include "commonbook/storage/name_evidence.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace commonbook::storage {

/// One attribute; several may have one field.
struct RecordField {
  std::string field;  ///< the predicate
  std::string value;
};

struct Record {
  std::string name;
  std::vector<std::string> identifiers;  ///< strong ones: mail addresses, UIDs, in normal form
  std::vector<RecordField> attributes;
};

/// How a value is compared. Told from the value; the field's name helps only with telephone numbers.
enum class FieldKind : std::uint8_t {
  text = 1,  ///< words: an address, a place, a list of people
  number,    ///< a quantity, with or without a unit
  year,
  date,      ///< YYYY-MM-DD or YYYYMMDD
  phone,
  code,      ///< six digits or more: a number that was given to one thing
};
[[nodiscard]] FieldKind kind_of(std::string_view field, std::string_view value) noexcept;

/// A record made ready for comparing with many.
struct RecordProfile {
  struct Attribute {
    std::string field;
    std::string value;
    std::string digits;
    FieldKind kind = FieldKind::text;
    NameProfile words;
  };
  NameProfile name;
  std::vector<std::string> identifiers;  ///< sorted
  std::vector<Attribute> attributes;     ///< without empty ones, and without those that stand for "unknown"
  ContextWords context;                  ///< all words of all attributes
};
[[nodiscard]] RecordProfile profile_of(const Record& record);

/// @returns  a score from 0 to 1 with its reasons, as compare_names() gives it; 1 where a strong identifier is shared.
/// @thread  any, as all of this header.
/// @source  I. Fellegi, A. Sunter, "A Theory for Record Linkage", 1969: sums of log odds, with fixed weights by the kind
///          of field in place of estimated ones.
[[nodiscard]] NameEvidence compare_records(const RecordProfile& left, const RecordProfile& right);

/// The three outcomes of resolving.
enum class Outcome : std::uint8_t { different = 1, suggestion, same };
struct OutcomeThresholds {
  double suggestion = 0.90;  ///< [storage] similarity_threshold
  double same = 0.99;        ///< [storage] merge_threshold
};
[[nodiscard]] Outcome outcome_of(double score, const OutcomeThresholds& thresholds) noexcept;

/// Keys of the name and of each telling attribute: two records that may be one share at least one of them, so that only
/// these need to be compared. A function of the record alone; sorted, each once.
[[nodiscard]] std::vector<std::uint64_t> blocks_of(const RecordProfile& record);

}  // namespace commonbook::storage
