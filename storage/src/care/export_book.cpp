// Observations come in the order of their ids, and what belongs to one comes from streams in the same order, so that all
// is read once and nothing is kept.
#include "commonbook/storage/transfer.hpp"

#include "book/book_shared.hpp"
#include "book/content_digest.hpp"
#include "book/for_each_row.hpp"
#include "book/row_digest.hpp"
#include "book/schema_sql.hpp"
#include "book/spelling_codec.hpp"
#include "book/stored_enum.hpp"
#include "book/tail_codec.hpp"
#include "book/triple_reader.hpp"
#include "engine/out_of_memory.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace commonbook::storage {
namespace {

using Sink = std::function<Result<void>(const BookRecord&)>;

// Rows ordered by observation, which stands in column 0. Each is seen once, in step with the observations.
class ObservationStream {
 public:
  static Result<ObservationStream> open(Connection& connection, const char* sql) {
    auto statement = connection.statement(sql);
    if (!statement) return statement.error();
    ObservationStream stream{std::move(*statement)};
    if (auto done = stream.advance(); !done) return done.error();
    return stream;
  }

  template <class Row>
  Result<void> take(std::int64_t observation, Row row) {
    for (; has_row_ && statement_.integer(0) <= observation;) {
      if (statement_.integer(0) == observation) row(std::as_const(statement_));  // what is before it points to nothing
      if (auto done = advance(); !done) return done;
    }
    return {};
  }

 private:
  explicit ObservationStream(Statement statement) : statement_(std::move(statement)) {}
  Result<void> advance() {
    const auto row = statement_.step();
    if (!row) return row.error();
    has_row_ = *row;
    return {};
  }
  Statement statement_;
  bool has_row_ = false;
};

struct Streams {
  ObservationStream triples, claims, operations, derivations;

  static Result<Streams> open(Connection& connection) {
    auto triples = ObservationStream::open(
        connection,
        "SELECT observation, subject, predicate, object FROM triple UNION SELECT observation, subject, predicate, object "
        "FROM assertion WHERE seq > (SELECT watermark FROM meta) ORDER BY 1, 2, 3, 4");
    if (!triples) return triples.error();
    auto claims =
        ObservationStream::open(connection, "SELECT observation, entity, spelling FROM claim ORDER BY 1, 2, 3");
    if (!claims) return claims.error();
    auto operations = ObservationStream::open(connection, "SELECT observation, id FROM operation ORDER BY 1, 2");
    if (!operations) return operations.error();
    auto derivations = ObservationStream::open(connection, "SELECT observation, evidence FROM derivation ORDER BY 1, 2");
    if (!derivations) return derivations.error();
    return Streams{std::move(*triples), std::move(*claims), std::move(*operations), std::move(*derivations)};
  }
};

Error unreadable(std::int64_t observation) {
  return {ErrorCode::corrupt, "observation " + std::to_string(observation) + " has a row that can't be read; run verify",
          0, {}};
}

class Export {
 public:
  Export(Connection& connection, const Sink& sink, const Progress& progress)
      : connection_(connection), sink_(sink), progress_(progress) {}

  Result<TransferCounts> run() {
    for (auto part : {&Export::entities, &Export::predicates, &Export::redirects, &Export::observations,
                      &Export::suggestions})
      if (auto done = (this->*part)(); !done) return done.error();
    return counts_;
  }

 private:
  void tell(std::string_view step, double share) const {
    if (progress_) progress_(step, share);
  }

  Result<void> entities() {
    tell("entities", 0.0);
    auto rows = connection_.statement(
        "SELECT e.id, e.spelling, a.scheme, a.space, a.value FROM entity e JOIN alias a ON a.entity = e.id "
        "ORDER BY e.id, a.id");
    if (!rows) return rows.error();
    std::optional<BookEntity> entity;
    const auto give = [&]() -> Result<void> {
      if (!entity) return {};
      ++counts_.entities;
      return sink_(*std::exchange(entity, std::nullopt));
    };
    for (;;) {
      const auto row = rows->step();
      if (!row) return row.error();
      if (!*row) return give();
      if (entity && entity->number != rows->integer(0)) {
        if (auto done = give(); !done) return done;
      }
      if (!entity) entity = BookEntity{rows->integer(0), {}, std::string{rows->blob(1)}};
      const auto scheme = stored_scheme(rows->integer(2));
      if (!scheme) return scheme.error();
      entity->keys.push_back({*scheme, std::string{rows->text(4)}, std::string{rows->text(3)}});
    }
  }

