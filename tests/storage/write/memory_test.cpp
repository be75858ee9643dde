// The parts of a book that live in memory alone: alias cache, overlay, similarity, codecs and hashes.
#include "book/alias_cache.hpp"
#include "book/overlay.hpp"
#include "book/row_digest.hpp"
#include "book/tail_codec.hpp"
#include "commonbook/storage/similarity.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

using namespace commonbook;
using namespace commonbook::storage;
using commonbook::testing::seeds_to_run;

namespace {

Key key(int number) { return {Scheme::name, "name " + std::to_string(number), {}}; }

TailRow row(std::int64_t seq, std::int64_t subject, RowObject object) { return {seq, subject, 2, std::move(object), 9}; }

std::vector<std::int64_t> seqs_of_subject(const Overlay& overlay, std::int64_t subject, std::int64_t low,
                                          std::int64_t high) {
  std::vector<std::int64_t> seqs;
  overlay.visit_subject(subject, low, high, [&](const TailRow& found) { seqs.push_back(found.seq); });
  return seqs;
}

void append(Overlay& overlay, std::int64_t epoch, std::vector<TailRow> rows) {
  if (rows.empty()) return;
  const std::int64_t after = rows.front().seq - 1;
  overlay.append(epoch, after, std::move(rows));
}

}  // namespace

