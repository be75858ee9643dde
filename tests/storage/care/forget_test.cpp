// What forget takes: all that came from a source, what was concluded from it alone, and nothing else; and what is left
// of it in the file afterwards.
#include "read_support.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/forget.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

namespace {

/// A book with a compactor's rows in both parts, and a reader.
struct ForgetBook {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "memory.db";
  Book book = open_book(path);
  Writer writer = open_writer(book);

  void tell(std::uint64_t sequence, const std::string& document_id, std::vector<Triple> triples,
            std::vector<std::string> derived_from = {}, Trust trust = Trust::own) {
    Observation observation = observed(sequence, std::move(triples));
    if (!document_id.empty()) observation.document = document(document_id, "words of " + document_id);
    observation.operation_id = "operation-" + std::to_string(sequence);
    observation.derived_from = std::move(derived_from);
    observation.trust = trust;
    observation.position = document_id + ":1";
    static_cast<void>(store(writer, observation));
  }
  ForgetReport forget_now(const ForgetRequest& request) {
    const auto report = forget(book, request, soon());
    if (!report) FAIL(to_string(report.error()));
    return *report;
  }
  ForgetReport forget_document(const std::string& id) {
    ForgetRequest request;
    request.document = id;
    return forget_now(request);
  }
  PurgeReport purge() {
    const auto report = purge_forgotten(book, soon());
    if (!report) FAIL(to_string(report.error()));
    return *report;
  }
  std::vector<SaidRow> rows() { return rows_read(book); }
};

bool says_anything_of(const std::vector<SaidRow>& rows, const std::string& word) {
  return std::any_of(rows.begin(), rows.end(), [&word](const SaidRow& row) { return row.find(word) != row.npos; });
}

}  // namespace

TEST_CASE("forgetting a document takes what it said, and what was concluded from it alone, however far away") {
  ForgetBook test;
  test.tell(1, "<poison>", {says("ada", "owes", "mallory")}, {}, Trust::untrusted);
  test.tell(2, "<honest>", {says("ada", "knows", "charles")});
  test.tell(3, "summary of poison", {says("ada", "is in debt to", "mallory")}, {"<poison>"});
  test.tell(4, "", {says("mallory", "is creditor of", "ada")}, {"summary of poison"});
  test.tell(5, "", {says("ada", "is known to", "mallory and charles")}, {"<poison>", "<honest>"});
  Compactor compactor = open_compactor(test.book);
  static_cast<void>(compact_all(compactor));
  test.tell(6, "", {says("mallory", "wants", "money")}, {"<poison>"});  // in the tail

  const ForgetReport report = test.forget_document("<poison>");
  CHECK(report.observations == 1);
  CHECK(report.derived == 3);
  CHECK(report.derived_kept == 1);
  CHECK(report.documents == 2);
  CHECK(report.document_ids == std::vector<std::string>{"<poison>", "summary of poison"});
  CHECK(report.transactions == 1);
  REQUIRE(report.derived_positions.size() == 3);
  CHECK(report.derived_positions.front() == "tester summary of poison:1");

  const auto rows = test.rows();
  CHECK(rows.size() == 2);
  CHECK_FALSE(says_anything_of(rows, "owes"));
  CHECK_FALSE(says_anything_of(rows, "debt"));
  CHECK_FALSE(says_anything_of(rows, "creditor"));
  CHECK_FALSE(says_anything_of(rows, "money"));
  CHECK(says_anything_of(rows, "mallory and charles"));
  require_verified(test.book);

  const PurgeReport purge = test.purge();
  CHECK(purge.done);
  CHECK(purge.rows > 0);
  CHECK(test.rows() == rows);
  RawRows raw{test.path};
  CHECK(raw.integer("SELECT count(*) FROM document") == 1);
  CHECK(raw.integer("SELECT count(*) FROM triple JOIN observation o ON o.id = observation WHERE o.retracted") == 0);
  CHECK(raw.integer("SELECT count(*) FROM derivation") == 2);  // of the one that stays
  require_verified(test.book);
}

