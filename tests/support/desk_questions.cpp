#include "commonbook/testing/desk_questions.hpp"

#include <cctype>
#include <fstream>
#include <sstream>
#include <utility>

namespace commonbook::testing {

std::vector<DeskQuestion> read_desk_questions(const std::filesystem::path& file) {
  const std::set<std::string> direct = {"q01", "q03", "q07", "q19", "q21", "q22", "q24", "q25",
                                        "q26", "q27", "q29", "q40", "q41", "q45", "q46"};
  std::vector<DeskQuestion> questions;
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells{line};
    DeskQuestion row;
    std::string support;
    std::getline(cells, row.id, '\t');
    std::getline(cells, row.question, '\t');
    std::getline(cells, row.answer, '\t');
    std::getline(cells, support, '\t');
    std::istringstream ids{support};
    for (std::string id; ids >> id;) row.support.insert(id);
    row.is_direct = direct.count(row.id) > 0;
    questions.push_back(std::move(row));
  }
  return questions;
}

std::string folded(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace commonbook::testing