  Result<void> predicates() {
    auto rows = connection_.statement("SELECT id, name, single_valued FROM predicate ORDER BY id");
    if (!rows) return rows.error();
    for (;;) {
      const auto row = rows->step();
      if (!row) return row.error();
      if (!*row) return {};
      predicates_.emplace(rows->integer(0), rows->text(1));
      if (rows->integer(0) == spelled_as_predicate) continue;
      ++counts_.predicates;
      if (auto done = sink_(BookPredicate{std::string{rows->text(1)}, rows->integer(2) != 0}); !done) return done;
    }
  }

  Result<void> redirects() {
    auto rows = connection_.statement("SELECT source, target FROM redirect ORDER BY source, target");
    if (!rows) return rows.error();
    for (;;) {
      const auto row = rows->step();
      if (!row) return row.error();
      if (!*row) return {};
      ++counts_.redirects;
      if (auto done = sink_(BookRedirect{rows->integer(0), rows->integer(1)}); !done) return done;
    }
  }

  Result<void> suggestions() {
    auto rows = connection_.statement(
        "SELECT left_entity, right_entity, score, reason, status FROM suggestion ORDER BY left_entity, right_entity");
    if (!rows) return rows.error();
    for (;;) {
      const auto row = rows->step();
      if (!row) return row.error();
      if (!*row) return {};
      ++counts_.suggestions;
      const BookSuggestion record{rows->integer(0), rows->integer(1), rows->real(2), std::string{rows->text(3)},
                                  rows->integer(4)};
      if (auto done = sink_(record); !done) return done;
    }
  }

  Result<void> observations() {
    tell("sorting", 0.1);
    auto streams = Streams::open(connection_);
    if (!streams) return streams.error();
    const auto last = connection_.query_int("SELECT coalesce(max(id), 1) FROM observation");
    if (!last) return last.error();
    // `is_first`: no earlier observation that still counts cites the same version.
    auto rows = connection_.statement(
        "SELECT o.id, a.name, s.name, o.sequence, o.position, o.time, o.revision, o.valid_from, o.specificity, o.trust, "
        "o.ack_class, o.created, o.payload_hash, o.retracted, o.document, NOT EXISTS (SELECT 1 FROM observation e "
        "WHERE e.document = o.document AND e.retracted = 0 AND e.id < o.id) AS is_first, o.spellings "
        "FROM observation o JOIN session s ON s.id = o.session JOIN agent a ON a.id = s.agent ORDER BY o.id");
    if (!rows) return rows.error();
    for (;;) {
      const auto row = rows->step();
      if (!row) return row.error();
      if (!*row) return {};
      if (auto done = observation(*rows, *streams); !done) return done;
      if (counts_.observations % 1024 == 0)
        tell("observations", 0.2 + 0.8 * static_cast<double>(rows->integer(0)) / static_cast<double>(*last));
    }
  }

  Result<void> observation(const Statement& row, Streams& streams) {
    BookObservation record;
    const std::int64_t id = row.integer(0);
    record.agent = row.text(1);
    record.session = row.text(2);
    record.sequence = static_cast<std::uint64_t>(row.integer(3));
    record.position = row.text(4);
    record.time = {row.integer(5)};
    record.revision = row.integer(6);
    record.valid_from = {row.integer(7)};
    record.specificity = static_cast<std::uint8_t>(row.integer(8));
    const auto trust = stored_trust(row.integer(9));
    if (!trust) return trust.error();
    const auto ack_class = stored_ack_class(row.integer(10));
    if (!ack_class) return ack_class.error();
    record.trust = *trust;
    record.ack_class = *ack_class;
    record.created = row.blob(11);
    record.payload_hash = row.blob(12);
    record.retracted = row.integer(13) != 0;
    if (auto done = read_parts(id, streams, record); !done) return done;
    if (auto done = add_spellings(row.blob(16), id, record); !done) return done;
    if (record.retracted) {
      record.triples.clear();
      record.spellings.clear();
      record.claims.clear();
      record.derived_from.clear();
      ++counts_.retracted;
    } else if (!row.is_null(14)) {
      auto document = read_document(row.integer(14), row.integer(15) != 0);
      if (!document) return document.error();
      record.document = std::move(*document);
      counts_.documents += record.document->with_content ? 1 : 0;
    }
    ++counts_.observations;
    counts_.triples += static_cast<std::int64_t>(record.triples.size());
    return sink_(record);
  }