TEST_CASE("a conclusion falls with the last of its evidence, whichever goes first") {
  ForgetBook test;
  test.tell(1, "first", {says("ada", "knows", "charles")});
  test.tell(2, "second", {says("ada", "knows", "mary")});
  test.tell(3, "", {says("charles", "may know", "mary")}, {"first", "second"});
  const bool other_way = GENERATE(false, true);
  CHECK(test.forget_document(other_way ? "second" : "first").derived == 0);
  CHECK(says_anything_of(test.rows(), "may know"));
  CHECK(test.forget_document(other_way ? "first" : "second").derived == 1);
  CHECK(test.rows().empty());
}

TEST_CASE("a document that another observation still cites is evidence still") {
  ForgetBook test;
  test.tell(1, "shared", {says("ada", "knows", "charles")});
  Observation second = observed(1, {says("ada", "likes", "charles")});
  second.agent = "another";
  second.document = document("shared", "words of shared");
  static_cast<void>(store(test.writer, second));
  test.tell(2, "", {says("charles", "is liked by", "ada")}, {"shared"});
  ForgetRequest request;
  request.agent = "another";
  const ForgetReport report = test.forget_now(request);
  CHECK(report.observations == 1);
  CHECK(report.derived == 0);
  CHECK(report.documents == 0);
  CHECK(test.rows().size() == 2);
}

TEST_CASE("what is forgotten can be chosen by agent, by time and by commit, and all that is given must hold") {
  ForgetBook test;
  for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) {
    Observation observation = observed(sequence, {says("ada", "knows", "number " + std::to_string(sequence))});
    observation.agent = sequence % 2 == 0 ? "even" : "odd";
    observation.time = {static_cast<std::int64_t>(1000 * sequence)};
    static_cast<void>(store(test.writer, observation));
  }
  ForgetRequest request;
  std::size_t left = 0;
  SECTION("agent") { request.agent = "even"; left = 3; }
  SECTION("time") { request.since = Timestamp{5000}; left = 4; }
  SECTION("commit") { request.since_commit = 3; left = 2; }
  SECTION("agent and time") { request.agent = "odd"; request.since = Timestamp{2000}; left = 4; }
  request.dry_run = true;
  CHECK(test.forget_now(request).observations == static_cast<std::int64_t>(6 - left));
  CHECK(test.rows().size() == 6);  // a dry run changes nothing
  request.dry_run = false;
  static_cast<void>(test.forget_now(request));
  CHECK(test.rows().size() == left);
  const auto again = forget(test.book, request, soon());
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::not_found);
}

TEST_CASE("a request that names nothing is refused, whatever the file holds") {
  ForgetBook test;
  test.tell(1, "", {says("ada", "knows", "charles")});
  const auto refused = forget(test.book, {}, soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::invalid_argument);
  CHECK(test.rows().size() == 1);
}

TEST_CASE("forgetting much goes in several commits, each of which is sound, conclusions first") {
  ForgetBook test;
  test.tell(1, "source", {says("ada", "knows", "charles")});
  for (std::uint64_t sequence = 2; sequence <= 2100; ++sequence)
    test.tell(sequence, "", {says("ada", "thinks", "thought " + std::to_string(sequence))}, {"source"});
  int slices = 0;
  const auto watch = Steps::instance().on("forget.after_slice", [&] {
    if (++slices > 1) return;
    // What was concluded goes before what it rests on: cut short here, the next forget finds the rest.
    CHECK(RawRows{test.path}.integer("SELECT retracted FROM observation WHERE sequence = 1") == 0);
  });
  const ForgetReport report = test.forget_document("source");
  CHECK(report.derived == 2099);
  CHECK(report.transactions >= 3);
  CHECK(slices >= 3);
  CHECK(test.rows().empty());
  CHECK(test.purge().done);
  require_verified(test.book);
}

