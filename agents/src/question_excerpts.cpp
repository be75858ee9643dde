#include "question_excerpts.hpp"

#include "passage_cut.hpp"
#include "question_facts.hpp"
#include "question_synonyms.hpp"
#include "reciprocal_rank.hpp"
#include "word_index.hpp"
#include "commonbook/agents/vocabulary.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace commonbook::agents {
namespace {

constexpr std::size_t document_bytes_max = std::size_t{256} << 10;
constexpr std::size_t text_bytes_max = std::size_t{2} << 20;  // of all documents together
constexpr std::size_t neighbour_bytes_max = 300;
constexpr std::size_t embedded_max = 100;

// How much the passage beside counts for this one, and the one behind that.
constexpr double beside = 0.4;
constexpr double next_but_one = 0.2;
constexpr double named_speaker = 1.5;

constexpr std::size_t expansion_passages = 5;
constexpr std::size_t expansion_words = 8;
constexpr double expansion_weight = 0.5;

constexpr double synonym_weight = 0.3;
constexpr double date_word_weight = 0.35;

/// A passage with what the rankings need of its document.
struct Piece {
  const Passage* document = nullptr;
  std::size_t document_rank = 0;
  CutPassage cut;
  std::set<std::string> speaker;  // stems of the name
  bool is_turn = false;
  std::vector<Token> tokens;
};

using Values = std::vector<double>;

std::vector<Piece> pieces_of(const Answer& answer, const FactIndex& facts) {
  std::vector<Piece> pieces;
  std::set<std::string> seen;
  std::size_t bytes = 0;
  for (std::size_t rank = 0; rank < answer.passages.size() && bytes < text_bytes_max; ++rank) {
    const Passage& document = answer.passages[rank];
    if (document.citation.kind == DocumentKind::question || !seen.insert(document.citation.document_id).second)
      continue;
    std::set<std::string> author;
    if (document.subject)
      if (const Fact* from = facts.one(document.subject->id, predicate::from))
        if (const auto* person = std::get_if<EntityView>(&from->object)) author = stems_of(person_name(*person));
    const std::size_t room = std::min(document_bytes_max, text_bytes_max - bytes);
    for (const CutPassage& cut : cut_passages(document.text, room)) {
      Piece piece{&document, rank, cut, author, !cut.speaker.empty(), tokenise(cut.text)};
      if (piece.is_turn) piece.speaker = stems_of(cut.speaker);
      pieces.push_back(std::move(piece));
    }
    bytes += std::min(document.text.size(), room);
  }
  return pieces;
}

/// Words of the question that name somebody who speaks at hand.
std::set<std::string> named_speakers(const QuestionDetails& details, const std::vector<Piece>& pieces,
                                     bool turns_only) {
  std::set<std::string> asked;
  for (const std::string& word : details.content_words) asked.insert(stem(word));
  std::set<std::string> named;
  for (const Piece& piece : pieces)
    if (piece.is_turn || !turns_only)
      for (const std::string& word : piece.speaker)
        if (asked.count(word) > 0) named.insert(word);
  return named;
}

WeightedWords words_asked(const ExcerptRequest& request, const Answer& answer,
                       const std::vector<Piece>& pieces) {
  const QuestionDetails& details = request.details;
  // Who speaks is told by the speaker; the name inside a turn is rather that of who is spoken to.
  const std::set<std::string> left_out =
      request.parts.entities ? named_speakers(details, pieces, true) : std::set<std::string>{};
  WeightedWords query;
  for (const std::string& word : details.content_words)
    for (const std::string& synonym : synonyms_of(word)) query[stem(synonym)] = synonym_weight;
  for (const std::string& word : details.date_words) query[stem(word)] = date_word_weight;
  for (const std::string& word : details.content_words) query[stem(word)] = 1;
  for (const Correction& correction : answer.corrections)
    for (const Token& token : tokenise(correction.read_as)) query[stem(token.text)] = 1;
  for (const std::string& word : left_out) query.erase(word);
  return query;
}

/// Passages of whoever the question names count for more, unless everybody at hand is named.
void favour_speakers(const std::set<std::string>& named, const std::vector<Piece>& pieces, Values& values) {
  if (named.empty()) return;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    if (std::any_of(named.begin(), named.end(),
                    [&](const std::string& word) { return pieces[i].speaker.count(word) > 0; }))
      values[i] *= named_speaker;
}

Values with_neighbours(const std::vector<Piece>& pieces, const Values& own) {
  Values values = own;
  const auto add = [&](std::size_t i, std::size_t other, double share) {
    if (pieces[i].document != pieces[other].document) return;
    values[i] += share * own[other];
    values[other] += share * own[i];
  };
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i >= 1) add(i, i - 1, beside);
    if (i >= 2) add(i, i - 2, next_but_one);
  }
  return values;
}

bool overlaps(const DayRange& left, const DayRange& right) { return left.first <= right.last && left.last >= right.first; }

