// Bytes as a key: the first byte chooses its scheme, the rest is its value.
#include "fuzz_support.hpp"

#include "commonbook/storage/normalise.hpp"

#include <algorithm>

using namespace commonbook;
using namespace commonbook::fuzz;

namespace {

constexpr std::string_view zero_width_space = "\xE2\x80\x8B";
constexpr std::string_view right_to_left_override = "\xE2\x80\xAE";

void require_normal(const std::string& normal) {
  require_clean_text(normal, "normal form");
  require(!normal.empty() && normal.size() <= storage::name_bytes_max, "a normal form has 1 to 2,048 bytes");
  const auto points = std::count_if(normal.begin(), normal.end(),
                                    [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  require(static_cast<std::size_t>(points) <= storage::name_code_points_max, "a normal form has at most 512 code points");
  require(normal.front() != ' ' && normal.back() != ' ' && normal.find("  ") == std::string::npos, "spaces are single");
  require(normal.find(zero_width_space) == std::string::npos && normal.find(right_to_left_override) == std::string::npos,
          "nothing in a normal form is invisible");
}

void require_refused_properly(const Error& error) {
  require(error.code == ErrorCode::invalid_argument || error.code == ErrorCode::too_large,
          "what is no key is refused as such", to_string(error));
}

void try_name(const std::string& spelling) {
  const auto normal = storage::normalise_name(spelling);
  if (!normal) return require_refused_properly(normal.error());
  require_normal(*normal);
  const auto twice = storage::normalise_name(*normal);
  require(twice && *twice == *normal, "the normal form of a normal form is itself", *normal);
  const std::string dressed = std::string{right_to_left_override} + spelling + std::string{zero_width_space};
  const auto undressed = storage::normalise_name(dressed);
  require(undressed && *undressed == *normal, "what nobody sees tells no two names apart", *normal);
}

void try_identifier(const Key& key) {
  const auto normal = storage::normalise_key(key);
  if (!normal) return require_refused_properly(normal.error());
  require(normal->scheme == key.scheme && normal->value.size() <= storage::name_bytes_max, "a key keeps its scheme");
  if (key.scheme == Scheme::exact) return;
  const auto twice = storage::normalise_key(*normal);
  require(twice && *twice == *normal, "the normal form of a key is itself", normal->value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  if (count == 0) return 0;
  const std::string value = text_of(bytes + 1, count - 1);
  switch (bytes[0]) {
    case 'm': try_identifier({Scheme::mailto, value, {}}); break;
    case 'i': try_identifier({Scheme::mid, value, {}}); break;
    case 'u': try_identifier({Scheme::ical_uid, value, {}}); break;
    case 'x': try_identifier({Scheme::exact, value, {}}); break;
    default: try_name(value);
  }
  return 0;
}
