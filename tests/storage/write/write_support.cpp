#include "write_support.hpp"

#include "book/row_digest.hpp"
#include "book/tail_codec.hpp"

#include <algorithm>
#include <array>

namespace commonbook::testing {

using namespace storage;

namespace {

const SystemClock clock;

Connection connect(const std::filesystem::path& path) {
  ConnectionOptions options;
  options.path = path;
  options.role = Role::maintenance;
  options.clock = &clock;
  auto connection = Connection::open(options, soon());
  if (!connection) FAIL(to_string(connection.error()));
  connection->set_deadline(soon());
  return std::move(*connection);
}

Statement statement_of(Connection& connection, const char* sql) {
  auto statement = connection.statement(sql);
  if (!statement) FAIL(to_string(statement.error()));
  return std::move(*statement);
}

bool next(Statement& statement) {
  const auto row = statement.step();
  if (!row) FAIL(to_string(row.error()));
  return *row;
}

template <class Hash>
std::uint64_t sum(Connection& connection, const char* sql, Hash hash) {
  Statement rows = statement_of(connection, sql);
  std::uint64_t total = 0;
  while (next(rows)) total += hash(rows);
  return total;
}

}  // namespace

Book open_book(const std::filesystem::path& path, BookOptions options) {
  options.path = path;
  options.create = true;
  auto book = Book::open(options, clock, soon());
  if (!book) FAIL(to_string(book.error()));
  return *book;
}

Writer open_writer(const Book& book) {
  auto writer = Writer::open(book, soon());
  if (!writer) FAIL(to_string(writer.error()));
  return std::move(*writer);
}

Observation observed(std::uint64_t sequence, std::vector<Triple> triples) {
  Observation observation;
  observation.agent = "tester";
  observation.session = "one";
  observation.sequence = sequence;
  observation.triples = std::move(triples);
  observation.ack_class = AckClass::applied;
  return observation;
}

Triple says(const std::string& subject, const std::string& predicate, const std::string& object) {
  return {named(subject), predicate, named(object), Cardinality::many};
}

Triple has_text(const std::string& subject, const std::string& predicate, const std::string& text) {
  return {named(subject), predicate, Literal{LiteralType::text, text}, Cardinality::many};
}

Document document(const std::string& id, const std::string& text) {
  Document made;
  made.id = id;
  made.title = "title of " + id;
  made.text = text;
  made.hash = content_hash(text);
  return made;
}

EntityName strong(const std::string& address) { return {{Scheme::mailto, address, {}}, {}}; }

Receipt store(Writer& writer, const Observation& observation) {
  const auto answers = writer.store(std::span{&observation, 1}, soon());
  REQUIRE(answers.size() == 1);
  if (!answers[0]) FAIL(to_string(answers[0].error()));
  return *answers[0];
}

RawRows::RawRows(const std::filesystem::path& path) : connection_(connect(path)) {}

std::int64_t RawRows::integer(const char* sql) {
  const auto value = connection_.query_int(sql);
  if (!value) FAIL(to_string(value.error()));
  return *value;
}

std::vector<std::string> RawRows::rows(const char* sql, int columns) {
  Statement statement = statement_of(connection_, sql);
  std::vector<std::string> found;
  while (next(statement)) {
    std::string line;
    for (int column = 0; column < columns; ++column) {
      if (column > 0) line += '|';
      line += statement.is_null(column) ? "NULL" : std::string{statement.blob(column)};
    }
    found.push_back(std::move(line));
  }
  return found;
}

void RawRows::execute(const char* sql) {
  const auto done = connection_.execute(sql);
  if (!done) FAIL(to_string(done.error()));
}

std::map<std::string, std::vector<std::string>> dump(const std::filesystem::path& path) {
  RawRows raw{path};
  return {{"agent", raw.rows("SELECT * FROM agent ORDER BY id", 2)},
          {"session", raw.rows("SELECT * FROM session ORDER BY id", 3)},
          {"entity", raw.rows("SELECT * FROM entity ORDER BY id", 2)},
          {"alias", raw.rows("SELECT * FROM alias ORDER BY id", 5)},
          {"predicate", raw.rows("SELECT * FROM predicate ORDER BY id", 3)},
          {"document", raw.rows("SELECT * FROM document ORDER BY id", 9)},
          {"observation", raw.rows("SELECT * FROM observation ORDER BY id", 18)},
          {"operation", raw.rows("SELECT * FROM operation ORDER BY id", 2)},
          {"claim", raw.rows("SELECT * FROM claim ORDER BY 1, 2, 3, 4", 4)},
          {"derivation", raw.rows("SELECT * FROM derivation ORDER BY 1, 2", 2)},
          {"assertion", raw.rows("SELECT * FROM assertion ORDER BY seq", 5)},
          {"triple", raw.rows("SELECT * FROM triple ORDER BY 1, 2, 3, 4", 4)},
          {"meta", raw.rows("SELECT commit_seq, epoch, next_entity, row_digest FROM meta", 4)}};
}

std::vector<std::string> content(const std::filesystem::path& path) {
  RawRows raw{path};
  auto all = raw.rows(
      "SELECT s.scheme, s.space, s.value, p.name, p.single_valued, "
      "       coalesce(o.scheme || ':' || o.space || ':' || o.value, r.object), agent.name, d.external_id, d.hash "
      "FROM (SELECT subject, predicate, object, observation FROM assertion "
      "      UNION SELECT subject, predicate, object, observation FROM triple) r "
      "JOIN alias s ON s.entity = r.subject JOIN predicate p ON p.id = r.predicate "
      "LEFT JOIN alias o ON typeof(r.object) = 'integer' AND o.entity = r.object "
      "JOIN observation ON observation.id = r.observation JOIN session ON session.id = observation.session "
      "JOIN agent ON agent.id = session.agent LEFT JOIN document d ON d.id = observation.document",
      9);
  const auto claims = raw.rows(
      "SELECT c.name, a.value, c.spelling, 'claim' FROM claim c JOIN alias a ON a.entity = c.entity", 4);
  all.insert(all.end(), claims.begin(), claims.end());
  std::sort(all.begin(), all.end());
  return all;
}

std::uint64_t kept_digest(const std::filesystem::path& path) {
  return static_cast<std::uint64_t>(RawRows{path}.integer("SELECT row_digest FROM meta"));
}

std::uint64_t recomputed_digest(const std::filesystem::path& path) {
  RawRows raw{path};
  Connection& from = raw.connection();
  std::uint64_t total = 0;
  total += sum(from, "SELECT * FROM migration", [](auto& r) { return migration_hash(r.integer(0), r.text(1)); });
  total += sum(from, "SELECT * FROM agent", [](auto& r) { return agent_hash(r.integer(0), r.text(1)); });
  total += sum(from, "SELECT * FROM session",
               [](auto& r) { return session_hash(r.integer(0), r.integer(1), r.text(2)); });
  total += sum(from, "SELECT * FROM entity", [](auto& r) { return entity_hash(r.integer(0), r.text(1)); });
  total += sum(from, "SELECT * FROM alias", [](auto& r) {
    return alias_hash(r.integer(0), r.integer(1), r.text(2), r.integer(3), r.text(4));
  });
  total += sum(from, "SELECT * FROM predicate",
               [](auto& r) { return predicate_hash(r.integer(0), r.text(1), r.integer(2)); });
  total += sum(from, "SELECT * FROM document", [](auto& r) { return document_hash(read_document_row(r)); });
  total += sum(from, "SELECT * FROM observation", [](auto& r) { return observation_hash(read_observation_row(r)); });
  total += sum(from, "SELECT * FROM operation", [](auto& r) { return operation_hash(r.text(0), r.integer(1)); });
  total += sum(from, "SELECT * FROM claim",
               [](auto& r) { return claim_hash(r.text(0), r.integer(1), r.text(2), r.integer(3)); });
  total += sum(from, "SELECT * FROM redirect", [](auto& r) { return redirect_hash(r.integer(0), r.integer(1)); });
  total += sum(from, "SELECT * FROM suggestion", [](auto& r) {
    return suggestion_hash(r.integer(0), r.integer(1), r.real(2), r.text(3), r.integer(4));
  });
  total += sum(from, "SELECT * FROM derivation", [](auto& r) { return derivation_hash(r.text(0), r.integer(1)); });
  total += sum(from,
               "SELECT subject, predicate, object, observation FROM assertion "
               "UNION SELECT subject, predicate, object, observation FROM triple",
               [](auto& r) { return triple_hash(r.integer(0), r.integer(1), read_object(r, 2), r.integer(3)); });
  return total;
}

}  // namespace commonbook::testing
