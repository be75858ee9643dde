// What two names say about whether they are one: a score and the reasons for it. Pure: knows no book.
//
//   const NameEvidence evidence = compare_names(profile_of("ACME Corporation"), profile_of("acme corp."));
//   // evidence.score 0.992, evidence.reasons {"same words", "legal form written otherwise: corp, corporation"}
//
// The score is how likely two names of one book mean one thing, 0 to 1, as far as names can tell: 0.99 and more only where
// nothing but writing differs (order, accents, legal form), so that a silent merge needs no more; typing errors, initials,
// nicknames and words that one name lacks stay below it, for a person to review.
#pragma once
#include "commonbook/model/result.hpp"
#include "commonbook/storage/similarity.hpp"

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace commonbook::storage {

struct NameEvidence {
  double score = 0;
  std::vector<std::string> reasons;  ///< for people, the weightiest first; empty where the names share nothing
};

/// A name taken apart: words in Latin letters without accents, lower case; numbers; the legal form at its end.
struct NameProfile {
  std::vector<std::string> words;    ///< without the legal form; at most 64
  std::string legal_form;            ///< as its class is written, "corporation" for "Corp."; empty: none
  std::string legal_form_written;
  std::string numbers;               ///< all of them, in order: a number tells things apart
  std::string joined;                ///< the words without blanks
  bool is_transliterated = false;    ///< it has letters of another script
};

/// @param name  UTF-8, in normal form or not. @thread any, as all of this header.
/// @source  Unicode CLDR, transforms Any-Latin and Latin-ASCII, by way of ICU.
[[nodiscard]] NameProfile profile_of(std::string_view name);

/// Words that a record says elsewhere than in its name.
using ContextWords = std::unordered_set<std::string>;

/// Compares word by word: equal, nickname, initial, beginning, or alike by Jaro-Winkler; then what is left over.
/// @param left_context, right_context  a word that one name lacks counts little where its record says it elsewhere, as a
///          product's name with and without its maker. May be empty.
/// @returns  the same for both orders of the names, but for the order within a reason.
/// @source  the greedy alignment is that of W. Cohen, P. Ravikumar, S. Fienberg, "A Comparison of String Distance Metrics
///          for Name-Matching Tasks", 2003 (soft TF-IDF), with fixed weights in place of frequencies.
[[nodiscard]] NameEvidence compare_names(const NameProfile& left, const NameProfile& right,
                                         const ContextWords& left_context = {}, const ContextWords& right_context = {});

/// How alike two texts of one kind of attribute are, word by word, 0 to 1: addresses, places, lists of people.
[[nodiscard]] double compare_texts(const NameProfile& left, const NameProfile& right);

/// The same names by their embeddings and Jaro-Winkler, the mean of both, for words that are split or joined otherwise.
/// Never enough for a silent merge. @errors  the embedder's.
[[nodiscard]] Result<NameEvidence> compare_spellings(std::string_view left, std::string_view right,
                                                     const Embedder& embedder);

/// Below it no typing error, initial or nickname is ever scored.
inline constexpr double written_otherwise_score = 0.99;

}  // namespace commonbook::storage
