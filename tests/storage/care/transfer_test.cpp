// A book that is exported and imported says the same, whatever happened to it before: merges, forgetting, decisions of
// people. Importing twice changes nothing, and what a retry is known by comes along.
#include "read_support.hpp"

#include "commonbook/storage/forget.hpp"
#include "commonbook/storage/transfer.hpp"

#include <algorithm>
#include <iterator>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

std::vector<BookRecord> records_of(const Book& book, std::uint64_t* digest = nullptr) {
  std::vector<BookRecord> records;
  const auto report = export_book(
      book,
      [&records](const BookRecord& record) -> Result<void> {
        records.push_back(record);
        return {};
      },
      soon());
  if (!report) FAIL(to_string(report.error()));
  if (digest != nullptr) *digest = report->content_digest;
  return records;
}

Book open_copy(const std::filesystem::path& path) {
  BookOptions options;
  options.similarity = SimilarityMode::off;
  return open_book(path, options);
}

ImportCounts import_all(const Book& book, const std::vector<BookRecord>& records) {
  auto importer = BookImporter::open(book, soon());
  if (!importer) FAIL(to_string(importer.error()));
  std::int64_t line = 1;
  for (const BookRecord& record : records)
    if (const auto done = importer->add(record, ++line, soon()); !done) FAIL(to_string(done.error()));
  if (const auto done = importer->finish(soon()); !done) FAIL(to_string(done.error()));
  return importer->counts();
}

std::uint64_t content_digest(const Book& book) {
  const auto digest = open_reader(book).content_digest(soon());
  if (!digest) FAIL(to_string(digest.error()));
  return *digest;
}

// What has no place in the content digest, but must come along as well.
std::vector<std::string> beside_the_digest(const std::filesystem::path& path) {
  RawRows raw{path};
  // A document that only waits for its purge is not exported.
  auto all = raw.rows("SELECT external_id, kind, title, body, context, time, hash, 'document' FROM document d "
                      "WHERE EXISTS (SELECT 1 FROM observation o WHERE o.document = d.id AND o.retracted = 0)",
                      8);
  for (auto&& rows :
       {raw.rows("SELECT position, hex(created), hex(payload_hash), retracted, ack_class, sequence FROM observation", 6),
        raw.rows("SELECT p.id, o.retracted FROM operation p JOIN observation o ON o.id = p.observation", 2),
        raw.rows("SELECT a.value, b.value, score, reason, status FROM suggestion s JOIN alias a ON a.entity = left_entity "
                 "JOIN alias b ON b.entity = right_entity",
                 5),
        raw.rows("SELECT spelling, 'entity' FROM entity", 2)})
    all.insert(all.end(), rows.begin(), rows.end());
  std::sort(all.begin(), all.end());
  return all;
}

// Both are sorted.
std::vector<std::string> only_in_one(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> lines;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(lines));
  return lines;
}

// A book with all that a book can hold, in both parts, drawn from a seed.
class RandomBook {
 public:
  RandomBook(const std::filesystem::path& path, std::uint64_t seed)
      : dice_(seed), book_(open_book(path, options_for(seed))), writer_(open_writer(book_)) {
    Compactor compactor = open_compactor(book_);
    for (std::uint64_t sequence = 1; sequence <= 60; ++sequence) {
      store_one(sequence);
      if (dice_.below(20) == 0) static_cast<void>(compact_all(compactor));
    }
    find_suggestions();
    decide(path);
    forget_some();
    if (dice_.below(2) == 0) CHECK(purge_forgotten(book_, soon()));
  }
  [[nodiscard]] const Book& book() const { return book_; }

 private:
  static BookOptions options_for(std::uint64_t seed) {
    BookOptions options;
    if (seed % 3 == 0) {  // the pass merges some names, too
      options.similarity = SimilarityMode::merge;
      options.merge_threshold = 0.9;
    }
    return options;
  }

  void store_one(std::uint64_t sequence) {
    Observation observation = random_observation(dice_, sequence);
    observation.agent = "agent " + std::to_string(dice_.below(3));
    observation.session = "session of " + observation.agent;
    observation.trust = static_cast<Trust>(1 + dice_.below(4));
    observation.time = {static_cast<std::int64_t>(dice_.below(1'000'000))};
    observation.revision = static_cast<std::int64_t>(dice_.below(3));
    observation.position = "place " + std::to_string(sequence);
    if (dice_.below(2) == 0) observation.operation_id = "operation " + std::to_string(sequence);
    if (dice_.below(3) == 0) observation.claims.push_back({strong(address()), "Ada " + std::to_string(dice_.below(3))});
    if (dice_.below(3) == 0) observation.derived_from.push_back("document " + std::to_string(dice_.below(30)));
    if (dice_.below(4) == 0) observation.triples.push_back(odd_triple());
    if (dice_.below(4) == 0) observation.triples.push_back(alike());
    if (observation.document && dice_.below(2) == 0) observation.document->subject = strong(address());
    static_cast<void>(store(writer_, observation));
  }

