#include "fault_workload.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/listing.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <new>

namespace commonbook::testing {

using namespace storage;

namespace {

constexpr std::uint64_t last_of_life = 5;
constexpr std::uint64_t after_healing = 6;
constexpr std::uint64_t after_reopening = 7;

std::string guest(std::uint64_t number) { return "guest " + std::to_string(number); }

Observation visit(std::uint64_t number) {
  Observation observation;
  observation.agent = "tester";
  observation.session = "session " + std::to_string(number);  // sent again after others, which one session must not do
  observation.sequence = 1;
  observation.ack_class = number % 2 == 0 ? AckClass::applied : AckClass::durable;
  observation.operation_id = "visit " + std::to_string(number);
  observation.triples = {{named("host"), "meets", named(guest(number))},
                         {named(guest(number)), "is", Literal{LiteralType::text, "here"}}};
  Document document;
  document.id = "note " + std::to_string(number);
  document.text = "the " + guest(number) + " was here at noon";
  document.title = guest(number);
  document.hash = content_hash(document.text);
  observation.document = document;
  return observation;
}

template <class Call>
auto inside(Call call) {
  struct Scope {
    Scope() { is_in_storage() = true; }
    ~Scope() { is_in_storage() = false; }
  } const scope;
  return call();
}

class Living {
 public:
  Living(const Book& book, const Clock& clock, std::chrono::milliseconds patience, Life& life)
      : book_(book), clock_(clock), patience_(patience), life_(life) {}

  void store(std::uint64_t first, std::uint64_t last) {
    auto writer = inside([&] { return Writer::open(book_, until()); });
    if (!writer) return note(writer.error());
    store_with(*writer, first, last);
  }

  void store_with(Writer& writer, std::uint64_t first, std::uint64_t last) {
    std::vector<Observation> batch;
    for (std::uint64_t number = first; number <= last; ++number) batch.push_back(visit(number));
    std::vector<Result<Receipt>> answers;
    try {
      answers = inside([&] { return writer.store(batch, until()); });
    } catch (const std::bad_alloc&) {  // not even the answers had room: nothing was done
      ++life_.errors;
      for (std::uint64_t number = first; number <= last; ++number) life_.refused.insert(number);
      return;
    }
    if (answers.size() != batch.size()) return wrong("a batch got fewer answers than it has observations");
    for (std::size_t at = 0; at < answers.size(); ++at) {
      if (answers[at]) {
        life_.acknowledged[first + at] = answers[at]->commit_seq;
      } else {
        note(answers[at].error());
        if (answers[at].error().code != ErrorCode::unknown) life_.refused.insert(first + at);
      }
    }
  }

  // What is read must be all that was acknowledged: an error excuses from an answer, not from a right one.
  void read() {
    auto reader = inside([&] { return Reader::open(book_, until()); });
    if (!reader) return note(reader.error());
    QueryPlan plan;
    plan.names = {"host"};
    plan.terms = {"noon"};
    const auto answer = inside([&] { return reader->answer(plan, until()); });
    if (!answer) return note(answer.error());
    for (const auto& acknowledged : life_.acknowledged) {
      const std::uint64_t number = acknowledged.first;
      if (number == 1 && life_.maybe_retracted) continue;
      const auto says = [&](const Fact& fact) {
        const auto* object = std::get_if<EntityView>(&fact.object);
        return fact.subject.spelling == "host" && fact.predicate == "meets" && object != nullptr &&
               object->spelling == guest(number);
      };
      if (std::none_of(answer->facts.begin(), answer->facts.end(), says)) wrong("a fact of an answer is missing");
      const auto shows = [&](const Passage& passage) {
        return passage.citation.document_id == "note " + std::to_string(number) &&
               passage.text.find(guest(number)) != std::string::npos;
      };
      if (std::none_of(answer->passages.begin(), answer->passages.end(), shows)) wrong("a passage is missing");
    }
    for (const Fact& fact : answer->facts)
      if (fact.predicate.empty() || fact.subject.spelling.empty()) wrong("a fact lacks its words");
  }

  void compact() {
    auto compactor = inside([&] { return Compactor::open(book_, "one", until()); });
    if (!compactor) return note(compactor.error());
    for (int slices = 0; slices < 100; ++slices) {
      const auto done = inside([&] { return compactor->step(true, until()); });
      if (!done) return note(done.error());
      if (done->outcome == CompactionOutcome::idle || done->outcome == CompactionOutcome::not_owner) return;
    }
  }

  void checkpoint() {
    auto checkpointer = inside([&] { return Checkpointer::open(book_, until()); });
    if (!checkpointer) return note(checkpointer.error());
    if (const auto done = inside([&] { return checkpointer->run(until()); }); !done) note(done.error());
  }

  void retract_first() {
    if (life_.acknowledged.count(1) == 0) return;
    std::int64_t id = 0;
    BookVisitor visitor;
    visitor.observation = [&id](const ListedObservation& listed) {
      if (listed.operation_id == "visit 1") id = listed.id;
    };
    if (const auto listed = inside([&] { return list_book(book_, visitor, until()); }); !listed) return note(listed.error());
    if (id == 0) return wrong("an acknowledged observation is not listed");
    auto writer = inside([&] { return Writer::open(book_, until()); });
    if (!writer) return note(writer.error());
    life_.maybe_retracted = true;
    const auto marked = inside([&] { return writer->retract(std::span{&id, 1}, until()); });
    if (marked) {
      life_.retracted = true;
      if (*marked != 1) wrong("retract passed over an observation");
      return;
    }
    note(marked.error());
    if (marked.error().code != ErrorCode::unknown) life_.maybe_retracted = false;
  }

