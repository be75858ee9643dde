#include "markup.hpp"

#include "plain_text.hpp"

namespace commonbook::sim {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : clean_text(text, true)) {
    switch (c) {
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;  // also in "]]>", which XML forbids in plain text
      case '&': result += "&amp;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      case '\n': result += "&#10;"; break;  // an attribute would otherwise turn both into spaces
      case '\t': result += "&#9;"; break;
      default: result += c;
    }
  }
  return result;
}

}  // namespace commonbook::sim