  // Keys and literals that a format might trip over.
  Triple odd_triple() {
    const std::vector<std::string> odd = {std::string{"\xff\xfe not UTF-8", 12}, "", "\"quoted\" \\ \n line", "\xF0\x9F\x8D\x8E",
                                          std::string(3000, 'x')};
    const EntityName subject{{Scheme::exact, odd[dice_.below(odd.size())], "space"}, {}};
    return {subject, "says \"it\"", Literal{LiteralType::text, "line\n\ttab \"quote\" \xC3\xA9"}, Cardinality::single};
  }
  // Alike enough for SimilarityMode::merge to merge them.
  Triple alike() {
    const std::vector<std::string> names = {"jonas brandweil", "jonas brandweill", "jonas brandwell"};
    return says(names[dice_.below(names.size())], "met", names[dice_.below(names.size())]);
  }
  std::string address() { return "ada" + std::to_string(dice_.below(6)) + "@example.org"; }

  void find_suggestions() {
    auto pass = SuggestionPass::open(book_, soon());
    REQUIRE(pass);
    for (auto left = pass->step(soon()); left && *left > 0; left = pass->step(soon())) {
    }
  }

  // What a person's review would leave: a merge, decided suggestions. The digest is kept as a verb would keep it.
  void decide(const std::filesystem::path& path) {
    RawRows raw{path};
    raw.execute("UPDATE suggestion SET status = 1 + (left_entity % 2) WHERE right_entity % 3 = 0");
    raw.execute("INSERT INTO redirect(source, target) VALUES (5, 3), (7, 5)");
    raw.execute("UPDATE meta SET epoch = epoch + 1");
  }

  void forget_some() {
    ForgetRequest request;
    request.document = "document " + std::to_string(dice_.below(30));
    static_cast<void>(forget(book_, request, soon()));  // not every draw is cited
    request.document.reset();
    request.agent = "agent 0";
    request.since = Timestamp{900'000};
    static_cast<void>(forget(book_, request, soon()));
  }

  Dice dice_;
  Book book_;
  Writer writer_;
};

}  // namespace

TEST_CASE("export and import give a book of the same content, and the same export again") {
  for (const std::uint64_t seed : seeds_to_run(9)) {
    INFO("seed " << seed);
    TemporaryFolder folder;
    const RandomBook source{folder.path() / "source.db", seed};
    std::uint64_t exported = 0;
    const auto records = records_of(source.book(), &exported);
    CHECK(records_of(source.book()).size() == records.size());
    const Book copy = open_copy(folder.path() / "copy.db");
    const ImportCounts counts = import_all(copy, records);
    CHECK(counts.replayed == 0);
    CHECK(exported == content_digest(source.book()));
    CHECK(content_digest(copy) == exported);
    CHECK(only_in_one(beside_the_digest(folder.path() / "copy.db"), beside_the_digest(folder.path() / "source.db")) ==
          std::vector<std::string>{});
    CHECK(rows_read(copy).size() == rows_read(source.book()).size());
    require_verified(copy);

    const auto rows = dump(folder.path() / "copy.db");
    const ImportCounts again = import_all(copy, records);
    CHECK(again.observations + again.retracted + again.entities_created + again.suggestions + again.redirects == 0);
    CHECK(again.replayed == counts.observations + counts.retracted);
    auto after = dump(folder.path() / "copy.db");
    after.erase("meta");  // the import's last commit, which makes all durable, has a number of its own
    for (auto [table, lines] : rows)
      if (table != "meta") CHECK(after[table] == lines);
    require_verified(copy);
  }
}

TEST_CASE("an import into a file that knows something already finds it, and adds the rest") {
  TemporaryFolder folder;
  const RandomBook source{folder.path() / "source.db", 4};
  const Book target = open_copy(folder.path() / "target.db");
  Writer writer = open_writer(target);
  Observation own = observed(1, {says("name 1", "lives here", "name 2"), says("stranger", "knows", "name 1")});
  own.agent = "native";
  static_cast<void>(store(writer, own));
  const ImportCounts counts = import_all(target, records_of(source.book()));
  CHECK(counts.entities_found >= 2);
  CHECK(counts.observations > 0);
  CHECK(rows_read(target).size() == rows_read(source.book()).size() + 2);
  require_verified(target);
}

