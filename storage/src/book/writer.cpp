// A writer's thread: prepare without a lock, then one transaction through the gate, then the answers.
//
//   prepare     check, normalise, look up        no lock, no snapshot
//   gate        first come, first served         in this process
//   BEGIN       turnstile, then SQLite's lock    among processes
//   store       observation_store.cpp
//   COMMIT
//   publish     alias cache, overlay             still inside the gate, so that overlays fill in commit order
//   sync        of a batch with durable ones     outside the gate: the next commit need not wait for the disk
//   receipts                                     only now (P1)
#include "commonbook/storage/writer.hpp"

#include "book/book_shared.hpp"
#include "book/entity_store.hpp"
#include "book/observation_store.hpp"
#include "book/retract.hpp"
#include "book/write_batch.hpp"
#include "book/writer_prepare.hpp"
#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"
#include "engine/look_up_snapshot.hpp"
#include "engine/out_of_memory.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

namespace commonbook::storage {
namespace {

using Answer = std::optional<Result<Receipt>>;  // empty: not decided yet

// Adds the time of a scope to a figure.
class Stopwatch {
 public:
  Stopwatch(const Clock& clock, std::chrono::microseconds& total)
      : clock_(clock), total_(total), start_(clock.steady_now()) {}
  ~Stopwatch() { stop(); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  void stop() {
    if (is_running_) total_ += std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady_now() - start_);
    is_running_ = false;
  }

 private:
  const Clock& clock_;
  std::chrono::microseconds& total_;
  Clock::SteadyPoint start_;
  bool is_running_ = true;
};

}  // namespace

struct Writer::Impl {
  Impl(const Book& book_in, Connection connection_in)
      : book(book_in), shared(book.shared()), connection(std::move(connection_in)) {}

  /// One observation on its way through store().
  struct Item {
    PreparedObservation prepared;
    Answer answer;
  };

  /// Runs `work(batch)` in one write transaction and commits what it changed; nothing changed, nothing committed. Once
  /// COMMIT has returned OK it gives no error any more.
  template <class Work>
  Result<void> transact(std::string_view who, bool durable, Clock::SteadyPoint deadline, Work work);
  template <class Work>
  Result<void> transact_once(std::string_view who, bool durable, Clock::SteadyPoint deadline, Work& work, bool& committing);
  Result<void> commit(Transaction& transaction, WriteBatch& batch);

  void store(std::span<const Observation> batch, std::vector<Item>& items, Clock::SteadyPoint deadline);
  void make_durable(std::span<const Observation> batch, std::vector<Item>& items);
  Result<ReceiptEntity> find_or_create(const EntityName& name, Clock::SteadyPoint deadline);
  /// Checks, normalises, and looks up, as far as that needs no file. @returns  places of items for which the file must
  /// be asked.
  std::vector<std::size_t> prepare(std::span<const Observation> batch, std::vector<Item>& items);
  Result<void> look_up(Item& item);
  void look_up_all(std::vector<Item>& items, std::span<const std::size_t> which);
  Result<void> answer_replay(Item& item);
  Result<void> store_together(std::vector<Item>& items, std::span<const std::size_t> which, Clock::SteadyPoint deadline);

