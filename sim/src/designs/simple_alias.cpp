#include "simple_alias.hpp"

#include <climits>
#include <clocale>
#include <cwchar>
#include <cwctype>
#include <memory>
#include <type_traits>

namespace commonbook::sim {
namespace {

using Locale = std::unique_ptr<std::remove_pointer_t<locale_t>, void (*)(locale_t)>;

/// Opened once, since opening reads files; never changed.
locale_t utf8_locale() {
  static const Locale locale{newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr), &freelocale};
  return locale.get();
}

/// Makes a locale this thread's own for a scope: the conversion functions take it from there.
class UseLocale {
 public:
  explicit UseLocale(locale_t locale) : before_(locale == nullptr ? nullptr : uselocale(locale)) {}
  ~UseLocale() {
    if (before_ != nullptr) uselocale(before_);
  }
  UseLocale(const UseLocale&) = delete;
  UseLocale& operator=(const UseLocale&) = delete;

 private:
  locale_t before_;
};

/// No-break spaces are white space to a script, not to the C library.
bool is_space(wchar_t letter) {
  return std::iswspace(static_cast<wint_t>(letter)) != 0 || letter == L'\u00A0' || letter == L'\u2007' ||
         letter == L'\u202F';
}

void append(std::string& text, wchar_t letter) {
  char bytes[MB_LEN_MAX];
  std::mbstate_t state{};
  const std::size_t size = std::wcrtomb(bytes, letter, &state);
  if (size != static_cast<std::size_t>(-1)) text.append(bytes, size);
}

}  // namespace

std::string simple_alias(std::string_view spelling) {
  const UseLocale use{utf8_locale()};
  std::string alias;
  bool gap = false;
  std::mbstate_t state{};
  for (std::size_t at = 0; at < spelling.size();) {
    wchar_t letter = 0;
    const std::size_t size = std::mbrtowc(&letter, spelling.data() + at, spelling.size() - at, &state);
    const bool is_letter = size > 0 && size <= spelling.size() - at;
    const std::size_t step = is_letter ? size : 1;
    if (is_letter && is_space(letter)) {
      gap = !alias.empty();
    } else {
      if (gap) alias += ' ';
      gap = false;
      if (is_letter) {
        append(alias, static_cast<wchar_t>(std::towlower(static_cast<wint_t>(letter))));
      } else {
        alias += spelling[at];
        state = {};
      }
    }
    at += step;
  }
  return alias;
}

}  // namespace commonbook::sim
