#include "question_list.hpp"

#include <fstream>
#include <optional>
#include <sstream>

namespace commonbook::sim {

namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in{line};
  for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
  return cells;
}

Result<std::size_t> read_one(const std::filesystem::path& file, std::vector<std::string>& questions) {
  std::ifstream in{file};
  if (!in) return Error{ErrorCode::io, "the questions in " + file.string() + " can't be read", 0, {}};
  std::size_t column = 0;
  std::size_t found = 0;
  bool first = true;
  for (std::string line; std::getline(in, line); first = false) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    const auto cells = cells_of(line);
    if (first && cells.size() > 1) {
      bool is_head = false;
      for (std::size_t at = 0; at < cells.size(); ++at)
        if (cells[at] == "question") {
          column = at;
          is_head = true;
        }
      if (is_head) continue;
    }
    if (column >= cells.size() || cells[column].empty()) continue;
    questions.push_back(cells[column]);
    ++found;
  }
  return found;
}

}  // namespace

Result<std::vector<std::string>> read_question_list(const std::vector<std::filesystem::path>& files) {
  std::vector<std::string> questions;
  for (const auto& file : files) {
    const auto found = read_one(file, questions);
    if (!found) return found.error();
    if (*found == 0)
      return Error{ErrorCode::parse_error,
                   file.string() + ": no question; write one a line, or a table with a column \"question\"", 0, {}};
  }
  return questions;
}

}  // namespace commonbook::sim