  Book book;
  detail::BookShared& shared;
  Connection connection;
  WriterMemory memory;
  StoreStatistics statistics;
  bool failed = false;
};

template <class Work>
Result<void> Writer::Impl::transact_once(std::string_view who, bool durable, Clock::SteadyPoint deadline, Work& work,
                                         bool& committing) {
  Stopwatch wait{shared.clock, statistics.wait};
  if (auto renewed = connection.renew_if_doubtful(); !renewed) return renewed;
  if (auto done = connection.set_durable(durable); !done) return done;
  if (fault("mutant.lock_after_begin")) (void)connection.execute("BEGIN IMMEDIATE");
  if (auto caught_up = shared.let_checkpoint_catch_up(deadline); !caught_up) return caught_up;
  auto hold = shared.gate->enter(who, deadline, shared.clock);
  if (fault("mutant.lock_after_begin")) connection.rollback_if_open();
  if (!hold) return hold.error();
  yield_point("store.before_begin");
  auto transaction = Transaction::begin_immediate(connection, *hold, shared.turnstile.get(), shared.turnstile_counters,
                                                  deadline, shared.clock);
  if (!transaction) return transaction.error();
  wait.stop();
  yield_point("store.after_begin");
  yield_point("foc.after_lock");
  auto batch = WriteBatch::begin(*transaction, shared, memory);
  if (!batch) return batch.error();
  if (auto done = work(*batch); !done) return done;
  if (!batch->is_changed) {
    // All was there already; what another process had made meanwhile counts all the same.
    shared.alias_conflicts_resolved.fetch_add(batch->conflicts, std::memory_order_relaxed);
    return {};
  }
  if (auto done = batch->write_meta(batch->observations > 0); !done) return done;
  yield_point("store.before_commit");
  if (fault("mutant.id_cached_before_commit")) batch->publish();
  committing = true;
  if (auto done = commit(*transaction, *batch); !done) return done;
  yield_point("store.after_commit");
  yield_point("store.before_publish");
  batch->publish();
  return {};
}

template <class Work>
Result<void> Writer::Impl::transact(std::string_view who, bool durable, Clock::SteadyPoint deadline, Work work) {
  if (failed) return Error{ErrorCode::internal, "the writer failed before; open another one", 0, {}};
  bool committing = false;
  auto done = or_out_of_memory([&] { return transact_once(who, durable, deadline, work, committing); });
  if (!done && done.error().code == ErrorCode::out_of_memory && done.error().sqlite_code == 0 && committing)
    done = Error{ErrorCode::unknown, "out of memory", 0, {}};  // COMMIT had failed, and there was no room to say how
  if (!done && done.error().code == ErrorCode::disk_full) shared.disk_room.note_full();
  if (!done && (is_fatal(done.error()) || done.error().code == ErrorCode::unknown)) failed = true;
  return done;
}

Result<void> Writer::Impl::commit(Transaction& transaction, WriteBatch& batch) {
  if (fault("P1")) return {};  // the scope rolls back, and the receipts are lies
  const Stopwatch watch{shared.clock, statistics.commit};
  ++statistics.transactions;
  statistics.triples += batch.tail_rows.size();
  return transaction.commit();
}

std::vector<std::size_t> Writer::Impl::prepare(std::span<const Observation> batch, std::vector<Item>& items) {
  std::vector<PreparedName*> names;
  for (std::size_t at = 0; at < batch.size(); ++at) {
    auto prepared = prepare_observation(batch[at], shared.options.space_predicate);
    if (!prepared) {
      items[at].answer = prepared.error();
      continue;
    }
    items[at].prepared = std::move(*prepared);
    for (PreparedName& name : items[at].prepared.names) names.push_back(&name);
  }
  look_up_remembered(shared, names);
  std::vector<std::size_t> unknown;
  for (std::size_t at = 0; at < batch.size(); ++at)
    if (!items[at].answer && (batch[at].operation_id || !are_known(items[at].prepared.names))) unknown.push_back(at);
  return unknown;
}

Result<void> Writer::Impl::look_up(Item& item) {
  if (auto done = look_up_stored(shared, connection, item.prepared.names); !done) return done;
  return answer_replay(item);
}

void Writer::Impl::look_up_all(std::vector<Item>& items, std::span<const std::size_t> which) {
  if (which.empty()) return;
  {
    const auto snapshot = LookUpSnapshot::begin(connection);
    for (const std::size_t at : which)
      if (auto done = snapshot ? look_up(items[at]) : Result<void>{snapshot.error()}; !done) items[at].answer = done.error();
  }
  for (const std::size_t at : which)
    for (const PreparedName& name : items[at].prepared.names)
      if (!name.known) yield_point("foc.after_lookup");
}

// A retry that is known already costs no lock. Whoever asks for novelty waits for the transaction, which sees the
// whole tail at rest.
Result<void> Writer::Impl::answer_replay(Item& item) {
  const auto earlier = find_operation(connection, item.prepared);
  if (!earlier) return earlier.error();
  if (!*earlier || item.prepared.source->want_novelty) return {};
  std::vector<std::int64_t> entities;
  for (const PreparedName& name : item.prepared.names) {
    if (!name.known) return {};
    entities.push_back(name.known->id);
  }
  item.answer = receipt_of(**earlier, entities);
  sometimes("retry_found_it_committed");
  return {};
}

Result<void> Writer::Impl::store_together(std::vector<Item>& items, std::span<const std::size_t> which,
                                          Clock::SteadyPoint deadline) {
  if (auto room = shared.admit_write(); !room) return room;
  std::vector<std::size_t> order{which.begin(), which.end()};
  // Not reversed, as the storage actor does when it breaks P7: both together would put things right again.
  if (fault("P7") && !order.empty()) std::rotate(order.begin(), order.begin() + 1, order.end());
  std::vector<std::pair<std::size_t, Result<Receipt>>> answers;  // told only after COMMIT
  answers.reserve(order.size());
  auto done = transact("store", false, deadline, [&](WriteBatch& batch) -> Result<void> {
    for (const std::size_t at : order) {
      auto stored = store_observation(batch, items[at].prepared);
      if (!stored) {
        if (fault("P3")) continue;  // half of it goes into the commit
        return stored.error();
      }
      answers.emplace_back(at, std::move(*stored));
    }
    auto written = batch.write_rows();
    if (!written && fault("mutant.retried_without_rollback")) {
      for (const std::size_t at : order) static_cast<void>(store_observation(batch, items[at].prepared));
      return {};
    }
    return written;
  });
  if (!done) return done;
  for (auto& [at, answer] : answers) items[at].answer = std::move(answer);
  return {};
}

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

Result<Writer> Writer::open(const Book& book, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&]() -> Result<Writer> {
    auto connection = book.shared().connect(Role::writer, deadline);
    if (!connection) return connection.error();
    return Writer{std::make_unique<Impl>(book, std::move(*connection))};
  });
}