TEST_CASE("a retry is answered in the copy as it would be in the original, also of what was forgotten") {
  TemporaryFolder folder;
  Observation kept = observed(1, {says("ada", "knows", "charles")});
  kept.operation_id = "kept";
  Observation gone = observed(2, {says("ada", "owes", "mallory")});
  gone.operation_id = "gone";
  gone.document = document("<gone>", "words");
  Receipt first;
  std::vector<BookRecord> records;
  {
    const Book source = open_book(folder.path() / "source.db");
    Writer writer = open_writer(source);
    first = store(writer, kept);
    static_cast<void>(store(writer, gone));
    ForgetRequest request;
    request.document = "<gone>";
    REQUIRE(forget(source, request, soon()));
    records = records_of(source);
  }
  const Book copy = open_copy(folder.path() / "copy.db");
  static_cast<void>(import_all(copy, records));
  Writer writer = open_writer(copy);
  const Receipt again = store(writer, kept);
  CHECK(again.replayed);
  CHECK(again.entities.size() == first.entities.size());
  for (std::size_t at = 0; at < again.entities.size(); ++at)
    CHECK(again.entities[at].created == first.entities[at].created);
  CHECK(store(writer, gone).replayed);
  CHECK(rows_read(copy).size() == 1);
  Observation other = kept;
  other.triples.push_back(says("ada", "likes", "charles"));
  const auto refused = writer.store(std::span{&other, 1}, soon());
  REQUIRE_FALSE(refused[0]);
  CHECK(refused[0].error().code == ErrorCode::operation_id_reused);
}

TEST_CASE("a record that can't be stored is named by its line; what came before it is stored, nothing after it") {
  TemporaryFolder folder;
  const RandomBook source{folder.path() / "source.db", 2};
  auto records = records_of(source.book());
  std::vector<std::size_t> observations;
  for (std::size_t at = 0; at < records.size(); ++at)
    if (std::holds_alternative<BookObservation>(records[at])) observations.push_back(at);
  const std::size_t broken_at = observations[observations.size() / 2];
  auto& broken = std::get<BookObservation>(records[broken_at]);
  broken.retracted = false;
  std::string expected;
  SECTION("an entity that no line explained") {
    broken.triples.push_back({999'999, "knows", std::int64_t{1}});
    expected = "entity 999999";
  }
  SECTION("a literal that is none") {
    broken.triples.push_back({1, "age", Literal{LiteralType::integer, "many"}});
    expected = "integer";
  }
  SECTION("a payload's hash of another size") {
    broken.payload_hash = "short";
    expected = "16 bytes";
  }
  SECTION("the book's own predicate") {
    broken.triples.push_back({1, "spelled as", Literal{LiteralType::text, "x"}});
    expected = "spelled as";
  }
  SECTION("a document that no line brought") {
    broken.document = BookDocument{};
    broken.document->id = "never seen";
    broken.document->hash = "00";
    expected = "no earlier line brought";
  }
  const Book copy = open_copy(folder.path() / "copy.db");
  auto importer = BookImporter::open(copy, soon());
  REQUIRE(importer);
  std::optional<Error> error;
  for (std::size_t at = 0; at < records.size() && !error; ++at)
    if (const auto done = importer->add(records[at], static_cast<std::int64_t>(at) + 2, soon()); !done)
      error = done.error();
  if (!error)
    if (const auto done = importer->finish(soon()); !done) error = done.error();
  REQUIRE(error);
  CHECK(error->message.find("line " + std::to_string(broken_at + 2) + ": ") == 0);
  CHECK(error->message.find(expected) != std::string::npos);
  REQUIRE(importer->finish(soon()));
  CHECK(importer->counts().observations + importer->counts().retracted ==
        static_cast<std::int64_t>(observations.size() / 2));
  require_verified(copy);
}

TEST_CASE("an export killed half way through its import is finished by importing it again") {
  TemporaryFolder folder;
  const RandomBook source{folder.path() / "source.db", 7};
  std::uint64_t exported = 0;
  const auto records = records_of(source.book(), &exported);
  const Book copy = open_copy(folder.path() / "copy.db");
  {
    auto importer = BookImporter::open(copy, soon());
    REQUIRE(importer);
    for (std::size_t at = 0; at < records.size() * 2 / 3; ++at) REQUIRE(importer->add(records[at], 2, soon()));
  }
  static_cast<void>(import_all(copy, records));
  CHECK(content_digest(copy) == exported);
  require_verified(copy);
}
