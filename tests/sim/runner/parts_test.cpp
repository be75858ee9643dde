// The runner's parts alone: who runs where, what is asked, what an error counts as, when faults come, what a started
// process is told.
#include "commonbook/testing/support.hpp"
#include "error_kind.hpp"
#include "names.hpp"
#include "task.hpp"
#include "timeline.hpp"
#include "workload.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <tuple>

using namespace commonbook;
using namespace commonbook::testing;
using namespace commonbook::sim;
using namespace commonbook::sim::runner;
using namespace std::chrono_literals;

namespace {

AgentSpec hundred_operations() {
  AgentSpec spec;
  spec.name = "worker";
  spec.operations = 100;
  spec.synthetic.names = 60;
  return spec;
}

std::vector<Operation> operations_of(const AgentSpec& spec, std::size_t agent, std::size_t processes,
                                     std::uint64_t seed) {
  const auto operations = make_operations(spec, {.process = agent % processes, .agent = agent}, processes, seed);
  REQUIRE(operations);
  return *operations;
}

std::size_t count(const std::vector<Operation>& operations, OperationKind kind) {
  return static_cast<std::size_t>(std::ranges::count(operations, kind, &Operation::kind));
}

std::string text_of(const std::vector<Operation>& operations) {
  std::string text;
  for (const Operation& operation : operations) {
    text += std::to_string(static_cast<int>(operation.kind)) + operation.spelling + "\n";
    for (const WorkItem::Line& line : operation.item.lines) text += line.subject + line.predicate + line.object + "\n";
  }
  return text;
}

Error error_with(ErrorCode code, int sqlite_code, std::string message = "") {
  return {.code = code, .message = std::move(message), .sqlite_code = sqlite_code, .retry_after = {}};
}

}  // namespace

