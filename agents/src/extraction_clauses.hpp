// What the rules about sentences share: who a clause is about, where it ends, what an event is called.
#pragma once
#include "extraction_dates.hpp"
#include "extraction_text.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

/// A sentence of a document, with the days that it names.
struct ReadSentence {
  const Sentence& sentence;
  const std::vector<DateMention>& dates;
  const ReadableText& document;
};

/// Words of a sentence, the end excluded.
struct TokenRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
};

/// A name as it stands: "Hall B", "Model 3.1 for Apollo 11", "RX-20391"; no pronoun, no weekday, no word that only
/// begins a sentence. nullopt: no name begins at `at`.
[[nodiscard]] std::optional<TokenRange> name_at(const Sentence& sentence, std::size_t at);
/// True for "I" and "we" (with a capital where it is "I").
[[nodiscard]] bool is_first_person(const Sentence& sentence, std::size_t at);
/// The first date that begins in `range`; nullptr: none.
[[nodiscard]] const DateMention* date_in(const std::vector<DateMention>& dates, TokenRange range);
/// The date that begins at `at`, a preposition before it skipped; nullptr: none.
[[nodiscard]] const DateMention* date_at(const Sentence& sentence, const std::vector<DateMention>& dates,
                                         std::size_t at);
/// Where the clause that goes on at `at` ends: at punctuation (a comma inside a date is none), or before one of
/// `stops`.
[[nodiscard]] std::size_t clause_end(const ReadSentence& read, std::size_t at,
                                     std::initializer_list<std::string_view> stops);
/// The words for a meeting, visit, delivery or the like before `end` ("the site visit is moved": "site visit"), at
/// most four, without article.
[[nodiscard]] std::optional<TokenRange> event_phrase_before(const Sentence& sentence, std::size_t end);
/// The same from `begin` on, an article skipped.
[[nodiscard]] std::optional<TokenRange> event_phrase_at(const Sentence& sentence, std::size_t begin);
/// True where the sentence only supposes: an "if" or "whether" before `at`.
[[nodiscard]] bool is_supposed(const Sentence& sentence, std::size_t at);

/// Each rule appends what it finds.
void find_statements(const ReadSentence& read, std::vector<ExtractedFact>& facts);
void find_decisions(const ReadSentence& read, std::vector<ExtractedFact>& facts);
void find_moves(const ReadSentence& read, std::vector<ExtractedFact>& facts);
void find_cancellations(const ReadSentence& read, std::vector<ExtractedFact>& facts);
void find_undertakings(const ReadSentence& read, std::vector<ExtractedFact>& facts);

}  // namespace commonbook::agents