TEST_CASE("an operation whose document was forgotten is known still: importing it again does not bring it back") {
  ForgetBook test;
  test.tell(1, "<poison>", {says("ada", "owes", "mallory")});
  static_cast<void>(test.forget_document("<poison>"));
  CHECK(test.purge().done);
  Observation again = observed(7, {says("ada", "owes", "mallory")});
  again.document = document("<poison>", "words of <poison>");
  again.operation_id = "operation-1";
  again.position = "<poison>:1";
  const Receipt receipt = store(test.writer, again);
  CHECK(receipt.replayed);
  CHECK(test.rows().empty());
}

TEST_CASE("a conclusion is believed no further than the worst of its evidence") {
  ForgetBook test;
  test.tell(1, "<stranger>", {says("ada", "owes", "mallory")}, {}, Trust::untrusted);
  test.tell(2, "<friend>", {says("ada", "knows", "charles")}, {}, Trust::confirmed);
  test.tell(3, "", {says("ada", "is", "poor")}, {"<friend>", "<stranger>"}, Trust::own);
  test.tell(4, "", {says("ada", "is", "social")}, {"<friend>"}, Trust::own);
  test.tell(5, "", {says("ada", "is", "well")}, {"nobody has seen this"}, Trust::own);
  RawRows raw{test.path};
  CHECK(raw.rows("SELECT trust FROM observation ORDER BY id", 1) ==
        std::vector<std::string>{"4", "2", "4", "2", "1"});
}

TEST_CASE("a suggestion that rests on a forgotten claim goes with it, one that a person decided stays") {
  ForgetBook test;
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
    const std::string mail = "mail " + std::to_string(sequence);
    Observation observation = observed(sequence, {});
    observation.document = document(mail, mail);
    observation.claims.push_back({strong("ada" + std::to_string(sequence) + "@example.org"), "Ada Lovelace"});
    static_cast<void>(store(test.writer, observation));
  }
  auto pass = SuggestionPass::open(test.book, soon());
  REQUIRE(pass);
  for (auto left = pass->step(soon()); left && *left > 0; left = pass->step(soon())) {
  }
  RawRows raw{test.path};
  REQUIRE(raw.integer("SELECT count(*) FROM suggestion WHERE reason LIKE 'both claim%'") == 3);
  const ForgetReport report = test.forget_document("mail 1");
  CHECK(report.suggestions == 2);
  CHECK(raw.integer("SELECT count(*) FROM suggestion") == 1);
  CHECK(test.purge().done);
  require_verified(test.book);
}

TEST_CASE("after purge and close no byte of a forgotten text is left in the file") {
  TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  const std::string secret = "zanzibarquux";
  {
    const Book book = open_book(path);
    Writer writer = open_writer(book);
    static_cast<void>(store(writer, observed(1, {says("ada", "knows", "grace")})));
    // "  GRACE  " leads to the same entity, but nobody else ever spelled it so.
    Observation observation =
        observed(2, {has_text("ada", "whispered", secret + " literal"), says("ada", "knows", "  GRACE  ")});
    observation.document = document("secret mail", "the word is " + secret);
    static_cast<void>(store(writer, observation));
    static_cast<void>(store(writer, observed(3, {says("ada", "knows", "charles")})));
    ForgetRequest request;
    request.document = "secret mail";
    REQUIRE(forget(book, request, soon()));
    const auto purge = purge_forgotten(book, soon());
    REQUIRE(purge);
    REQUIRE(purge->done);
  }
  REQUIRE_FALSE(std::filesystem::exists(path.string() + "-wal"));
  std::ifstream in{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  CHECK(bytes.find(secret + " literal") == std::string::npos);
  CHECK(bytes.find("the word is") == std::string::npos);
  CHECK(bytes.find("GRACE") == std::string::npos);
}
