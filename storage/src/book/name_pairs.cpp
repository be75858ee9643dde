#include "book/name_pairs.hpp"

#include <algorithm>
#include <cstdio>

namespace commonbook::storage {
namespace {

std::string reason_of(std::string_view first, std::string_view second, const NameEvidence& evidence) {
  char text[32] = "";
  std::snprintf(text, sizeof text, "%.2f", evidence.score);
  std::string reason = "similar names: \"" + std::string{first} + "\" and \"" + std::string{second} + "\" (" + text;
  for (const std::string& each : evidence.reasons) reason += "; " + each;
  return reason + ")";
}

// The words decide; where they hardly meet, the letters may: names that are split or joined otherwise.
Result<NameEvidence> evidence_of(const detail::BookShared& book, const NameProfile& first_profile, std::string_view first,
                                 const NameProfile& second_profile, std::string_view second) {
  NameEvidence evidence = compare_names(first_profile, second_profile);
  const double threshold = book.options.similarity_threshold;
  if (evidence.score >= threshold || first_profile.numbers != second_profile.numbers) return evidence;
  // The cosine adds a half at most, so most pairs need no embedding.
  if ((1 + jaro_winkler(first, second)) / 2 < threshold) return evidence;
  auto spelled = compare_spellings(first, second, *book.embedder);
  if (!spelled || spelled->score <= evidence.score) return spelled ? evidence : spelled;
  return spelled;
}

}  // namespace

Result<void> compare_pair(const detail::BookShared& book, const BlockedName& older, const NewName& newer,
                          FoundPairs& found) {
  if (older.space != newer.name.space || older.entity == newer.name.entity) return {};
  const double threshold = book.options.similarity_threshold;
  // In the order of bytes, since the score of a pair must not depend on which name came first.
  const NameProfile older_profile = profile_of(older.value);
  const bool older_first = older.value < newer.name.value;
  const std::string& first = older_first ? older.value : newer.name.value;
  const std::string& second = older_first ? newer.name.value : older.value;
  const auto evidence = evidence_of(book, older_first ? older_profile : newer.profile, first,
                                    older_first ? newer.profile : older_profile, second);
  if (!evidence) return evidence.error();
  if (evidence->score < threshold) return {};
  FoundPair& pair = found[std::minmax(older.entity, newer.name.entity)];
  std::string reason = reason_of(first, second, *evidence);
  // Entities with several names: the best pair of names speaks for them, ties by bytes.
  if (evidence->score > pair.score || (evidence->score == pair.score && reason < pair.reason)) {
    pair = {evidence->score, std::move(reason),
            book.options.similarity == SimilarityMode::merge && evidence->score >= book.options.merge_threshold};
  }
  return {};
}

}  // namespace commonbook::storage
