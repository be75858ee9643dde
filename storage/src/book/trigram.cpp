#include "book/trigram.hpp"

#include "book/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <tuple>

namespace commonbook::storage {
namespace {

using Piece = std::tuple<std::int32_t, std::int32_t, std::int32_t>;

std::set<Piece> pieces_of(std::string_view text) {
  std::vector<std::int32_t> points{' ', ' '};
  for (std::size_t at = 0; at < text.size();) points.push_back(next_code_point(text, at));
  points.push_back(' ');
  std::set<Piece> pieces;
  for (std::size_t at = 0; at + 3 <= points.size(); ++at)
    pieces.emplace(points[at], points[at + 1], points[at + 2]);
  return pieces;
}

}  // namespace

double trigram_similarity(std::string_view left, std::string_view right) {
  const std::set<Piece> of_left = pieces_of(left);
  const std::set<Piece> of_right = pieces_of(right);
  const auto shared = std::count_if(of_left.begin(), of_left.end(),
                                    [&](const Piece& piece) { return of_right.count(piece) > 0; });
  return 2.0 * static_cast<double>(shared) / static_cast<double>(of_left.size() + of_right.size());
}

std::vector<std::string> one_edit_away(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (text.empty() || text.size() > edited_bytes_max || !std::all_of(text.begin(), text.end(), is_ascii)) return {};
  std::vector<std::string> edits;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const std::string head{text.substr(0, at)};
    const std::string rest{text.substr(at)};
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      edits.push_back(head + letter + rest);
      if (!rest.empty()) edits.push_back(head + letter + rest.substr(1));
    }
    if (!rest.empty()) edits.push_back(head + rest.substr(1));
    if (rest.size() > 1) edits.push_back(head + rest[1] + rest[0] + rest.substr(2));
  }
  std::sort(edits.begin(), edits.end());
  edits.erase(std::unique(edits.begin(), edits.end()), edits.end());
  std::erase_if(edits, [&](const std::string& edit) { return edit == text || edit.empty(); });
  return edits;
}

}  // namespace commonbook::storage
