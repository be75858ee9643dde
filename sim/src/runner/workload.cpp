#include "workload.hpp"

#include "commonbook/agents/source.hpp"
#include "commonbook/sim/history.hpp"
#include "names.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <tuple>

namespace commonbook::sim::runner {

namespace {

constexpr std::size_t name_classes = 4;

/// Whether a process leaves the creation of this name to others. Holds for each name in one of four processes, so that
/// three of four contend for it.
bool only_looks_up(std::uint64_t key, std::size_t process) { return (key + process) % name_classes == 0; }

/// Draws names for one agent, by whether its process may create them.
class Dealer {
 public:
  Dealer(const AgentSpec& spec, std::uint64_t seed, std::size_t process, std::size_t processes)
      : names_(spec.synthetic, seed), one_entity_(spec.one_entity), process_(process), deals_(processes > 1) {}

  /// @param creates  false: for a look-up.
  std::string draw(bool creates) {
    if (one_entity_) return names_.next_of_one();
    constexpr int tries = 1'000;  // a pool of few names may have none of the kind asked for
    std::string spelling = names_.next();
    for (int i = 0; deals_ && i < tries && only_looks_up(key_of(spelling), process_) == creates; ++i)
      spelling = names_.next();
    return spelling;
  }

 private:
  Names names_;
  bool one_entity_;
  std::size_t process_;
  bool deals_;
};

/// The kinds of an agent's operations in a random order, with exactly the shares that were asked for.
std::vector<OperationKind> shuffled_kinds(const AgentSpec& spec, std::mt19937_64& engine) {
  const auto operations = static_cast<double>(spec.operations);
  const auto look_ups = static_cast<std::size_t>(std::ceil(operations * std::clamp(spec.look_ups, 0.0, 1.0)));
  const auto stores = std::min(static_cast<std::size_t>(operations * std::clamp(spec.stores, 0.0, 1.0)),
                               static_cast<std::size_t>(spec.operations) - look_ups);
  std::vector<OperationKind> kinds(look_ups, OperationKind::look_up);
  kinds.insert(kinds.end(), stores, OperationKind::store);
  kinds.resize(static_cast<std::size_t>(spec.operations), OperationKind::find_or_create);
  for (std::size_t i = kinds.size(); i > 1; --i) std::swap(kinds[i - 1], kinds[engine() % i]);
  if (spec.one_entity) {  // the race for the entity comes first
    const auto first = std::ranges::find(kinds, OperationKind::find_or_create);
    if (first != kinds.end()) std::iter_swap(kinds.begin(), first);
  }
  return kinds;
}

/// Adds a line unless an equal one, by normal forms, is there: what a design counts as stored is then the same.
class Lines {
 public:
  void add(WorkItem& item, WorkItem::Line line) {
    if (seen_.emplace(normal_form(line.subject), line.predicate, normal_form(line.object)).second)
      item.lines.push_back(std::move(line));
  }

