// Words, sentences and people for the generators of the import benchmark.
#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace commonbook::bench {

struct MadeUpPerson {
  std::string name;
  std::string address;
};

/// Draws everything from one seed. Thread: one.
class MadeUpText {
 public:
  explicit MadeUpText(std::uint64_t seed);
  [[nodiscard]] std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  /// Few words are common and many rare, as in text.
  [[nodiscard]] const std::string& word();
  [[nodiscard]] std::string words(std::size_t count);
  /// Sentences in lines of at most 72 bytes. @param accents  with letters beyond ASCII.
  [[nodiscard]] std::string paragraph(std::size_t count, bool accents);
  [[nodiscard]] const MadeUpPerson& person() { return people_[below(people_.size())]; }

 private:
  std::mt19937_64 random_;
  std::vector<std::string> vocabulary_;
  std::vector<MadeUpPerson> people_;
};

[[nodiscard]] std::string base64(const std::string& bytes);            ///< in lines of 76
[[nodiscard]] std::string quoted_printable(const std::string& text);

}  // namespace commonbook::bench
