#include "book/name_blocks.hpp"

#include "book/digest.hpp"
#include "book/name_tables.hpp"

#include <algorithm>

namespace commonbook::storage {
namespace {

constexpr std::size_t blocks_max = 64;
constexpr std::size_t few_words = 4;        // up to so many, all pairs of them
constexpr std::size_t telling_words = 5;    // of a longer name, those with the least hashes
constexpr std::size_t shortened_max = 20;   // letters of a word that is also filed with each of them left out

class Blocks {
 public:
  Blocks(const NameProfile& name, std::string_view space) : name_(name), space_(space) {}

  std::vector<std::uint64_t> all() {
    std::vector<std::string> words;
    for (const std::string& word : name_.words)
      if (!is_particle(word)) words.push_back(word);
    if (words.empty()) words = name_.words;
    if (words.empty()) return {};
    add("joined", name_.joined);
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    std::string together;
    for (const std::string& word : words) together += word + ' ';
    add("words", together);
    if (words.size() == 1)
      shorten(words.front(), {});
    else if (words.size() <= few_words)
      add_few(words);
    else
      add_many(words);
    std::sort(blocks_.begin(), blocks_.end());
    blocks_.erase(std::unique(blocks_.begin(), blocks_.end()), blocks_.end());
    if (blocks_.size() > blocks_max) blocks_.resize(blocks_max);
    return std::move(blocks_);
  }

 private:
  void add(std::string_view kind, std::string_view text) {
    blocks_.push_back(
        RowHash{RowTable::alias}.add(kind).add(text).add(std::string_view{name_.numbers}).add(space_).value());
  }

  // A word beside the first and the last letter of each other one: whatever else of that one was mistyped, left out or
  // shortened to an initial; and beside the first letter of the name that a nickname stands for.
  void add_few(const std::vector<std::string>& words) {
    const auto longest = std::max_element(words.begin(), words.end(), [](const std::string& one, const std::string& other) {
      return one.size() < other.size();
    });
    for (const std::string& word : words) {
      for (const std::string& other : words) {
        if (word == other || word.size() == 1) continue;
        add("first", word + ' ' + other.front());
        add("last", word + ' ' + other.back());
        for (const std::string_view name : names_behind(other)) add("first", word + ' ' + name.front());
        if (word == *longest) shorten(word, other.substr(0, 1));
      }
    }
  }

  // Of a title the words with the least hashes: titles that share most words share most of these.
  void add_many(std::vector<std::string> words) {
    const auto hash = [](const std::string& word) { return RowHash{RowTable::alias}.add(std::string_view{word}).value(); };
    std::sort(words.begin(), words.end(),
              [&](const std::string& one, const std::string& other) { return hash(one) < hash(other); });
    words.resize(telling_words);
    std::sort(words.begin(), words.end());
    for (std::size_t one = 0; one < words.size(); ++one)
      for (std::size_t other = one + 1; other < words.size(); ++other) add("pair", words[one] + ' ' + words[other]);
  }

  // The word, and the word with each of its letters left out: two words with a letter too many, too few, exchanged or
  // another one share one of these.
  void shorten(const std::string& word, const std::string& beside) {
    add("whole", word + ' ' + beside);
    if (word.size() < 4 || word.size() > shortened_max) return;
    for (std::size_t at = 0; at < word.size(); ++at)
      add("whole", word.substr(0, at) + word.substr(at + 1) + ' ' + beside);
  }

  const NameProfile& name_;
  std::string_view space_;
  std::vector<std::uint64_t> blocks_;
};

}  // namespace

std::vector<std::uint64_t> blocks_of(const NameProfile& name, std::string_view space) { return Blocks{name, space}.all(); }

std::vector<std::uint64_t> blocks_of(const RecordProfile& record) {
  std::vector<std::uint64_t> blocks = blocks_of(record.name, {});
  for (const RecordProfile::Attribute& attribute : record.attributes) {
    RowHash hash{RowTable::alias};
    hash.add(std::string_view{attribute.field});
    if (attribute.kind == FieldKind::phone || attribute.kind == FieldKind::code || attribute.kind == FieldKind::date)
      blocks.push_back(hash.add(std::string_view{attribute.digits}).value());
    else if (attribute.kind == FieldKind::text && attribute.words.words.size() >= 2)
      blocks.push_back(hash.add(std::string_view{attribute.words.joined}).value());
  }
  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  return blocks;
}

}  // namespace commonbook::storage