TEST_CASE("the alias cache finds what was published, keeps its bound, and forgets with the epoch") {
  AliasCache cache{1'600};
  for (int number = 0; number < 10'000; ++number) cache.publish(key(number), {number, key(number).value});
  int kept = 0;
  for (int number = 0; number < 10'000; ++number) {
    const auto found = cache.find(key(number));
    if (found) CHECK((found->id == number && found->spelling == key(number).value));
    kept += found ? 1 : 0;
  }
  CHECK(kept <= 1'600);
  CHECK(kept > 400);
  CHECK(cache.find(key(9'999)));
  CHECK_FALSE(cache.find({Scheme::mailto, "name 9999", {}}));
  CHECK_FALSE(cache.find({Scheme::name, "name 9999", "elsewhere"}));
  cache.keep_epoch(0);
  CHECK(cache.find(key(9'999)));
  cache.keep_epoch(1);
  CHECK_FALSE(cache.find(key(9'999)));
}

TEST_CASE("the alias cache finds many keys as it finds each of them") {
  AliasCache cache{1'600};
  for (int number = 0; number < 3'000; ++number) cache.publish(key(number), {number, key(number).value});
  std::vector<Key> keys;
  for (int number = 4'000; number >= 0; --number) keys.push_back(key(number));
  keys.push_back(key(2'999));  // twice
  std::vector<std::optional<KnownEntity>> known(keys.size(), KnownEntity{-1, "left from before"});
  std::vector<AliasLookUp> look_ups;
  for (std::size_t at = 0; at < keys.size(); ++at) look_ups.push_back({&keys[at], &known[at]});
  cache.find_all(look_ups);
  int found = 0;
  for (std::size_t at = 0; at < keys.size(); ++at) {
    const auto alone = cache.find(keys[at]);
    REQUIRE(known[at].has_value() == alone.has_value());
    if (!alone) continue;
    CHECK((known[at]->id == alone->id && known[at]->spelling == alone->spelling));
    ++found;
  }
  CHECK(found > 400);
  CHECK(found < 4'000);
}

TEST_CASE("the overlay takes rows without a gap and gives them by subject, object and range") {
  Overlay overlay{1u << 20};
  append(overlay, 0, {row(5, 1, std::int64_t{7}), row(6, 2, std::string{"1:x"}), row(7, 1, std::string{"1:x"})});
  append(overlay, 0, {row(9, 1, std::int64_t{7})});  // 8 is missing
  CHECK(overlay.first(0) == 5);
  CHECK(overlay.last(0) == 7);
  append(overlay, 0, {row(7, 1, std::string{"1:x"}), row(8, 3, std::int64_t{1})});  // 7 is there already
  CHECK(overlay.last(0) == 8);
  CHECK(overlay.last(1) == 0);
  CHECK(seqs_of_subject(overlay, 1, 0, 100) == std::vector<std::int64_t>{5, 7});
  CHECK(seqs_of_subject(overlay, 1, 5, 6).empty());
  std::vector<std::int64_t> seqs;
  overlay.visit_object(std::string{"1:x"}, 0, 100, [&](const TailRow& found) { seqs.push_back(found.seq); });
  CHECK(seqs == std::vector<std::int64_t>{6, 7});
  seqs.clear();
  overlay.visit_all(5, 7, [&](const TailRow& found) { seqs.push_back(found.seq); });
  CHECK(seqs == std::vector<std::int64_t>{6, 7});
  overlay.drop_until(6);
  CHECK(overlay.first(0) == 7);
  CHECK(seqs_of_subject(overlay, 1, 0, 100) == std::vector<std::int64_t>{7});
  append(overlay, 2, {row(40, 1, std::int64_t{7})});  // another epoch: all before is gone
  CHECK(overlay.first(2) == 40);
  append(overlay, 1, {row(41, 1, std::int64_t{7})});  // an older one: too late
  CHECK(overlay.last(2) == 40);
}

TEST_CASE("the overlay gives the newest rows of each predicate as far as they are wanted, whatever has left it") {
  struct Row {
    std::int64_t predicate;
    std::int64_t object;
  };
  for (const std::uint64_t seed : seeds_to_run(4)) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    Overlay overlay{128u << 10};  // of a thousand rows, so that runs are short
    std::map<std::int64_t, Row> rows;
    std::int64_t seq = 0;
    std::int64_t watermark = 0;
    for (int round = 0; round < 400; ++round) {
      std::vector<TailRow> more;
      for (std::uint64_t count = random() % 4; count > 0; --count) {
        const Row made{static_cast<std::int64_t>(2 + random() % 5), static_cast<std::int64_t>(random() % 3)};
        rows[++seq] = made;
        more.push_back({seq, made.object + 10, made.predicate, made.object, 1});
      }
      append(overlay, 0, std::move(more));
      if (random() % 40 == 0) {
        watermark += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(seq - watermark + 1));
        overlay.drop_until(watermark);
      }
      const auto high = seq - static_cast<std::int64_t>(random() % 3);
      const auto object = static_cast<std::int64_t>(random() % 3);
      for (const bool is_subject : {true, false}) {
        const RowEnd end{is_subject, is_subject ? object + 10 : object};
        std::map<std::int64_t, std::vector<std::int64_t>> expected;  // seqs by predicate, the newest first
        for (auto row = rows.rbegin(); row != rows.rend(); ++row)
          if (row->first > watermark && row->first <= high && row->second.object == object)
            expected[row->second.predicate].push_back(row->first);
        const auto predicates = overlay.predicates(end, watermark, high);
        for (const auto& [predicate, seqs] : expected) {
          REQUIRE(std::find(predicates.begin(), predicates.end(), predicate) != predicates.end());
          const std::size_t wanted = 1 + random() % 8;
          std::vector<std::int64_t> found;
          overlay.visit_newest(end, predicate, watermark, high, [&](const TailRow& row) {
            found.push_back(row.seq);
            return found.size() < wanted;
          });
          REQUIRE(found == std::vector(seqs.begin(), seqs.begin() + std::min<std::ptrdiff_t>(std::ssize(seqs),
                                                                       static_cast<std::ptrdiff_t>(wanted))));
        }
      }
    }
  }
}

TEST_CASE("rows that another process has committed before this one's are put in front of them") {
  Overlay overlay{1u << 20};
  append(overlay, 0, {row(7, 1, std::int64_t{7}), row(8, 2, std::int64_t{7})});
  overlay.prepend(0, 4, 6, {row(5, 1, std::int64_t{7})});  // of an earlier state
  CHECK(overlay.first(0) == 7);
  overlay.prepend(0, 4, 7, {row(5, 1, std::int64_t{7}), row(6, 1, std::int64_t{8})});
  CHECK(overlay.first(0) == 5);
  CHECK(seqs_of_subject(overlay, 1, 0, 100) == std::vector<std::int64_t>{5, 6, 7});
  overlay.append(0, 8, {row(12, 1, std::int64_t{7})});  // 9 to 11 do not exist
  CHECK(overlay.last(0) == 12);
  overlay.append(0, 13, {row(14, 1, std::int64_t{7})});  // 13 may
  CHECK(overlay.last(0) == 12);
  overlay.drop_until(6);
  overlay.prepend(0, 4, 7, {row(5, 1, std::int64_t{7}), row(6, 1, std::int64_t{8})});  // compacted
  CHECK(overlay.first(0) == 7);
}

TEST_CASE("a full overlay turns rows away, says so, and has room again after a pass") {
  Overlay overlay{4096};
  std::int64_t seq = 0;
  while (!overlay.is_full()) {
    ++seq;
    append(overlay, 0, {row(seq, 1, std::string(100, 'x'))});
    REQUIRE(seq < 1000);
  }
  CHECK(overlay.bytes() <= 4096);
  overlay.drop_until(seq);
  CHECK_FALSE(overlay.is_full());
  CHECK(overlay.bytes() == 0);
}

TEST_CASE("literals come back out of their rows, and damage is seen") {
  for (const auto type : {LiteralType::text, LiteralType::integer, LiteralType::uri}) {
    const Literal literal{type, "12:3"};
    CHECK(decode_literal(encode_literal(literal)) == literal);
  }
  CHECK_FALSE(decode_literal(""));
  CHECK_FALSE(decode_literal("0:x"));
  CHECK_FALSE(decode_literal("8:x"));
  CHECK_FALSE(decode_literal("1x"));
}

TEST_CASE("a row's hash changes with every column, its type and its table") {
  const std::uint64_t base = alias_hash(1, 2, "space", 3, "value");
  CHECK(alias_hash(1, 2, "space", 3, "value") == base);
  CHECK(alias_hash(2, 2, "space", 3, "value") != base);
  CHECK(alias_hash(1, 3, "space", 3, "value") != base);
  CHECK(alias_hash(1, 2, "spac", 3, "evalue") != base);
  CHECK(alias_hash(1, 2, "space", 4, "value") != base);
  CHECK(triple_hash(1, 2, std::int64_t{3}, 4) != triple_hash(1, 2, std::string{"3"}, 4));
  CHECK(entity_hash(1, "a") != agent_hash(1, "a"));
  CHECK(entity_hash(1, std::string_view{"a\0", 2}) != entity_hash(1, "a"));
}

TEST_CASE("names that differ by a slip are alike, others are not") {
  const auto embedder = ngram_embedder();
  const auto alike = [&](const char* left, const char* right) {
    return cosine(*embedder->embed(left), *embedder->embed(right));
  };
  CHECK(alike("ada lovelace", "ada lovelace") == Approx(1).margin(1e-6));
  CHECK(alike("ada lovelace", "ada lovlace") > 0.7);
  CHECK(alike("ada lovelace", "grace hopper") < 0.3);
  CHECK(jaro_winkler("martha", "marhta") == Approx(0.9611).margin(1e-4));
  CHECK(jaro_winkler("dwayne", "duane") == Approx(0.84).margin(1e-4));
  CHECK(jaro_winkler("dixon", "dicksonx") == Approx(0.8133).margin(1e-4));
  CHECK(jaro_winkler("abc", "xyz") == 0);
  CHECK(jaro_winkler("", "") == 1);
  CHECK(jaro_winkler("k\u00f6ln", "k\u00f6ln") == Approx(1));
}

TEST_CASE("how alike two names are does not depend on the letters that they are written in") {
  // The same names once in ASCII, which takes a way of its own, and once with each letter replaced by a Greek one.
  const auto draw = [](std::mt19937_64& random) {
    std::string name(random() % 70, 'a');  // also beyond what the short way takes
    for (char& letter : name) letter = static_cast<char>('a' + static_cast<char>(random() % 5));
    return name;
  };
  const auto in_greek = [](const std::string& name) {
    std::string greek;
    for (const char letter : name) greek += std::string{"\xCE"} + static_cast<char>(0xB1 + (letter - 'a'));
    return greek;
  };
  for (const std::uint64_t seed : seeds_to_run(4)) {
    std::mt19937_64 random{seed};
    for (int round = 0; round < 500; ++round) {
      const std::string left = draw(random);
      const std::string right = draw(random);
      CAPTURE(seed, left, right);
      REQUIRE(jaro_winkler(left, right) == jaro_winkler(in_greek(left), in_greek(right)));
    }
  }
}

TEST_CASE("what writers queue stands in the overlay as if each commit had been appended, in order") {
  Overlay overlay{1u << 20};
  overlay.queue(0, 4, {row(5, 1, std::int64_t{7}), row(6, 2, std::string{"1:x"})});
  overlay.queue(0, 4, {});
  overlay.queue(0, 4, {row(7, 1, std::string{"1:x"})});
  CHECK(overlay.last(0) == 7);
  CHECK(overlay.first(0) == 5);
  CHECK(seqs_of_subject(overlay, 1, 4, 7) == std::vector<std::int64_t>{5, 7});
  overlay.queue(0, 4, {row(9, 1, std::int64_t{7})});  // 8 is missing
  CHECK(overlay.last(0) == 7);
  overlay.queue(0, 7, {row(8, 1, std::int64_t{7})});  // all that is held was compacted elsewhere
  CHECK(overlay.first(0) == 8);
  CHECK(seqs_of_subject(overlay, 1, 4, 8) == std::vector<std::int64_t>{8});
  overlay.queue(0, 7, {row(9, 1, std::int64_t{7})});
  overlay.queue(3, 20, {row(21, 1, std::int64_t{7})});  // another epoch
  CHECK(seqs_of_subject(overlay, 1, 0, 21) == std::vector<std::int64_t>{21});
  CHECK(overlay.last(0) == 0);
  CHECK(overlay.last(3) == 21);
}

TEST_CASE("rows that were taken in and not linked are found by whoever asks first, however many they are") {
  Overlay overlay{64u << 20};
  constexpr std::int64_t commits = 10'000;
  for (std::int64_t at = 0; at < commits; ++at) {
    overlay.queue(0, 0, {row(2 * at + 1, at % 7, std::int64_t{1}), row(2 * at + 2, at % 7, std::int64_t{2})});
    overlay.settle_many();
  }
  std::int64_t found = 0;
  for (std::int64_t subject = 0; subject < 7; ++subject)
    found += static_cast<std::int64_t>(seqs_of_subject(overlay, subject, 0, 2 * commits).size());
  CHECK(found == 2 * commits);
}

TEST_CASE("rows that many threads queue and look for are all found") {
  Overlay overlay{64u << 20};
  constexpr std::int64_t commits = 2'000;
  std::thread writer{[&] {
    for (std::int64_t at = 0; at < commits; ++at) {
      overlay.queue(0, 0, {row(2 * at + 1, at % 7, std::int64_t{1}), row(2 * at + 2, at % 7, std::int64_t{2})});
      overlay.link_for_readers();
    }
  }};
  std::vector<std::thread> readers;
  std::atomic<int> wrong{0};
  for (int reader = 0; reader < 2; ++reader)
    readers.emplace_back([&] {
      for (std::int64_t last = 0; last < 2 * commits;) {
        last = overlay.last(0);
        std::int64_t found = 0;
        for (std::int64_t subject = 0; subject < 7; ++subject)
          found += static_cast<std::int64_t>(seqs_of_subject(overlay, subject, 0, last).size());
        if (found != last) ++wrong;
      }
    });
  writer.join();
  for (std::thread& each : readers) each.join();
  CHECK(wrong == 0);
}