void Writer::Impl::store(std::span<const Observation> batch, std::vector<Item>& items, Clock::SteadyPoint deadline) {
  std::vector<std::size_t> open;
  {
    const Stopwatch watch{shared.clock, statistics.prepare};
    connection.set_deadline(deadline);
    look_up_all(items, prepare(batch, items));
    for (std::size_t at = 0; at < batch.size(); ++at) {
      if (!items[at].answer) open.push_back(at);
    }
  }
  if (open.empty()) return;
  // What is new is looked for in the tail, inside the transaction: its rows are linked before.
  if (std::any_of(open.begin(), open.end(), [&](std::size_t at) { return batch[at].want_novelty; })) {
    shared.note_reader();
    shared.overlay.link_for_readers();
  }
  yield_point("foc.before_lock");
  const auto together = store_together(items, open, deadline);
  if (shared.is_read())
    shared.overlay.link_for_readers();
  else
    shared.overlay.settle_many();
  for (const std::size_t at : open) {
    if (together) break;
    // Once more, one at a time, so that only the guilty one fails. Busy and fatal errors are nobody's guilt.
    const bool again = open.size() > 1 && !failed && together.error().code != ErrorCode::busy;
    if (again) sometimes("batch_split");
    const auto alone = again ? store_together(items, std::span{&at, 1}, deadline) : together;
    if (!alone) items[at].answer = alone.error();
  }
}

// Receipts of retries as well: the commit that they tell of may be another connection's, which is about to sync it. Where
// the sync fails nobody knows what would survive. Nothing is thrown here: the receipts are in their places already.
void Writer::Impl::make_durable(std::span<const Observation> batch, std::vector<Item>& items) {
  const auto wants = [&](std::size_t at) {
    return batch[at].ack_class == AckClass::durable && items[at].answer && *items[at].answer;
  };
  bool any = false;
  for (std::size_t at = 0; at < batch.size(); ++at) any = any || wants(at);
  if (!any || fault("mutant.durable_without_sync")) return;
  const Stopwatch watch{shared.clock, statistics.commit};
  yield_point("store.before_sync");
  const auto synced = or_out_of_memory([&] { return connection.sync_log(); });
  if (synced) return;
  failed = true;
  const Error& cause = synced.error();
  const auto unknown = [&cause]() noexcept -> Error {
    try {
      return {ErrorCode::unknown,
              "the log could not be synced, and whether it would survive a power failure can't be known: " + cause.message,
              cause.sqlite_code, {}};
    } catch (const std::bad_alloc&) {
      return {ErrorCode::unknown, "the sync failed", cause.sqlite_code, {}};  // a text without memory of its own
    }
  };
  for (std::size_t at = 0; at < batch.size(); ++at)
    if (wants(at)) items[at].answer = unknown();
}

