#include "storage_actor.hpp"

#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

namespace commonbook::actors {

namespace {
constexpr std::chrono::milliseconds wait_step{5};
constexpr int deaths_max = 3;
constexpr std::size_t halved_from = 256;  // triples waiting; below, one commit takes them all

Error killed_too_often() {
  return {ErrorCode::internal, "storing this observation ended its storage actor three times: it is not tried again", 0,
          {}};
}
}  // namespace

BatchInHand::BatchInHand(std::vector<StoreTask> tasks) : tasks_(std::move(tasks)) {
  observations_.reserve(tasks_.size());
  for (const StoreTask& task : tasks_) {
    ++task.box->deaths;  // charged at once: nobody can be asked after a death
    observations_.push_back(std::move(task.box->observation));
  }
}

BatchInHand::~BatchInHand() {
  if (answered_) return;
  for (std::size_t at = 0; at < observations_.size(); ++at)
    tasks_[at].box->observation = std::move(observations_[at]);
}

bool StorageState::start(const StorageActorOptions& options, const Factory<ObservationStore>& open,
                         const WorkerPeers& peers) {
  options_ = options;
  peers_ = peers;
  name_this_thread(options.threads, "storage-" + std::to_string(options.index));
  auto store = open(self_->clock().now() + options.open_deadline);
  const WorkerId id{WorkerKind::storage, options.index};
  if (!store) {
    caf::anon_send(peers_.supervisor, opened_atom_v, id, Reply<bool>{Result<bool>{store.error()}});
    return false;
  }
  store_ = std::move(*store);
  caf::anon_send(peers_.supervisor, opened_atom_v, id, Reply<bool>{Result<bool>{true}});
  return true;
}

void StorageState::accept(StoreTask task) {
  if (abandoned_) return answer({std::move(task)}, {Error{ErrorCode::cancelled, "the runtime shut down first", 0, {}}});
  pending_.push_back(std::move(task));
  send_flush(std::chrono::milliseconds{0});
}

void StorageState::send_flush(std::chrono::milliseconds delay) {
  if (std::exchange(flush_sent_, true)) return;
  const auto self = caf::actor_cast<caf::actor>(self_);
  if (delay.count() == 0)
    caf::anon_send(self, flush_atom_v);
  else
    caf::delayed_anon_send(self, delay, flush_atom_v);
}

void StorageState::flush() {
  flush_sent_ = false;
  if (pending_.empty()) return;
  if (must_wait()) return send_flush(wait_step);
  auto tasks = next_batch();
  if (!tasks.empty()) store(std::move(tasks));
  if (!pending_.empty()) send_flush(std::chrono::milliseconds{0});
}

// Bounded twice: by the first waiting observation's deadline, and by a share of it, after which one batch goes through.
// So a compactor that is stuck slows the writers down and does not stop them.
bool StorageState::must_wait() {
  const auto now = self_->clock().now();
  if (!store_->should_wait()) {
    waits_since_.reset();
    return false;
  }
  if (!waits_since_) waits_since_ = now;
  if (now < *waits_since_ + options_.wait_max && now < pending_.front().deadline - options_.wait_max / 2) return true;
  waits_since_.reset();
  return false;
}

// Agents wait for receipts before they send more. Where there is no other storage actor, a commit that took all that waits
// would leave storage idle until they have answered, so half stays for the next one. A durable commit waits for the disk:
// there the larger one wins.
std::size_t StorageState::batch_limit() const {
  if (!options_.is_only_one) return options_.batch_triples;
  std::size_t waiting = 0;
  for (const StoreTask& task : pending_) {
    if (task.box->observation.ack_class == AckClass::durable) return options_.batch_triples;
    waiting += task.box->observation.triples.size();
    if (waiting >= 2 * options_.batch_triples) break;
  }
  return waiting < halved_from ? options_.batch_triples : std::min(options_.batch_triples, waiting / 2);
}

std::vector<StoreTask> StorageState::next_batch() {
  std::vector<StoreTask> batch;
  const std::size_t limit = batch_limit();
  std::size_t triples = 0;
  const auto now = self_->clock().now();
  while (!pending_.empty()) {
    StoreTask& next = pending_.front();
    if (next.deadline <= now || next.box->deaths >= deaths_max) {
      if (!batch.empty()) break;  // answers keep the order of acceptance too
      const auto error = next.deadline <= now
                             ? Error{ErrorCode::timeout, "the deadline passed before the observation was stored", 0, {}}
                             : killed_too_often();
      answer({std::move(next)}, {error});
      pending_.pop_front();
      continue;
    }
    const std::size_t size = next.box->observation.triples.size();
    const bool suspect = next.box->deaths > 0;  // it was in hand when a storage actor died: it travels alone
    if (!batch.empty() && (suspect || triples + size > limit)) break;
    triples += size;
    batch.push_back(std::move(next));
    pending_.pop_front();
    if (suspect) break;
  }
  return batch;
}

void StorageState::store(std::vector<StoreTask> tasks) {
  if (fault("P7")) std::reverse(tasks.begin(), tasks.end());
  if (fault("P1") || fault("mutant.acknowledged_before_commit")) answer(tasks, std::vector<Result<Receipt>>(tasks.size(), Receipt{}));
  const auto deadline =
      std::min_element(tasks.begin(), tasks.end(), [](const auto& left, const auto& right) {
        return left.deadline < right.deadline;
      })->deadline;
  BatchInHand batch{std::move(tasks)};
  yield_point("storage_actor.before_store");
  auto results = store_->store(batch.observations(), deadline);
  yield_point("storage_actor.after_store");
  BatchFigures figures = store_->figures();
  figures.observations = batch.observations().size();
  figures.triples = 0;
  for (const Observation& observation : batch.observations()) figures.triples += observation.triples.size();
  batch.answered();
  std::optional<Error> damage;
  if (store_->failed()) {
    const auto bad = std::find_if(results.begin(), results.end(), [](const auto& result) {
      return !result && (result.error().code == ErrorCode::corrupt || result.error().code == ErrorCode::io ||
                         result.error().code == ErrorCode::unknown);
    });
    damage = bad != results.end() ? bad->error() : Error{ErrorCode::io, "the storage connection failed", 0, {}};
  }
  answer(batch.tasks(), std::move(results));
  caf::anon_send(peers_.metrics, batch_atom_v, figures);
  if (!damage) return;
  caf::anon_send(peers_.supervisor, failed_atom_v, *damage);
  abandon();  // nothing more is written to a file that may be damaged
}

void StorageState::answer(const std::vector<StoreTask>& tasks, std::vector<Result<Receipt>> results) {
  StoredBatch batch;
  batch.replies.reserve(tasks.size());
  for (std::size_t at = 0; at < tasks.size(); ++at)
    batch.replies.emplace_back(tasks[at].key, ReceiptReply{std::move(results[at])});
  caf::anon_send(peers_.intake, stored_atom_v, options_.index, std::move(batch));
}

void StorageState::abandon() {
  abandoned_ = true;
  const std::vector<StoreTask> left{std::make_move_iterator(pending_.begin()), std::make_move_iterator(pending_.end())};
  pending_.clear();
  if (!left.empty())
    answer(left, std::vector<Result<Receipt>>(left.size(), Error{ErrorCode::cancelled, "the runtime shut down first", 0, {}}));
}

caf::behavior storage_behavior(caf::stateful_actor<StorageState>* self, const StorageActorOptions& options,
                               const Factory<ObservationStore>& open, const WorkerPeers& peers) {
  set_quiet_handlers(self);
  if (!self->state.start(options, open, peers)) {
    self->quit(caf::exit_reason::unhandled_exception);
    return {};
  }
  return {
      [self](store_atom, const StoreTask& task) { self->state.accept(task); },
      [self](store_atom, const StoreTasks& all) {
        for (const StoreTask& task : all.tasks) self->state.accept(task);
      },
      [self](flush_atom) { self->state.flush(); },
      [self](abandon_atom) { self->state.abandon(); },
      [self](stop_atom) { self->quit(); },
  };
}

}  // namespace commonbook::actors