 private:
  std::set<std::tuple<std::string, std::string, std::string>> seen_;
};

WorkItem make_item(const AgentSpec& spec, Dealer& dealer, std::mt19937_64& engine) {
  static constexpr const char* predicates[] = {"knows", "works with", "met at", "reports to", "writes to", "asked about"};
  const auto least = static_cast<std::uint64_t>(std::max(spec.synthetic.triples_min, 1));
  const auto most = std::max(static_cast<std::uint64_t>(std::max(spec.synthetic.triples_max, 1)), least);
  WorkItem item;
  Lines lines;
  for (std::uint64_t left = least + engine() % (most - least + 1); left > 0; --left)
    lines.add(item, {dealer.draw(true), predicates[engine() % std::size(predicates)], dealer.draw(true)});
  return item;
}

/// Unique in the run: the agent, and which of its operations.
std::uint64_t item_number(std::size_t agent, std::size_t operation) {
  return (static_cast<std::uint64_t>(agent) + 1) << 32U | static_cast<std::uint64_t>(operation);
}

Operation named_operation(OperationKind kind, std::string spelling) {
  Operation operation;
  operation.kind = kind;
  operation.key = key_of(spelling);
  operation.spelling = std::move(spelling);
  return operation;
}

std::vector<Operation> synthetic_operations(const AgentSpec& spec, const PlannedThread& thread, std::size_t processes,
                                            std::uint64_t seed) {
  const std::uint64_t own = derive_seed(seed, thread.agent);
  std::mt19937_64 engine{own};
  Dealer dealer{spec, derive_seed(own, 1), thread.process, processes};
  std::vector<Operation> operations;
  for (const OperationKind kind : shuffled_kinds(spec, engine)) {
    if (kind != OperationKind::store) {
      operations.push_back(named_operation(kind, dealer.draw(kind == OperationKind::find_or_create)));
      continue;
    }
    Operation store;
    store.kind = kind;
    store.item = make_item(spec, dealer, engine);
    store.item.number = item_number(thread.agent, operations.size());
    operations.push_back(std::move(store));
  }
  return operations;
}

/// The triples of an imported document that relate two entities, named by the values of their keys.
WorkItem item_of(const Observation& observation) {
  WorkItem item;
  Lines lines;
  for (const Triple& triple : observation.triples) {
    if (const auto* object = std::get_if<EntityName>(&triple.object))
      lines.add(item, {triple.subject.key.value, triple.predicate, object->key.value});
  }
  return item;
}

Result<std::vector<Operation>> imported_operations(const AgentSpec& spec, const PlannedThread& thread) {
  auto source = spec.kind == AgentKind::calendar ? agents::open_calendars(spec.paths, spec.name)
                                                 : agents::open_mail(spec.paths, spec.name);
  if (!source) return source.error();
  std::vector<Operation> operations;
  // Agents that read the same paths share the documents out.
  for (std::uint64_t document = 0; operations.size() < spec.operations; ++document) {
    auto next = (*source)->next();
    if (!next) return next.error();
    if (!*next) break;
    if (document % spec.count != thread.part) continue;
    Operation store;
    store.kind = OperationKind::store;
    store.item = item_of((*next)->observation);
    if (store.item.lines.empty()) continue;
    store.item.number = item_number(thread.agent, operations.size());
    operations.push_back(std::move(store));
  }
  return operations;
}

}  // namespace

std::uint64_t key_of(const std::string& spelling) { return history_hash(normal_form(spelling)); }

std::vector<std::uint64_t> keys_of(const WorkItem& item) {
  std::set<std::uint64_t> keys;
  for (const WorkItem::Line& line : item.lines) {
    keys.insert(key_of(line.subject));
    keys.insert(key_of(line.object));
  }
  return {keys.begin(), keys.end()};
}

Result<std::vector<Operation>> make_operations(const AgentSpec& spec, const PlannedThread& thread,
                                               std::size_t processes, std::uint64_t seed) {
  switch (spec.kind) {
    case AgentKind::calendar:
    case AgentKind::email:
      if (!spec.paths.empty()) return imported_operations(spec, thread);
      break;
    case AgentKind::question:
      return make_questions(spec, thread, seed, static_cast<std::size_t>(spec.operations));
    case AgentKind::synthetic: break;
  }
  return synthetic_operations(spec, thread, processes, seed);
}

std::vector<Operation> make_questions(const AgentSpec& spec, const PlannedThread& thread, std::uint64_t seed,
                                      std::size_t count) {
  constexpr std::uint64_t readers_apart = 1'000'000;  // so that no reader draws what an agent draws
  Dealer dealer{spec, derive_seed(seed, readers_apart + thread.agent), 0, 1};
  std::vector<Operation> questions;
  for (std::size_t i = 0; i < count; ++i)
    questions.push_back(named_operation(OperationKind::read, dealer.draw(false)));
  return questions;
}

}  // namespace commonbook::sim::runner