  void verify_now() {
    const auto report = inside([&] { return verify(book_, until()); });
    if (!report) return note(report.error());
    for (const Check& check : report->checks)
      if (!check.ok) wrong("verify says of a sound file: " + check.id + " " + check.detail);
  }

  /// From now on no error is excused, and slowness of the machine must not make one.
  void is_healed() {
    healed_ = true;
    patience_ = std::chrono::seconds{20};
  }

  void note(const Error& error) {
    ++life_.errors;
    if (healed_) wrong("the fault is gone, but the same book says " + to_string(error));
    if (error.message.empty()) wrong("an error without a message");
    // Of what was never read or written nothing can be damaged.
    if (error.code == ErrorCode::internal) wrong("a fault was called our own bug: " + to_string(error));
  }

 private:
  [[nodiscard]] Clock::SteadyPoint until() const { return clock_.steady_now() + patience_; }
  void wrong(std::string what) { life_.wrong.push_back(std::move(what)); }

  Book book_;
  const Clock& clock_;
  std::chrono::milliseconds patience_;
  Life& life_;
  bool healed_ = false;
};

BookOptions options_of(const std::filesystem::path& path) {
  BookOptions options;
  options.path = path;
  options.create = true;
  options.compaction_rows_min = 1;
  return options;
}

}  // namespace

bool& is_in_storage() noexcept {
  static thread_local bool is_in = false;
  return is_in;
}

Life live(const std::filesystem::path& path, const Clock& clock, std::chrono::milliseconds patience,
          const std::function<void()>& heal) {
  Life life;
  const BookOptions options = options_of(path);
  auto book = inside([&] { return Book::open(options, clock, clock.steady_now() + patience); });
  if (!book) {
    ++life.errors;
    if (book.error().code == ErrorCode::internal) life.wrong.push_back(to_string(book.error()));
    heal();
    return life;
  }
  Living living{*book, clock, patience, life};
  living.store(1, 1);
  living.store(2, 3);
  living.read();
  living.compact();
  living.checkpoint();
  living.store(4, 4);
  living.retract_first();
  living.compact();
  living.read();
  living.verify_now();
  living.store(last_of_life, last_of_life);
  heal();
  living.is_healed();
  living.store(after_healing, after_healing);
  living.read();
  return life;
}

Life live_and_store(const std::filesystem::path& path, const Clock& clock, const std::function<void()>& fail,
                    const std::function<void()>& heal) {
  Life life;
  auto book = Book::open(options_of(path), clock, soon());
  REQUIRE(book);
  Living living{*book, clock, std::chrono::seconds{20}, life};
  auto writer = Writer::open(*book, soon());
  REQUIRE(writer);
  living.store_with(*writer, 1, 2);
  fail();
  living.store_with(*writer, 4, 4);
  heal();
  living.is_healed();
  const bool has_stopped = life.acknowledged.count(4) + life.refused.count(4) == 0;  // unknown: another writer goes on
  if (has_stopped)
    living.store(last_of_life, last_of_life);
  else
    living.store_with(*writer, last_of_life, last_of_life);
  living.verify_now();
  return life;
}

void check_what_is_left(const std::filesystem::path& path, const Clock& clock, const Life& life) {
  for (const std::string& each : life.wrong) FAIL_CHECK(each);
  auto book = Book::open(options_of(path), clock, soon());
  if (!book) FAIL(to_string(book.error()));
  const auto report = verify(*book, soon());
  if (!report) FAIL(to_string(report.error()));
  for (const Check& check : report->checks) {
    INFO(check.id << " " << check.what << ": " << check.detail);
    CHECK(check.ok);
  }
  std::map<std::string, bool> listed;  // operation id: retracted
  BookVisitor visitor;
  visitor.observation = [&listed](const ListedObservation& each) {
    CHECK(listed.emplace(each.operation_id, each.retracted).second);
  };
  REQUIRE(list_book(*book, visitor, soon()));
  for (const auto& [number, commit] : life.acknowledged) {
    INFO("visit " << number);
    CHECK(listed.count("visit " + std::to_string(number)) == 1);
  }
  for (const std::uint64_t number : life.refused) {
    INFO("visit " << number);
    CHECK(listed.count("visit " + std::to_string(number)) == 0);
  }
  if (life.retracted) CHECK(listed.at("visit 1"));
  if (life.acknowledged.count(1) == 1 && !life.maybe_retracted) CHECK_FALSE(listed.at("visit 1"));

  auto writer = Writer::open(*book, soon());
  REQUIRE(writer);
  for (std::uint64_t number = 1; number <= after_reopening; ++number) {
    const Observation again = visit(number);
    const auto answers = writer->store(std::span{&again, 1}, soon());
    INFO("visit " << number << (answers[0] ? "" : ": " + to_string(answers[0].error())));
    REQUIRE(answers[0]);
    const auto told = life.acknowledged.find(number);
    if (told == life.acknowledged.end()) continue;
    CHECK(answers[0]->replayed);
    CHECK(answers[0]->commit_seq == told->second);
  }
}

}  // namespace commonbook::testing