TEST_CASE("agents and readers are dealt out evenly") {
  AgentSpec spec = hundred_operations();
  spec.count = 10;
  const Plan plan = make_plan({spec, spec}, 4, 6);
  REQUIRE(plan.threads.size() == 26);
  CHECK(plan.operations_total == 2'000);
  std::map<std::size_t, std::size_t> agents;
  std::set<std::pair<std::size_t, std::size_t>> places;
  for (const PlannedThread& thread : plan.threads) {
    if (!thread.reader) ++agents[thread.process];
    CHECK(places.emplace(thread.process, thread.thread).second);
  }
  CHECK(agents == std::map<std::size_t, std::size_t>{{0, 5}, {1, 5}, {2, 5}, {3, 5}});
}

TEST_CASE("the seed decides an agent's operations, and agents differ") {
  for (const std::uint64_t seed : seeds_to_run(10)) {
    INFO("seed " << seed);
    const AgentSpec spec = hundred_operations();
    const std::string text = text_of(operations_of(spec, 2, 4, seed));
    CHECK(text == text_of(operations_of(spec, 2, 4, seed)));
    CHECK(text != text_of(operations_of(spec, 2, 4, seed + 1)));
    CHECK(text != text_of(operations_of(spec, 3, 4, seed)));
  }
}

TEST_CASE("the shares of operations are exact, and no process creates what it looks up") {
  for (const std::uint64_t seed : seeds_to_run(10)) {
    INFO("seed " << seed);
    std::set<std::uint64_t> numbers;
    for (std::size_t agent = 0; agent < 8; ++agent) {
      const auto operations = operations_of(hundred_operations(), agent, 4, seed);
      CHECK(count(operations, OperationKind::look_up) == 30);
      CHECK(count(operations, OperationKind::store) == 30);
      CHECK(count(operations, OperationKind::find_or_create) == 40);
      std::set<std::uint64_t> created;
      for (const Operation& operation : operations) {
        if (operation.kind == OperationKind::find_or_create) created.insert(operation.key);
        if (operation.kind != OperationKind::store) continue;
        CHECK(numbers.insert(operation.item.number).second);
        for (const std::uint64_t key : keys_of(operation.item)) created.insert(key);
      }
      for (const Operation& operation : operations)
        if (operation.kind == OperationKind::look_up) CHECK(created.count(operation.key) == 0);
    }
  }
}

TEST_CASE("when all ask for one entity, each asks for it first, in several spellings") {
  AgentSpec spec = hundred_operations();
  spec.one_entity = true;
  std::set<std::uint64_t> keys;
  std::set<std::string> spellings;
  for (std::size_t agent = 0; agent < 8; ++agent) {
    const auto operations = operations_of(spec, agent, 2, 1);
    CHECK(operations.front().kind == OperationKind::find_or_create);
    for (const Operation& operation : operations) {
      if (operation.kind == OperationKind::store) continue;
      keys.insert(operation.key);
      spellings.insert(operation.spelling);
    }
  }
  CHECK(keys.size() == 1);
  for (const char* spelling : {"Acme", "ACME", " acme "}) CHECK(spellings.count(spelling) == 1);
}

TEST_CASE("names come in capitals and with blanks round them, and without variants as they are") {
  agents::SyntheticOptions options;
  options.names = 30;
  Names names{options, 1};
  std::set<std::string> all;
  for (int i = 0; i < 500; ++i) all.insert(names.next());
  CHECK(std::ranges::any_of(all, [](const std::string& name) { return name.front() == ' ' && name.back() == ' '; }));
  options.variants = 0;
  Names plain{options, 1};
  std::set<std::string> plain_names;
  for (int i = 0; i < 2'000; ++i) plain_names.insert(plain.next());
  CHECK(plain_names.size() <= 30);
}

TEST_CASE("the lines of an item differ by more than spelling") {
  AgentSpec spec = hundred_operations();
  spec.synthetic.names = 2;
  spec.synthetic.triples_min = spec.synthetic.triples_max = 10;
  for (const Operation& operation : operations_of(spec, 0, 1, 1)) {
    std::set<std::tuple<std::string, std::string, std::string>> lines;
    for (const WorkItem::Line& line : operation.item.lines)
      CHECK(lines.emplace(normal_form(line.subject), line.predicate, normal_form(line.object)).second);
  }
}

TEST_CASE("an error is counted as what its code says, and by its words where the code says little") {
  CHECK(kind_of(error_with(ErrorCode::busy, 5)) == ErrorKind::locked);
  CHECK(kind_of(error_with(ErrorCode::busy, 261)) == ErrorKind::locked);  // recovery
  CHECK(kind_of(error_with(ErrorCode::busy, 6)) == ErrorKind::locked);    // a table of a shared connection
  CHECK(kind_of(error_with(ErrorCode::busy, 15)) == ErrorKind::locked);   // the locking protocol
  CHECK(kind_of(error_with(ErrorCode::busy, 0)) == ErrorKind::locked);    // our own lock
  CHECK(kind_of(error_with(ErrorCode::busy, 517)) == ErrorKind::snapshot_conflict);
  CHECK(kind_of(error_with(ErrorCode::internal, 2067)) == ErrorKind::constraint);
  CHECK(kind_of(error_with(ErrorCode::internal, 787)) == ErrorKind::constraint);  // a foreign key
  CHECK(kind_of(error_with(ErrorCode::internal, 21)) == ErrorKind::misuse);
  CHECK(kind_of(error_with(ErrorCode::internal, 1, "bad parameter or other API misuse")) == ErrorKind::misuse);
  CHECK(kind_of(error_with(ErrorCode::internal, 1, "cannot start a transaction within a transaction")) ==
        ErrorKind::nested_transaction);
  CHECK(kind_of(error_with(ErrorCode::internal, 1, "cannot commit - no transaction is active")) ==
        ErrorKind::nested_transaction);
  CHECK(kind_of(error_with(ErrorCode::timeout, 0)) == ErrorKind::timeout);
  CHECK(kind_of(error_with(ErrorCode::timeout, 9)) == ErrorKind::timeout);  // interrupted at the deadline
  CHECK(kind_of(error_with(ErrorCode::disk_full, 13)) == ErrorKind::other);
  CHECK(kind_of(error_with(ErrorCode::internal, 1, "no such table: alias")) == ErrorKind::other);
  CHECK(certainly_without_effect(error_with(ErrorCode::busy, 5)));
  CHECK_FALSE(certainly_without_effect(error_with(ErrorCode::unknown, 0)));
  CHECK_FALSE(certainly_without_effect(error_with(ErrorCode::timeout, 0)));
}

TEST_CASE("faults come at their times, drawn from the seed, and kill nobody twice") {
  const std::vector<Fault> faults{Fault{.kind = FaultKind::kill, .at = 100ms, .at_random_until = 900ms, .count = 5},
                                  Fault{.kind = FaultKind::kill, .at = 200ms, .count = 9},
                                  Fault{.kind = FaultKind::disk_full, .at = 50ms, .lasts = 20ms}};
  for (const std::uint64_t seed : seeds_to_run(20)) {
    INFO("seed " << seed);
    const auto timeline = make_timeline(faults, 8, seed);
    REQUIRE(timeline);
    std::set<std::size_t> victims;
    for (const Moment& moment : *timeline) {
      if (moment.what != Happening::kill) continue;
      CHECK(victims.insert(moment.process).second);
      CHECK((moment.at >= 100ms && moment.at <= 900ms));
    }
    CHECK(victims.size() == 8);
    CHECK(timeline->front().what == Happening::disk_full);
    CHECK((*timeline)[1].what == Happening::disk_free);
    CHECK((*timeline)[1].at == 70ms);
    CHECK(std::ranges::is_sorted(*timeline, {}, &Moment::at));
  }
  const auto times = [&](std::uint64_t seed) {
    const auto timeline = make_timeline(faults, 8, seed);
    REQUIRE(timeline);
    std::vector<std::int64_t> all;
    for (const Moment& moment : *timeline) all.push_back(moment.at.count());
    return all;
  };
  CHECK(times(1) == times(1));
  CHECK(times(1) != times(2));
}

TEST_CASE("a started process is told everything that differs from the defaults") {
  Task task;
  task.role = Role::hold_snapshot;
  task.design.name = "mine";
  task.design.is_ours = true;
  task.design.storage_actors = 7;
  task.design.reader_actors = 8;
  task.design.ack_class = AckClass::durable;
  task.design.similarity = "merge";
  task.design.deadline = 77ms;
  task.design.axes = {.journal = Journal::wal, .busy_timeout_ms = 30'000, .connection = Sharing::shared,
                      .lock = Locking::per_file, .uniqueness = Uniqueness::normalised_key, .fallback = true,
                      .transactions = Transactions::immediate, .store_per_agent = true, .foreign_keys = true,
                      .atomic_creation = true};
  AgentSpec agent = hundred_operations();
  agent.kind = AgentKind::email;
  agent.count = 3;
  agent.paths = {"mail"};
  agent.rate = 2.5;
  agent.look_ups = 0.5;
  agent.stores = 0.25;
  agent.one_entity = true;
  agent.synthetic.triples_min = 2;
  agent.synthetic.triples_max = 3;
  agent.synthetic.skew = 0.25;
  agent.synthetic.variants = 0.75;
  agent.synthetic.kind = "email";
  task.agents = {agent};
  task.processes = 5;
  task.readers = 6;
  task.process = 4;
  task.seed = 9;
  task.deadline = 123ms;
  task.hold = 456ms;
  task.history = false;
  task.namespaces = task.file_faults = true;
  task.shape = {5, 14, 100};
  const TemporaryFolder folder;
  task.folder = folder.path();
  const auto first = folder.path() / "first.json";
  const auto second = folder.path() / "second.json";
  REQUIRE(write_task(task, first));
  const auto read = read_task(first);
  REQUIRE(read);
  CHECK(read->role == Role::hold_snapshot);
  CHECK(read->design.axes.busy_timeout_ms == 30'000);
  CHECK(read->design.axes.atomic_creation);
  CHECK(read->agents.front().synthetic.variants == 0.75);
  CHECK(read->agents.front().paths == agent.paths);
  CHECK(read->hold == 456ms);
  CHECK(read->shape.slots == 14);
  // Written again it is the same text, so nothing that the file has was dropped on the way.
  REQUIRE(write_task(*read, second));
  const auto text_in = [](const std::filesystem::path& file) {
    std::ifstream in{file};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  };
  CHECK(text_in(first) == text_in(second));
  CHECK_FALSE(read_task(folder.path() / "none.json"));
}
