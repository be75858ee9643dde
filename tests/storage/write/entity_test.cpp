// One key, one entity: across writers, books and processes (P4), and whatever the order of arrival (P11).
#include "write_support.hpp"

#include "book/schema_sql.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace commonbook;
using namespace commonbook::storage;
using namespace commonbook::testing;

TEST_CASE("one key is created once and found ever after", "[P4]") {
  TestBook test;
  const auto first = test.writer.find_or_create(named("Ada Lovelace"), soon());
  REQUIRE(first);
  CHECK(first->created);
  for (const char* spelling : {"ada lovelace", " ADA\tLOVELACE ", "Ada Lov\u200belace"}) {
    const auto again = test.writer.find_or_create(named(spelling), soon());
    REQUIRE(again);
    CHECK(*again == ReceiptEntity{first->id, false});
  }
  RawRows raw{test.path};
  CHECK(raw.integer("SELECT count(*) FROM entity") == 1);
  CHECK(raw.integer("SELECT count(*) FROM alias") == 1);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("a name that another book makes after the look-up is found by the constraint", "[P4]") {
  TestBook test;
  const Book elsewhere = open_book(test.path);  // caches of its own, as another process has them
  Writer other = open_writer(elsewhere);
  std::optional<Receipt> winner;
  {
    const auto watch = Steps::instance().on("foc.before_lock", [&] {
      if (winner) return;
      winner.emplace();
      *winner = store(other, observed(7, {has_text("Ada", "is", "here")}));
    });
    const auto loser = store(test.writer, observed(1, {says("ada", "knows", "Bob")}));
    REQUIRE(winner);
    CHECK(winner->entities[0].created);
    CHECK(loser.entities[0] == ReceiptEntity{winner->entities[0].id, false});
    CHECK(loser.entities[1].created);
  }
  CHECK(test.book.counters().alias_conflicts_resolved == 1);
  RawRows raw{test.path};
  CHECK(raw.integer("SELECT count(*) FROM entity") == 2);
  CHECK(raw.integer("SELECT count(*) FROM entity WHERE id NOT IN (SELECT entity FROM alias)") == 0);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("threads with a writer each create every name once between them", "[P4]") {
  TestBook test;
  constexpr int threads = 4;
  constexpr int names = 200;
  std::vector<std::vector<ReceiptEntity>> found(threads);
  {
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] {
        auto writer = Writer::open(test.book, soon());
        if (!writer) return;
        for (int name = 0; name < names; ++name) {
          const auto entity = writer->find_or_create(named("name " + std::to_string(name)), soon());
          if (entity) found[static_cast<std::size_t>(thread)].push_back(*entity);
        }
      });
    }
  }
  for (const auto& each : found) REQUIRE(each.size() == names);
  for (std::size_t name = 0; name < names; ++name) {
    int created = 0;
    for (const auto& each : found) {
      CHECK(each[name].id == found[0][name].id);
      created += each[name].created ? 1 : 0;
    }
    CHECK(created == 1);
  }
  CHECK(RawRows{test.path}.integer("SELECT count(*) FROM entity") == names);
}

TEST_CASE("processes that start at once on a missing file make one schema and each name once", "[P4]") {
  constexpr int processes = 8;
  constexpr int names = 40;
  const TemporaryFolder folder;
  const auto path = folder.path() / "memory.db";
  std::vector<pid_t> children;
  for (int child = 0; child < processes; ++child) {
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      const SystemClock clock;
      BookOptions options;
      options.path = path;
      options.create = true;
      const auto book = Book::open(options, clock, soon());
      if (!book) ::_exit(1);
      auto writer = Writer::open(*book, soon());
      if (!writer) ::_exit(2);
      for (int name = 0; name < names; ++name) {
        if (!writer->find_or_create(named("name " + std::to_string(name)), soon())) ::_exit(3);
      }
      ::_exit(0);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    CHECK(WEXITSTATUS(status) == 0);
  }
  RawRows raw{path};
  CHECK(raw.integer("SELECT count(*) FROM entity") == names);
  CHECK(raw.integer("SELECT count(*) FROM alias") == names);
  CHECK(raw.integer("SELECT count(*) FROM migration") == schema_version);
  CHECK(kept_digest(path) == recomputed_digest(path));
}

