// DELIBERATELY WRONG, and never part of the product. The order of steps is the article's; an axis leaves one out:
//
//   alias = simple_alias(spelling)
//   SELECT entity FROM alias            no lock
//   lock                                axis `lock`
//   SELECT entity FROM alias            once more, with the lock only
//   embed                               while the lock is held
//   INSERT entity, INSERT alias         in one BEGIN IMMEDIATE with `atomic_creation`, else each on its own
//   on a constraint error               axis `fallback`: SELECT by alias, then by spelling
//
// What goes wrong by this order alone, with nobody's help:
// - The lock is the process's. In two processes `Acme` and `ACME` both miss, both insert an entity: the spellings
//   differ, so UNIQUE(name) is content, and the second alias row is ignored. Its entity is a duplicate, and invisible.
//   With one store for each agent the same happens in one process, since each store has a lock of its own.
// - Spellings that simple_alias() keeps apart (full width, ligatures, composition) are several entities with any lock.
// - Without `atomic_creation` whoever dies, or fails, between the two INSERTs leaves an entity without an alias.
// - An observation is many transactions (`autocommit`): an error or a death half-way leaves half of it.
// - `deferred` begins by reading, so its first INSERT fails: with SQLITE_BUSY_SNAPSHOT where another one committed
//   since, with SQLITE_BUSY where another one is writing, and both at once, whatever the busy timeout.
#include "naive_design.hpp"
#include "simple_alias.hpp"

#include <mutex>
#include <utility>

namespace commonbook::sim {

/// Holds the lock for a scope, where there is one. Recursive.
class NaiveClient::Hold {
 public:
  explicit Hold(StoreLock* lock) {
    if (lock != nullptr) hold_ = std::unique_lock{*lock};
  }

 private:
  std::unique_lock<StoreLock> hold_;
};

/// One transaction round `work`; on any error, also one of BEGIN, everything that is open is rolled back, as the usual
/// try and catch has it. On a shared connection that may be what another thread began.
template <class T, class Work>
Result<T> NaiveClient::in_transaction(Transactions kind, Work work) {
  NaiveStore& store = *parts_.store;
  const auto run = [&]() -> Result<T> {
    if (auto begun = store.begin(kind); !begun) return begun.error();
    Result<T> done = work();
    if (!done) return done;
    if (auto committed = store.commit(); !committed) return committed.error();
    return done;
  };
  Result<T> done = run();
  if (!done) store.rollback();
  return done;
}

Result<Created> NaiveClient::find_or_create(const std::string& spelling, Clock::SteadyPoint) {
  if (parts_.axes.transactions == Transactions::autocommit) return resolve(spelling);
  const Hold hold{parts_.lock.get()};  // before BEGIN: the other order is a deadlock, which the explorer shows
  return in_transaction<Created>(parts_.axes.transactions, [&] { return resolve(spelling); });
}

Result<std::optional<std::int64_t>> NaiveClient::look_up(const std::string& spelling, Clock::SteadyPoint) {
  return parts_.store->find_alias(simple_alias(spelling));
}

Result<void> NaiveClient::store(const WorkItem& item, Clock::SteadyPoint) {
  if (parts_.axes.transactions == Transactions::autocommit) return store_lines(item);
  const Hold hold{parts_.lock.get()};
  return in_transaction<void>(parts_.axes.transactions, [&] { return store_lines(item); });
}

Result<std::int64_t> NaiveClient::read(const std::string& spelling, Clock::SteadyPoint deadline) {
  const auto entity = look_up(spelling, deadline);
  if (!entity) return entity.error();
  if (!*entity) return std::int64_t{0};
  return parts_.store->read_triples(**entity);
}

Result<Created> NaiveClient::resolve(const std::string& spelling) {
  const Name name{spelling, simple_alias(spelling)};
  const auto known = parts_.store->find_alias(name.alias);
  if (!known) return known.error();
  if (*known) return Created{**known, false, false};
  const Hold hold{parts_.lock.get()};
  if (parts_.lock != nullptr) {
    const auto again = parts_.store->find_alias(name.alias);
    if (!again) return again.error();
    if (*again) return Created{**again, false, false};
  }
  return create(name);
}

Result<Created> NaiveClient::create(const Name& name) {
  const auto embedding = parts_.embedder->embed(name.alias);
  if (!embedding) return embedding.error();
  const bool own_transaction =
      parts_.axes.atomic_creation && parts_.axes.transactions == Transactions::autocommit;
  const auto work = [&] { return insert(name, *embedding); };
  auto created = own_transaction ? in_transaction<Created>(Transactions::immediate, work) : work();
  if (created || !is_constraint(created.error()) || !parts_.axes.fallback) return created;
  return winner(name, created.error());
}

Result<Created> NaiveClient::insert(const Name& name, const storage::Embedding& embedding) {
  const auto entity = parts_.store->insert_entity(name.spelling, embedding);
  if (!entity) return entity.error();
  if (auto done = parts_.store->insert_alias(name.alias, *entity); !done) return done.error();
  return Created{*entity, true, false};
}

Result<Created> NaiveClient::winner(const Name& name, const Error& constraint) {
  ++fallbacks_;
  all_fallbacks_.fetch_add(1, std::memory_order_relaxed);
  auto found = parts_.store->find_alias(name.alias);
  if (found && !*found) found = parts_.store->find_name(name.spelling);
  if (!found) return found.error();
  if (!*found) return constraint;
  return Created{**found, false, true};
}

Result<void> NaiveClient::store_lines(const WorkItem& item) {
  for (std::size_t at = 0; at < item.lines.size(); ++at) {
    const WorkItem::Line& line = item.lines[at];
    const auto subject = resolve(line.subject);
    if (!subject) return subject.error();
    const auto object = resolve(line.object);
    if (!object) return object.error();
    auto done = parts_.store->insert_triple({subject->id, line.predicate, object->id, item.number, at});
    if (!done) return done;
  }
  return {};
}

}  // namespace commonbook::sim
