// Which spellings are one name: a table of pairs, then properties over random texts.
#include "commonbook/storage/normalise.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace commonbook;
using namespace commonbook::storage;

namespace {

struct Pair {
  const char* what;
  const char* left;
  const char* right;
  bool equal;
};

constexpr Pair pairs[] = {
    {"case", "Ada Lovelace", "ada lovelace", true},
    {"all capitals", "ADA LOVELACE", "Ada Lovelace", true},
    {"case of Greek", "ΑΘΗΝΑ", "αθηνα", true},
    {"case of Cyrillic", "МОСКВА", "москва", true},
    {"case of Armenian", "ԵՐԵՎԱՆ", "երեվան", true},
    {"NFC and NFD, e acute", "Caf\u00e9", "Cafe\u0301", true},
    {"NFC and NFD, o diaeresis", "K\u00f6ln", "Ko\u0308ln", true},
    {"NFD and capitals", "KO\u0308LN", "k\u00f6ln", true},
    {"two marks in either order", "a\u0323\u0302", "a\u0302\u0323", true},
    {"composed with two marks", "\u1ead", "a\u0323\u0302", true},
    {"Hangul syllable and jamo", "\ud55c", "\u1112\u1161\u11ab", true},
    {"angstrom sign", "\u212b", "\u00e5", true},
    {"kelvin sign", "\u212a", "k", true},
    {"ohm sign", "\u2126", "\u03c9", true},
    {"spaces at the ends", "  Ada ", "Ada", true},
    {"two spaces", "Ada  Lovelace", "Ada Lovelace", true},
    {"tab", "Ada\tLovelace", "Ada Lovelace", true},
    {"line break", "Ada\r\nLovelace", "Ada Lovelace", true},
    {"no-break space", "Ada\u00a0Lovelace", "Ada Lovelace", true},
    {"narrow no-break space", "Ada\u202fLovelace", "Ada Lovelace", true},
    {"ideographic space", "Ada\u3000Lovelace", "Ada Lovelace", true},
    {"line separator", "Ada\u2028Lovelace", "Ada Lovelace", true},
    {"next line", "Ada\u0085Lovelace", "Ada Lovelace", true},
    {"sharp s", "Stra\u00dfe", "Strasse", true},
    {"sharp s and capitals", "STRASSE", "stra\u00dfe", true},
    {"capital sharp s", "STRA\u1e9eE", "strasse", true},
    {"final sigma", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3", true},
    {"capitals and final sigma", "\u039f\u03a3", "\u03bf\u03c2", true},
    {"dotted capital I, NFC and NFD", "\u0130zmir", "I\u0307zmir", true},
    {"dotted capital I and small i with dot", "\u0130zmir", "i\u0307zmir", true},
    {"ligature fi", "\ufb01sh", "fish", true},
    {"ligature ffi", "o\ufb03ce", "office", true},
    {"ligature st", "\ufb06", "st", true},
    {"Armenian ligature", "\ufb13", "\u0574\u0576", true},
    {"digraph nj", "\u01ca", "nj", true},
    {"full width", "\uff21\uff44\uff41", "Ada", true},
    {"full width digits", "\uff11\uff12", "12", true},
    {"half width katakana", "\uff76\uff9e", "\u30ac", true},
    {"superscript", "x\u00b2", "x2", true},
    {"Roman numeral", "\u2167", "viii", true},
    {"circled letter", "\u24b6", "a", true},
    {"fraction", "\u00bd", "1\u20442", true},
    {"zero-width space", "Ada\u200bLovelace", "AdaLovelace", true},
    {"zero-width space inside a combining sequence", "e\u200b\u0301", "\u00e9", true},
    {"zero-width joiner inside a combining sequence", "o\u200d\u0308", "\u00f6", true},
    {"zero-width non-joiner inside Hangul", "\u1112\u200c\u1161", "\ud558", true},
    {"byte order mark", "\ufeffAda", "Ada", true},
    {"soft hyphen", "Love\u00adlace", "Lovelace", true},
    {"word joiner", "Love\u2060lace", "Lovelace", true},
    {"variation selector", "Ada\ufe0f", "Ada", true},
    {"combining grapheme joiner", "a\u034f\u0301", "\u00e1", true},
    {"bidi mark", "\u200eAda\u200f", "Ada", true},
    {"bidi override", "\u202eAda\u202c", "Ada", true},
    {"bidi isolate", "\u2066Ada\u2069", "Ada", true},
    {"control character", "Ad\u0007a", "Ada", true},
    {"other letters", "Ada", "Eda", false},
    {"a space between", "AdaLovelace", "Ada Lovelace", false},
    {"an accent", "Cafe", "Caf\u00e9", false},
    {"dotless i", "\u0131stanbul", "istanbul", false},
    {"dotted capital I and plain i", "\u0130zmir", "izmir", false},
    {"Latin and Cyrillic a", "a", "\u0430", false},
    {"Latin and Greek capital A", "A", "\u0391", false},
    {"ae and ligature ae", "ae", "\u00e6", false},
    {"o and o with stroke", "o", "\u00f8", false},
    {"l and digit one", "l", "1", false},
    {"punctuation", "Smith-Jones", "Smith Jones", false},
    {"apostrophes", "O'Neil", "O\u2019Neil", false},
    {"a dot more", "J. Smith", "J Smith", false},
    {"hyphen and dash", "a-b", "a\u2013b", false},
    {"word order", "Lovelace Ada", "Ada Lovelace", false},
};
static_assert(std::size(pairs) >= 60);

std::string normal(std::string_view text) {
  const auto result = normalise_name(text);
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("spellings that people read as one name are one key, and others are not") {
  for (const Pair& pair : pairs) {
    INFO(pair.what << ": " << pair.left << " / " << pair.right);
    CHECK((normal(pair.left) == normal(pair.right)) == pair.equal);
  }
}

TEST_CASE("the normal form of a normal form is itself, for any text") {
  const std::vector<std::string> parts{"a", "A", " ", "\t", "\u00a0", "\u0301", "\u0308", "\u200b", "\u200d", "\u00df",
                                       "\u0130", "\u03c2", "\ufb01", "\uff21", "\u1100", "\u1161", "\u11a8", "\u00a8",
                                       "\u037a", "\u0345", "\u00ad", "\u202e", "\u1e9b\u0323", "\U0001d538", "\u3000",
                                       "\u0001", "1", "\u2167", "\u0f73", "\u0390"};
  for (const auto seed : testing::seeds_to_run(200)) {
    INFO("COMMONBOOK_SEED=" << seed);
    std::mt19937_64 random{seed};
    std::string text = "x";
    for (std::uint64_t length = random() % 24; length > 0; --length) text += parts[random() % parts.size()];
    const std::string once = normal(text);
    CHECK(normal(once) == once);
    CHECK(once.front() != ' ');
    CHECK(once.back() != ' ');
  }
}

TEST_CASE("what can't be a name is refused with the reason") {
  struct Bad {
    const char* what;
    std::string text;
    ErrorCode code;
  };
  const Bad bad[] = {
      {"empty", "", ErrorCode::invalid_argument},
      {"only spaces", " \t\n", ErrorCode::invalid_argument},
      {"only invisible characters", "\u200b\u200d\ufeff", ErrorCode::invalid_argument},
      {"a cut sequence", "abc\xc3", ErrorCode::invalid_argument},
      {"an overlong sequence", "a\xc0\xaf", ErrorCode::invalid_argument},
      {"a surrogate", "a\xed\xa0\x80", ErrorCode::invalid_argument},
      {"above U+10FFFF", "a\xf4\x90\x80\x80", ErrorCode::invalid_argument},
      {"513 code points", std::string(513, 'a'), ErrorCode::invalid_argument},
      {"over 1 MiB", std::string((1u << 20) + 1, 'a'), ErrorCode::too_large},
  };
  for (const Bad& name : bad) {
    INFO(name.what);
    const auto result = normalise_name(name.text);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == name.code);
  }
  CHECK(normalise_name(std::string(512, 'a')));
  CHECK(normalise_name(std::string(100'000, ' ') + "a"));  // the limit is one of the normal form
}

TEST_CASE("strong identifiers are compared without what stands around them") {
  const auto value = [](Scheme scheme, const char* text) {
    const auto key = normalise_key({scheme, text, {}});
    REQUIRE(key);
    const auto again = normalise_key(*key);
    REQUIRE(again);
    if (scheme != Scheme::exact) CHECK(again->value == key->value);
    return key->value;
  };
  CHECK(value(Scheme::mailto, "mailto:Ada@Example.org") == "ada@example.org");
  CHECK(value(Scheme::mailto, " MAILTO:ada@example.org?subject=hello ") == "ada@example.org");
  CHECK(value(Scheme::mailto, "mailto:\x01\v MAILTO: ada@example.org?x") == "ada@example.org");
  CHECK(value(Scheme::mid, "<A1@example.org>") == "A1@example.org");
  CHECK(value(Scheme::mid, "a1@example.org") != value(Scheme::mid, "A1@example.org"));
  CHECK(value(Scheme::ical_uid, " UID-1 ") == "UID-1");
  CHECK(value(Scheme::exact, "Ada") != value(Scheme::exact, "ada"));
  CHECK_FALSE(normalise_key({Scheme::mid, "<>", {}}));
  CHECK_FALSE(normalise_key({Scheme::mailto, "mailto:", {}}));
  CHECK_FALSE(unicode_version().empty());
}
