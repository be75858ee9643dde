// Pairs of records with known answers, as `commonbook eval identity` reads them.
//
// Two forms. Lines of pairs: left TAB right TAB 1 or 0, a side being "COL field VAL value COL field VAL value ..." (as the
// Ditto project writes them). Or a table: CSV whose first line names the fields; one of them, "entity" or "rec_id", says
// which records are one, and every pair of its records is a pair to decide. Of "rec_id" the part before the second hyphen
// counts ("rec-12-org", "rec-12-dup-0"), as Febrl writes it.
#pragma once
#include "commonbook/model/result.hpp"
#include "commonbook/storage/record_evidence.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace commonbook::apps {

struct RecordPair {
  std::size_t left = 0;   ///< places in IdentityDataset::records
  std::size_t right = 0;
  bool is_match = false;
};

struct IdentityDataset {
  std::vector<storage::Record> records;
  std::vector<RecordPair> pairs;             ///< of a table: none, see `entities`
  std::vector<std::string> entities;         ///< of a table: which entity each record is of; else empty
};

/// A record from named values: its name is what the fields of a person's name say together (given_name, surname, ...), else
/// the first field that is called name, title or label, alone or behind other words, else the first of all.
[[nodiscard]] storage::Record record_of(const std::vector<storage::RecordField>& fields);

/// @errors  not_found; parse_error with file and line, and what is expected there. @thread any; blocks on the file.
[[nodiscard]] Result<IdentityDataset> read_identity_dataset(const std::filesystem::path& file);

}  // namespace commonbook::apps