TEST_CASE("the same observations in any order, through any number of writers, say the same", "[P11]") {
  std::vector<Observation> observations;
  for (std::uint64_t at = 1; at <= 24; ++at) {
    const std::string name = "Person " + std::to_string(at % 5);
    std::string loud = name;
    std::transform(loud.begin(), loud.end(), loud.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    auto observation = observed(at, {says(at % 2 == 0 ? name : loud, "knows", "Friend " + std::to_string(at % 3)),
                                     has_text(name, "seen", std::to_string(at))});
    if (at % 7 == 0) observation.triples[1].cardinality = Cardinality::single;
    observation.document = document("doc " + std::to_string(at % 6), "text " + std::to_string(at % 6));
    observation.claims = {{strong("p" + std::to_string(at % 5) + "@example.org"), name}};
    observations.push_back(std::move(observation));
  }
  std::optional<std::vector<std::string>> expected;
  for (const auto seed : seeds_to_run(6)) {
    INFO("COMMONBOOK_SEED=" << seed);
    std::mt19937_64 random{seed};
    auto order = observations;
    for (std::size_t at = order.size(); at > 1; --at) std::swap(order[at - 1], order[random() % at]);
    TestBook test;
    Writer second = open_writer(test.book);
    const std::span<const Observation> all{order};
    const std::size_t cut = random() % all.size();
    for (const auto& answer : test.writer.store(all.first(cut), soon())) REQUIRE(answer);
    for (const auto& answer : second.store(all.subspan(cut), soon())) REQUIRE(answer);
    const auto says_now = content(test.path);
    if (!expected) expected = says_now;
    CHECK(says_now == *expected);
    CHECK(kept_digest(test.path) == recomputed_digest(test.path));
  }
}

TEST_CASE("with merging, too, every name gets an entity of its own: what is one is decided later, and can be undone") {
  BookOptions options;
  options.similarity = SimilarityMode::merge;
  TestBook test{options};
  const auto receipt = store(test.writer, observed(1, {says("Ada Lovelace", "knows", "Grace Hopper")}));
  const auto turned = store(test.writer, observed(2, {says("Lovelace, Ada", "knows", "Alan Turing")}));
  CHECK(turned.entities[0].created);
  CHECK(turned.entities[0].id != receipt.entities[0].id);
  CHECK(kept_digest(test.path) == recomputed_digest(test.path));
}

TEST_CASE("homonyms of different declared types are kept apart where the configuration says so, and only there") {
  for (const bool apart : {true, false}) {
    INFO("apart: " << apart);
    BookOptions options;
    if (apart) options.space_predicate = "type";
    TestBook test{options};
    Observation person = observed(1, {has_text("Paris", "type", "Person"), says("Paris", "knows", "Helen")});
    person.operation_id = "person";
    const auto first = store(test.writer, person);
    const auto second = store(test.writer, observed(2, {says("Paris", "lies in", "France"), has_text("PARIS", "type", "place")}));
    const auto again = store(test.writer, observed(3, {has_text("paris", "type", "person"), says("Helen", "met", "paris")}));
    CHECK((first.entities[0].id != second.entities[0].id) == apart);
    CHECK(again.entities[0].id == first.entities[0].id);
    CHECK(RawRows{test.path}.integer("SELECT count(*) FROM alias WHERE value = 'paris'") == (apart ? 2 : 1));
    CHECK(kept_digest(test.path) == recomputed_digest(test.path));
    // What it is stored under is no part of what was said: a retry is known whatever the configuration.
    const Book other = open_book(test.path);
    Writer writer = open_writer(other);
    CHECK(store(writer, person).replayed);
  }
}

TEST_CASE("random batches agree with a plain model in memory") {
  for (const auto seed : seeds_to_run(8)) {
    INFO("COMMONBOOK_SEED=" << seed);
    std::mt19937_64 random{seed};
    TestBook test;
    std::set<std::string> names;
    std::multiset<std::string> triples;  // one an observation and distinct triple
    std::uint64_t sequence = 0;
    for (int batch_number = 0; batch_number < 20; ++batch_number) {
      std::vector<Observation> batch(1 + random() % 8);
      for (Observation& observation : batch) {
        std::set<std::string> distinct;
        observation = observed(++sequence, {});
        for (std::uint64_t left = random() % 40; left > 0; --left) {
          const std::string subject = "s" + std::to_string(random() % 30);
          const std::string predicate = "p" + std::to_string(random() % 4);
          const std::string object = "o" + std::to_string(random() % 30);
          const bool literal = random() % 2 == 0;
          observation.triples.push_back(literal ? has_text(subject, predicate, object) : says(subject, predicate, object));
          names.insert(subject);
          if (!literal) names.insert(object);
          distinct.insert(subject + '|' + predicate + '|' + (literal ? "1:" : "") + object);
        }
        triples.insert(distinct.begin(), distinct.end());
      }
      for (const auto& answer : test.writer.store(batch, soon())) REQUIRE(answer);
    }
    RawRows raw{test.path};
    const auto rows = raw.rows(
        "SELECT s.value, p.name, coalesce(o.value, a.object) FROM assertion a JOIN alias s ON s.entity = a.subject "
        "JOIN predicate p ON p.id = a.predicate LEFT JOIN alias o ON typeof(a.object) = 'integer' AND o.entity = a.object "
        "WHERE p.id <> 1", 3);
    CHECK(std::multiset<std::string>(rows.begin(), rows.end()) == triples);
    CHECK(raw.integer("SELECT count(*) FROM entity") == static_cast<std::int64_t>(names.size()));
    CHECK(raw.integer("SELECT sum(triple_count) FROM observation") == raw.integer("SELECT count(*) FROM assertion"));
    CHECK(kept_digest(test.path) == recomputed_digest(test.path));
  }
}