  Result<void> read_parts(std::int64_t id, Streams& streams, BookObservation& record) {
    bool sound = true;
    auto done = streams.triples.take(id, [&](const Statement& row) { sound = add_triple(row, record) && sound; });
    if (!done) return done;
    if (!sound) return unreadable(id);
    done = streams.claims.take(
        id, [&](const Statement& row) { record.claims.push_back({row.integer(1), std::string{row.text(2)}}); });
    if (!done) return done;
    done = streams.operations.take(id, [&](const Statement& row) { record.operation_id = row.text(1); });
    if (!done) return done;
    return streams.derivations.take(id, [&](const Statement& row) { record.derived_from.emplace_back(row.text(1)); });
  }

  Result<void> add_spellings(std::string_view spellings, std::int64_t id, BookObservation& record) {
    bool has_own = false;
    const bool sound = read_spellings(spellings, [&](std::int64_t entity, std::string_view text) {
      record.spellings.push_back({entity, std::string{text}});
      has_own = has_own || text.empty();
    });
    if (!sound) return unreadable(id);
    if (!has_own) return {};
    for (BookNaming& spelled : record.spellings) {
      if (!spelled.text.empty()) continue;
      auto select = connection_.statement("SELECT spelling FROM entity WHERE id = ?1");
      if (!select) return select.error();
      const auto found = select->bind(1, spelled.entity).step();
      if (!found) return found.error();
      if (!*found) return unreadable(id);
      spelled.text = select->text(0);
    }
    return {};
  }

  bool add_triple(const Statement& row, BookObservation& record) {
    const RowObject object = read_object(row, 3);
    const auto* entity = std::get_if<std::int64_t>(&object);
    std::optional<Literal> literal;
    if (entity == nullptr) literal = decode_literal(std::get<std::string>(object));
    if (entity == nullptr && !literal) return false;
    if (row.integer(2) == spelled_as_predicate) {
      if (!literal) return false;
      record.spellings.push_back({row.integer(1), literal->text});
      return true;
    }
    const auto predicate = predicates_.find(row.integer(2));
    if (predicate == predicates_.end()) return false;
    BookTriple triple{row.integer(1), predicate->second, {}};
    if (entity != nullptr)
      triple.object = *entity;
    else
      triple.object = std::move(*literal);
    record.triples.push_back(std::move(triple));
    return true;
  }

  Result<BookDocument> read_document(std::int64_t id, bool with_content) {
    auto select = connection_.statement("SELECT * FROM document WHERE id = ?1");
    if (!select) return select.error();
    const auto found = select->bind(1, id).step();
    if (!found) return found.error();
    if (!*found) return Error{ErrorCode::corrupt, "a cited document has no row; run verify", 0, {}};
    const DocumentRow row = read_document_row(*select);
    BookDocument document;
    document.id = row.external_id;
    document.hash = row.hash;
    document.with_content = with_content;
    if (!with_content) return document;
    const auto kind = stored_kind(row.kind);
    if (!kind) return kind.error();
    document.kind = *kind;
    document.title = row.title;
    document.text = row.body;
    document.context = row.context;
    if (row.time) document.time = Timestamp{*row.time};
    document.subject = row.subject;
    return document;
  }

  Connection& connection_;
  const Sink& sink_;
  const Progress& progress_;
  TransferCounts counts_;
  std::unordered_map<std::int64_t, std::string> predicates_;
};

Result<ExportReport> export_book_or_throw(const Book& book, const Sink& sink, Clock::SteadyPoint deadline,
                                 const Progress& progress) {
  auto connection = book.shared().connect(Role::reader, deadline);
  if (!connection) return connection.error();
  // A book's triples in the order of observations can be more than memory holds.
  if (auto done = connection->execute("PRAGMA temp_store=FILE"); !done) return done.error();
  auto snapshot = Snapshot::begin(book.shared(), *connection, deadline, "export", true);
  if (!snapshot) return snapshot.error();
  ExportReport report;
  report.commit_seq = snapshot->commit_seq;
  const auto counts = Export{*connection, sink, progress}.run();
  if (!counts) return counts.error();
  report.counts = *counts;
  const auto digest = compute_content_digest(*snapshot);
  if (!digest) return digest.error();
  report.content_digest = *digest;
  return report;
}

}  // namespace

Result<ExportReport> export_book(const Book& book, const Sink& sink, Clock::SteadyPoint deadline,
                                 const Progress& progress) {
  return or_out_of_memory([&] { return export_book_or_throw(book, sink, deadline, progress); });
}

}  // namespace commonbook::storage
