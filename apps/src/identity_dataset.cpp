#include "identity_dataset.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <sstream>

namespace commonbook::apps {

namespace {

using storage::RecordField;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool has(const std::string& text, const char* word) { return text.find(word) != std::string::npos; }

bool is_name_part(const std::string& field) {
  const std::string name = lower(field);
  if (name == "surname") return true;
  return has(name, "name") && (has(name, "given") || has(name, "first") || has(name, "middle") || has(name, "last") ||
                               has(name, "family") || has(name, "sur"));
}

bool is_name(const std::string& field) {
  const std::string name = lower(field);
  return name.ends_with("name") || name.ends_with("title") || name.ends_with("label");
}

Error complain(const std::filesystem::path& file, std::size_t line, const std::string& what) {
  return {ErrorCode::parse_error, file.string() + ":" + std::to_string(line) + ": " + what};
}

// "COL title VAL some words COL year VAL 2001".
std::vector<RecordField> read_side(const std::string& side) {
  std::vector<RecordField> fields;
  for (std::size_t at = side.find("COL "); at != std::string::npos;) {
    const std::size_t next = side.find(" COL ", at);
    const std::string part = side.substr(at + 4, next == std::string::npos ? std::string::npos : next - at - 4);
    const std::size_t value = part.find(" VAL");
    if (value != std::string::npos) fields.push_back({trim(part.substr(0, value)), trim(part.substr(value + 4))});
    at = next == std::string::npos ? next : next + 1;
  }
  return fields;
}

Result<IdentityDataset> read_pairs(std::istream& in, const std::filesystem::path& file) {
  IdentityDataset dataset;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (trim(line).empty()) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = first == std::string::npos ? first : line.find('\t', first + 1);
    const std::string label = second == std::string::npos ? std::string{} : trim(line.substr(second + 1));
    const auto left = read_side(line.substr(0, first));
    const auto right = second == std::string::npos ? left : read_side(line.substr(first + 1, second - first - 1));
    if (left.empty() || right.empty() || (label != "0" && label != "1"))
      return complain(file, number, "write COL field VAL value ..., a tab, the other record, a tab, and 1 or 0");
    dataset.records.push_back(record_of(left));
    dataset.records.push_back(record_of(right));
    dataset.pairs.push_back({dataset.records.size() - 2, dataset.records.size() - 1, label == "1"});
  }
  return dataset;
}

// One line of CSV; quoted cells may hold commas and doubled quotation marks, but no line break.
std::vector<std::string> read_cells(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '"') {
      if (quoted && at + 1 < line.size() && line[at + 1] == '"')
        cells.back() += line[at++];
      else
        quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  for (std::string& cell : cells) cell = trim(cell);
  return cells;
}

std::string entity_in(const std::string& column, const std::string& value) {
  if (column != "rec_id") return value;
  const std::size_t first = value.find('-');
  return first == std::string::npos ? value : value.substr(0, value.find('-', first + 1));
}

Result<IdentityDataset> read_table(std::istream& in, const std::string& header, const std::filesystem::path& file) {
  const auto columns = read_cells(header);
  const auto key = std::find_if(columns.begin(), columns.end(), [](const std::string& column) {
    return column == "entity" || column == "rec_id";
  });
  if (key == columns.end())
    return complain(file, 1, "no field \"entity\" (or \"rec_id\") that says which records are one");
  IdentityDataset dataset;
  std::size_t number = 1;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (trim(line).empty()) continue;
    const auto cells = read_cells(line);
    if (cells.size() != columns.size())
      return complain(file, number, std::to_string(columns.size()) + " cells are due, as in the first line, here are " +
                                        std::to_string(cells.size()));
    std::vector<RecordField> fields;
    for (std::size_t at = 0; at < cells.size(); ++at) {
      if (columns[at] == *key)
        dataset.entities.push_back(entity_in(*key, cells[at]));
      else
        fields.push_back({columns[at], cells[at]});
    }
    dataset.records.push_back(record_of(fields));
  }
  return dataset;
}

}  // namespace

storage::Record record_of(const std::vector<RecordField>& fields) {
  std::vector<bool> names(fields.size(), false);
  bool found = false;
  for (std::size_t at = 0; at < fields.size(); ++at) found = (names[at] = is_name_part(fields[at].field)) || found;
  for (std::size_t at = 0; at < fields.size() && !found; ++at) found = names[at] = is_name(fields[at].field);
  if (!found && !fields.empty()) names.front() = true;
  storage::Record record;
  for (std::size_t at = 0; at < fields.size(); ++at) {
    if (!names[at])
      record.attributes.push_back(fields[at]);
    else if (!fields[at].value.empty())
      record.name += (record.name.empty() ? "" : " ") + fields[at].value;
  }
  return record;
}

Result<IdentityDataset> read_identity_dataset(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string first;
  if (!std::filesystem::is_regular_file(file) || !in || !std::getline(in, first))
    return Error{ErrorCode::not_found, file.string() + ": no such file, or nothing in it"};
  if (!first.starts_with("COL ")) return read_table(in, first, file);
  in.clear();
  in.seekg(0);
  return read_pairs(in, file);
}

}  // namespace commonbook::apps