/// 1 for passages of documents of the asked days, 2 for those that speak of them: "last Saturday" counts from the
/// document's own day.
Values by_time(const ExcerptRequest& request, const std::vector<Piece>& pieces) {
  Values values(pieces.size(), 0.0);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const CivilDate day = request.home.to_local(pieces[i].document->citation.time).date;
    if (overlaps(*request.days, {day, day})) values[i] = 1;
    for (const DatePhrase& phrase : find_dates(pieces[i].tokens, day, request.details.past)) {
      const std::vector<int> years = candidate_years(phrase, day);
      const auto days = years.empty() ? std::nullopt : days_of(phrase, years.front());
      if (days && overlaps(*request.days, *days)) values[i] = 2;
    }
  }
  return values;
}

/// Likeness of each passage that matched so far to the question; nothing where the embedder fails.
Values by_vectors(const ExcerptRequest& request, const std::string& question, const std::vector<Piece>& pieces,
                  const Values& so_far) {
  Values values(pieces.size(), 0.0);
  const auto asked = request.embed(question);
  if (!asked) return values;
  const std::vector<std::size_t> order = descending(so_far);
  for (std::size_t i = 0; i < std::min(embedded_max, order.size()); ++i) {
    const auto passage = request.embed(pieces[order[i]].cut.text);
    if (!passage || passage->size() != asked->size()) continue;
    double dot = 0;
    for (std::size_t at = 0; at < asked->size(); ++at) dot += double{(*asked)[at]} * double{(*passage)[at]};
    values[order[i]] = dot;
  }
  return values;
}

std::string head_of(std::string_view text) {
  std::size_t length = std::min(text.size(), neighbour_bytes_max);
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0u) == 0x80) --length;
  return std::string{text.substr(0, length)};
}

Excerpt excerpt_of(const std::vector<Piece>& pieces, std::size_t at, double score) {
  const Piece& piece = pieces[at];
  Excerpt excerpt{piece.document->citation, std::string{piece.cut.text}, {}, {}, piece.cut.begin,
                  piece.cut.end, score};
  if (at > 0 && pieces[at - 1].document == piece.document)
    excerpt.before = head_of(pieces[at - 1].cut.text);
  if (at + 1 < pieces.size() && pieces[at + 1].document == piece.document)
    excerpt.after = head_of(pieces[at + 1].cut.text);
  return excerpt;
}

}  // namespace

std::vector<Excerpt> find_excerpts(const ExcerptRequest& request, const Answer& answer, const FactIndex& facts) {
  const std::vector<Piece> pieces = pieces_of(answer, facts);
  WordIndex index;
  for (const Piece& piece : pieces) index.add(piece.tokens);
  const WeightedWords query = words_asked(request, answer, pieces);
  const RetrievalParts& parts = request.parts;
  const std::set<std::string> named =
      parts.entities ? named_speakers(request.details, pieces, false) : std::set<std::string>{};
  const auto matches = [&](const WeightedWords& words) {
    Values values = index.score(words);
    favour_speakers(named, pieces, values);
    return parts.neighbours ? with_neighbours(pieces, values) : values;
  };

  constexpr double k = 10;
  ReciprocalRank fused{pieces.size(), k};
  const auto of_documents = [&](const auto& value, const Values& only) {
    Values values(pieces.size(), 0.0);
    for (std::size_t i = 0; i < pieces.size(); ++i)
      if (only.empty() || only[i] > 0) values[i] = value(pieces[i]);
    return values;
  };
  Values best(pieces.size(), 0.0);
  if (parts.words) {
    best = matches(query);
    fused.add(1.0, best);
    if (parts.neighbours) {
      Values own = index.score(query);
      favour_speakers(named, pieces, own);
      fused.add(0.5, own);
    }
    fused.add(0.5, of_documents(
                       [](const Piece& piece) {
                         return piece.document->score > 0 ? 1.0 / (1.0 + static_cast<double>(piece.document_rank))
                                                              : 0.0;
                       },
                       best));
    if (parts.expansion) {
      WeightedWords expanded = index.expansion(query, best, expansion_passages, expansion_words);
      for (auto& [word, weight] : expanded) weight *= expansion_weight;
      expanded.insert(query.begin(), query.end());
      fused.add(0.5, matches(expanded));
    }
  }
  if (parts.facts) {
    const std::map<std::string, double> by_document = documents_by_facts(query, answer);
    fused.add(0.3, of_documents(
                       [&](const Piece& piece) {
                         const auto found = by_document.find(piece.document->citation.document_id);
                         return found == by_document.end() ? 0.0 : found->second;
                       },
                       best));
  }
  if (parts.time && request.days) fused.add(0.5, by_time(request, pieces));
  if (parts.vectors && request.embed) {
    std::string question;
    for (const Token& token : request.details.tokens) question += (question.empty() ? "" : " ") + token.text;
    fused.add(0.5, by_vectors(request, question, pieces, fused.scores()));
  }

  std::vector<Excerpt> excerpts;
  for (const std::size_t at : fused.order()) {
    if (excerpts.size() == excerpts_max || fused.scores()[at] <= 0) break;
    excerpts.push_back(excerpt_of(pieces, at, fused.scores()[at]));
  }
  return excerpts;
}

}  // namespace commonbook::agents
