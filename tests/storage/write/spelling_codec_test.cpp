// How mentions are written into an observation's row and read back, whatever the bytes.
#include "write_support.hpp"

#include "book/spelling_codec.hpp"

#include <random>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

using Mentions = std::vector<std::pair<std::int64_t, std::string>>;

std::optional<Mentions> read(std::string_view bytes) {
  Mentions mentions;
  const bool sound = read_spellings(
      bytes, [&](std::int64_t entity, std::string_view text) { mentions.emplace_back(entity, text); });
  return sound ? std::optional{mentions} : std::nullopt;
}

}  // namespace

TEST_CASE("mentions are read back as they were written, whatever entities and texts") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  for (int round = 0; round < 200; ++round) {
    Mentions mentions;
    std::string bytes;
    for (std::uint64_t count = random() % 20; count > 0; --count) {
      const auto entity = static_cast<std::int64_t>(random() >> (1 + random() % 63));
      const std::string text(random() % 3 == 0 ? 0 : random() % 300, static_cast<char>(random()));
      mentions.emplace_back(entity, text);
      append_spelling(bytes, entity, text);
    }
    REQUIRE(read(bytes) == std::optional{mentions});
  }
}

TEST_CASE("damaged mentions are told, and nothing beyond their bytes is read") {
  std::string bytes;
  append_spelling(bytes, 5, {});
  append_spelling(bytes, 300, "Ada");
  CHECK(bytes.size() == 7);  // a byte for the first, two and a length for the second
  for (std::size_t size = 2; size < bytes.size(); ++size) CHECK_FALSE(read(std::string_view{bytes}.substr(0, size)));
  CHECK_FALSE(read(std::string(11, '\xff')));
  CHECK_FALSE(read(std::string_view{"\x03\x00", 2}));  // a text that is none
}

TEST_CASE("how an observation spells its entities costs bytes of its row, and no row of the tail") {
  TestBook test;
  const auto lengths = [&] {
    return RawRows{test.path}.rows("SELECT id, length(spellings) FROM observation ORDER BY id", 2);
  };
  static_cast<void>(store(test.writer, observed(1, {says("ada", "knows", "bob"), says("ada", "knows", "eve")})));
  static_cast<void>(store(test.writer, observed(2, {says("ADA", "knows", "bob")})));
  // A byte a mention that is spelled as the entity's own row has it; number, length and text for another.
  CHECK(lengths() == std::vector<std::string>{"1|3", "2|6"});
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM assertion") == 3);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}
