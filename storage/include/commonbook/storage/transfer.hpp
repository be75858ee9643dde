// The whole book as a sequence of plain records, out of one file and into another, new or not.
//
// Records name entities by a number that holds within one sequence. The order is always the same: entities, predicates,
// redirects, observations (as they were committed), suggestions. A document stands with the first observation that cites
// it. What was retracted comes as a mark without content, so that it stays forgotten in the other file too.
#pragma once
#include "commonbook/model/observation.hpp"
#include "commonbook/storage/care.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace commonbook::storage {

struct BookEntity {
  std::int64_t number = 0;
  std::vector<Key> keys;         ///< in normal form, at least one; of scheme `exact` the hash, `spelling` has the bytes
  std::string spelling;
};
struct BookPredicate {
  std::string name;
  bool single_valued = false;
};
struct BookRedirect {
  std::int64_t source = 0;
  std::int64_t target = 0;
};
struct BookSuggestion {
  std::int64_t left = 0;
  std::int64_t right = 0;
  double score = 0;
  std::string reason;
  std::int64_t status = 0;       ///< 0 open, 1 accepted, 2 rejected, 3 merged silently
};
struct BookDocument {
  std::string id;
  std::string hash;
  bool with_content = false;     ///< false: a version that an earlier observation brought
  DocumentKind kind = DocumentKind::text;
  std::string title, text, context;
  std::optional<Timestamp> time;
  std::optional<std::int64_t> subject;
};
struct BookTriple {
  std::int64_t subject = 0;
  std::string predicate;
  std::variant<std::int64_t, Literal> object;
};
struct BookNaming {              ///< an entity, and words that stand for it
  std::int64_t entity = 0;
  std::string text;
};
struct BookObservation {
  std::string agent, session;
  std::uint64_t sequence = 0;
  std::optional<std::string> operation_id;
  bool retracted = false;        ///< then what follows `payload_hash` is empty
  std::string position;
  Timestamp time;
  std::int64_t revision = 0;
  Timestamp valid_from;
  std::uint8_t specificity = 0;
  Trust trust = Trust::own;
  AckClass ack_class = AckClass::durable;
  std::string created;           ///< bits of the first receipt, so that a retry is answered alike in both files
  std::string payload_hash;      ///< 16 bytes, so that a retry is known in both files
  std::optional<BookDocument> document;
  std::vector<BookTriple> triples;
  std::vector<BookNaming> spellings;  ///< how the observation spelled the entities that it mentions
  std::vector<BookNaming> claims;
  std::vector<std::string> derived_from;
};
using BookRecord = std::variant<BookEntity, BookPredicate, BookRedirect, BookObservation, BookSuggestion>;

struct TransferCounts {
  std::int64_t entities = 0;
  std::int64_t predicates = 0;
  std::int64_t redirects = 0;
  std::int64_t observations = 0;   ///< marks of retracted ones included
  std::int64_t retracted = 0;
  std::int64_t documents = 0;
  std::int64_t triples = 0;        ///< rows, spellings left out
  std::int64_t suggestions = 0;
};

struct ExportReport {
  TransferCounts counts;
  std::uint64_t content_digest = 0;
  std::uint64_t commit_seq = 0;
};

/// Gives every record of one snapshot to `sink`, in bounded memory; what must be sorted goes to a nameless temporary file.
/// @param sink  an error from it ends the export with that error.
/// @errors  busy, timeout, io, corrupt. @thread any; blocks.
Result<ExportReport> export_book(const Book& book, const std::function<Result<void>(const BookRecord&)>& sink,
                                 Clock::SteadyPoint deadline, const Progress& progress = {});

struct ImportCounts {
  std::int64_t entities_created = 0;
  std::int64_t entities_found = 0;
  std::int64_t observations = 0;   ///< stored by this import
  std::int64_t replayed = 0;       ///< that the file had already
  std::int64_t retracted = 0;      ///< marks stored by this import
  std::int64_t predicates = 0;
  std::int64_t redirects = 0;
  std::int64_t suggestions = 0;
  std::int64_t triples = 0;
};

/// Stores records through find-or-create and the operation ids, as writers do, so that importing twice changes nothing.
/// An import that stopped is finished by running it again from the start.
class BookImporter {
 public:
  /// @param book  opened with SimilarityMode::off, since a copy must not merge what was apart.
  static Result<BookImporter> open(const Book& book, Clock::SteadyPoint deadline);
  BookImporter(BookImporter&&) noexcept;
  BookImporter& operator=(BookImporter&&) noexcept;
  ~BookImporter();

  /// Takes the next record; stores what has come together when it is enough for a transaction.
  /// @param line  named in errors.
  /// @errors  the message begins with the line that is at fault; all before it is stored. invalid_argument, too_large,
  ///          not_found (a number that no record explained), operation_id_reused, already_exists (keys that lead to two
  ///          entities here); or no line's fault: busy, disk_full, io, corrupt, unknown.
  /// @thread  one; blocks on disk.
  Result<void> add(BookRecord record, std::int64_t line, Clock::SteadyPoint deadline);
  /// Stores the rest; after it all is on the disk (durable). @errors as add().
  Result<void> finish(Clock::SteadyPoint deadline);
  [[nodiscard]] const ImportCounts& counts() const noexcept;

 private:
  struct Impl;
  explicit BookImporter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