std::vector<Result<Receipt>> Writer::store(std::span<const Observation> batch, Clock::SteadyPoint deadline) {
  Impl& self = *impl_;
  self.statistics = {};
  // Before anything is stored: room for all that must be said afterwards.
  std::vector<Impl::Item> items(batch.size());
  std::vector<Result<Receipt>> answers(batch.size(), out_of_memory());
  try {
    self.store(batch, items, deadline);
  } catch (const std::bad_alloc&) {
    // Thrown outside a transaction: what was stored is answered below, and of the rest nothing is.
  }
  self.make_durable(batch, items);
  for (std::size_t at = 0; at < items.size(); ++at)
    if (items[at].answer) answers[at] = std::move(*items[at].answer);
  return answers;
}

const StoreStatistics& Writer::last_statistics() const noexcept { return impl_->statistics; }

Result<ReceiptEntity> Writer::find_or_create(const EntityName& name, Clock::SteadyPoint deadline) {
  return or_out_of_memory([&] { return impl_->find_or_create(name, deadline); });
}

Result<ReceiptEntity> Writer::Impl::find_or_create(const EntityName& name, Clock::SteadyPoint deadline) {
  auto prepared = prepare_name(name);
  if (!prepared) return prepared.error();
  connection.set_deadline(deadline);
  if (auto renewed = connection.renew_if_doubtful(); !renewed) return renewed.error();
  const std::span<PreparedName> only{&*prepared, 1};
  look_up_remembered(shared, std::array{&*prepared});
  if (!are_known(only)) {
    if (auto done = look_up_stored(shared, connection, only); !done) return done.error();
    if (!prepared->known) yield_point("foc.after_lookup");
  }
  if (prepared->known && !fault("P4")) return ReceiptEntity{prepared->known->id, false};
  if (auto room = shared.admit_write(); !room) return room.error();
  yield_point("foc.before_lock");
  ReceiptEntity entity;
  auto done = transact("find_or_create", true, deadline, [&](WriteBatch& batch) -> Result<void> {
    const auto found = storage::find_or_create(batch, *prepared);
    if (!found) return found.error();
    entity = {found->entity->id, found->created};
    return {};
  });
  if (!done) return done.error();
  return entity;
}

// Nothing between here and transact() allocates, and transact() catches what is thrown inside.
Result<std::int64_t> Writer::retract(std::span<const std::int64_t> observation_ids, Clock::SteadyPoint deadline) {
  std::int64_t marked = 0;
  const auto mark = [&] {
    return impl_->transact("retract", true, deadline, [&](WriteBatch& batch) -> Result<void> {
      const auto result = mark_retracted(batch, observation_ids);
      if (!result) return result.error();
      marked = *result;
      return {};
    });
  };
  DiskRoom& room = impl_->shared.disk_room;
  room.admit_deletion();
  auto done = mark();
  // The log could not grow: with what the reserve gives back it can.
  if (!done && done.error().code == ErrorCode::disk_full && room.admit_deletion()) done = mark();
  if (!done) return done.error();
  return marked;
}

Result<void> Writer::flush(Clock::SteadyPoint deadline) {
  return impl_->transact("flush", true, deadline, [](WriteBatch& batch) -> Result<void> {
    // SQLite writes no page whose bytes stay the same, so something must change: a commit that stores nothing.
    ++batch.meta.commit_seq;
    batch.is_changed = true;
    return {};
  });
}

bool Writer::failed() const noexcept { return impl_->failed; }

}  // namespace commonbook::storage
