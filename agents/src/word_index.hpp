// BM25 over a few hundred short texts in memory: the passages of the documents at hand, or what facts say.
#pragma once
#include "question_words.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace commonbook::agents {

/// Stems of a query and how much each counts.
using WeightedWords = std::map<std::string, double>;

/// Texts are added first, then asked. Thread: one at a time while texts are added, then any.
/// @source  S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; k1 and b as in
///          P. Yang, H. Fang, J. Lin, "Anserini: Reproducible Ranking Baselines", 2018: short texts want less of both.
class WordIndex {
 public:
  /// Adds a text as its stems without stop words. @returns its place, from 0 on.
  std::size_t add(const std::vector<Token>& tokens);
  [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }

  /// One value for each text, 0 where it holds no word of the query.
  [[nodiscard]] std::vector<double> score(const WeightedWords& query) const;

  /// Words that the best texts hold and the query does not, the most telling first; each with a weight of 0 to 1.
  /// Words of one text alone are left out: they find nothing else.
  /// @param values  how well each text matches.
  /// @source  V. Lavrenko, W. B. Croft, "Relevance-Based Language Models", SIGIR 2001, in its simplest form.
  [[nodiscard]] WeightedWords expansion(const WeightedWords& query, const std::vector<double>& values,
                                        std::size_t texts, std::size_t words) const;

 private:
  struct Count {
    std::uint32_t word = 0;
    std::uint32_t times = 0;
  };
  struct Posting {
    std::uint32_t text = 0;
    std::uint32_t times = 0;
  };
  [[nodiscard]] double rarity(std::uint32_t word) const;

  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<const std::string*> words_;       // the map's own keys, which stay where they are
  std::vector<std::vector<Posting>> postings_;  // by word
  std::vector<std::vector<Count>> texts_;
  std::vector<std::uint32_t> lengths_;
  std::uint64_t length_total_ = 0;
};

}  // namespace commonbook::agents
