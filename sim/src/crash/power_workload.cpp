#include "power_workload.hpp"

#include "recording_vfs.hpp"

#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/listing.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"

#include <atomic>
#include <chrono>
#include <optional>

namespace commonbook::sim::crash {

namespace {

// Moves by a little at each look, so that slices end after the same work on every machine.
class TickingClock final : public Clock {
 public:
  [[nodiscard]] SteadyPoint steady_now() const override {
    return SteadyPoint{std::chrono::hours{1} + std::chrono::microseconds{20} * (1 + looks_.fetch_add(1))};
  }
  [[nodiscard]] Timestamp wall_now() const override { return {1'767'225'600'000}; }

 private:
  mutable std::atomic<std::int64_t> looks_{0};
};

constexpr std::chrono::hours patience{24};  // of a clock that nobody waits for

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class Workload {
 public:
  Workload(const std::filesystem::path& folder, const PowerShape& shape, std::uint64_t seed, PowerRecording& recording)
      : shape_(shape), seed_(seed), random_(seed), recording_(recording), layer_(recording.log) {
    options_.path = folder / "memory.db";
    options_.create = true;
    options_.compaction_rows_min = 64;
    // In half of the workloads the log restarts behind the barrier, in the others a reader may keep it from restarting.
    barrier_ = random_.chance(0.5);
    options_.wal_soft_mark_bytes = barrier_ ? 96 * 1024 : 32 << 20;
    options_.file_layer = layer_.name();
  }

  Result<void> run(std::size_t steps) {
    if (!layer_.registered()) return Error{ErrorCode::io, "the recording file layer can't be registered", 0, {}};
    for (std::size_t step = 0; step < steps; ++step) {
      if (!book_)
        if (auto done = open(); !done) return done;
      if (auto done = one_call(); !done) return done;
    }
    close();
    return {};
  }

 private:
  [[nodiscard]] Clock::SteadyPoint deadline() const { return clock_.steady_now() + patience; }

  /// Makes `work` a step of the recording. It may fill the step's receipts.
  template <class Work>
  Result<void> step(Work work) {
    PowerStep made;
    made.begun_at = recording_.log.size();
    made.begun_ns = now_ns();
    if (auto done = work(made); !done) return done;
    made.ended_at = recording_.log.size();
    made.ended_ns = now_ns();
    auto digest = reader_->row_digest(deadline());
    if (!digest) return digest.error();
    made.digest = *digest;
    recording_.steps.push_back(made);
    return {};
  }

  Result<void> open() {
    return step([this](PowerStep&) -> Result<void> {
      auto book = storage::Book::open(options_, clock_, deadline());
      if (!book) return book.error();
      book_ = std::move(*book);
      auto reader = storage::Reader::open(*book_, deadline());
      if (!reader) return reader.error();
      reader_ = std::move(*reader);
      auto other = storage::Reader::open(*book_, deadline());
      if (!other) return other.error();
      snapshot_reader_ = std::move(*other);
      auto writer = storage::Writer::open(*book_, deadline());
      if (!writer) return writer.error();
      writer_ = std::move(*writer);
      auto compactor = storage::Compactor::open(*book_, "power-loss", deadline());
      if (!compactor) return compactor.error();
      compactor_ = std::move(*compactor);
      auto checkpointer = storage::Checkpointer::open(*book_, deadline());
      if (!checkpointer) return checkpointer.error();
      checkpointer_ = std::move(*checkpointer);
      return {};
    });
  }

  void close() {
    snapshot_.reset();
    checkpointer_.reset();
    compactor_.reset();
    writer_.reset();
    snapshot_reader_.reset();
    reader_.reset();
    book_.reset();
  }

  Result<void> one_call() {
    const std::uint64_t choice = random_.below(100);
    if (choice < 12) return step([this](PowerStep&) { return compact(); });
    if (choice < 20) return step([this](PowerStep&) { return checkpoint(); });
    if (choice < 23) return step([this](PowerStep&) { return suggest(); });
    if (choice < 25) {
      close();  // the last one: the log is copied and removed
      return {};
    }
    if (choice < 30 && !barrier_) return toggle_snapshot();
    if (!shape_.only_observations) {
      if (choice < 34) return step([this](PowerStep& made) { return retract(made); });
      if (choice < 38) return step([this](PowerStep& made) { return find_or_create(made); });
      if (choice < 40) return step([this](PowerStep& made) { return flush(made); });
    }
    return step([this](PowerStep& made) { return store(made); });
  }

  Result<void> store(PowerStep& made) {
    std::vector<Observation> batch;
    const std::uint64_t count = 1 + random_.below(3);
    for (std::uint64_t at = 0; at < count; ++at) {
      const ItemId item{.round = 0, .process = 0, .agent = random_.chance(0.2) ? keeper_agent : 0, .number = ++number_};
      batch.push_back(make_item(seed_, item, shape_.durable_share));
      batch.back().agent = "power-loss";
      batch.back().session = item.agent == keeper_agent ? "keeper" : "agent";
      batch.back().sequence = number_;
    }
    for (const auto& receipt : writer_->store(batch, deadline())) {
      if (!receipt) return receipt.error();
      made.durable = made.durable || receipt->ack_class == AckClass::durable;
      ++(receipt->ack_class == AckClass::durable ? made.durable_receipts : made.applied_receipts);
    }
    return {};
  }

  Result<void> compact() {
    const auto done = compactor_->step(true, deadline());
    return done ? Result<void>{} : done.error();
  }
  Result<void> checkpoint() {
    const auto done = checkpointer_->run(deadline());
    return done ? Result<void>{} : done.error();
  }
  Result<void> suggest() {
    auto pass = storage::SuggestionPass::open(*book_, deadline());
    if (!pass) return pass.error();
    const auto done = pass->step(deadline());
    return done ? Result<void>{} : done.error();
  }
  Result<void> find_or_create(PowerStep& made) {
    const auto entity = writer_->find_or_create(named("Person " + std::to_string(random_.below(60))), deadline());
    if (!entity) return entity.error();
    made.durable = entity->created;  // else it wrote nothing
    made.durable_receipts = entity->created ? 1 : 0;
    return {};
  }
  Result<void> flush(PowerStep& made) {
    made.durable = true;
    return writer_->flush(deadline());
  }
  Result<void> retract(PowerStep& made) {
    std::vector<std::int64_t> ids;
    storage::BookVisitor visitor;
    visitor.observation = [&](const storage::ListedObservation& found) {
      const auto item = item_at(found.position);
      if (item && item->agent == keeper_agent && !found.retracted && ids.size() < 3) ids.push_back(found.id);
    };
    if (auto listed = storage::list_book(*book_, visitor, deadline()); !listed) return listed;
    const auto marked = writer_->retract(ids, deadline());
    if (!marked) return marked.error();
    made.durable = *marked > 0;
    made.durable_receipts = *marked > 0 ? 1 : 0;
    return {};
  }
  Result<void> toggle_snapshot() {
    if (snapshot_) {
      snapshot_.reset();
      return {};
    }
    auto held = snapshot_reader_->hold_snapshot(deadline());
    if (!held) return held.error();
    snapshot_ = std::move(*held);
    return {};
  }

  const PowerShape& shape_;
  const std::uint64_t seed_;
  actors::SeededRandom random_;
  PowerRecording& recording_;
  const TickingClock clock_;
  const RecordingVfs layer_;
  storage::BookOptions options_;
  bool barrier_ = false;
  std::uint32_t number_ = 0;
  // In the order in which they open; they close in the other one.
  std::optional<storage::Book> book_;
  std::optional<storage::Reader> reader_;
  std::optional<storage::Reader> snapshot_reader_;
  std::optional<storage::Writer> writer_;
  std::optional<storage::Compactor> compactor_;
  std::optional<storage::Checkpointer> checkpointer_;
  std::unique_ptr<storage::Reader::HeldSnapshot> snapshot_;
};

}  // namespace

Result<void> record_workload(const std::filesystem::path& folder, const PowerShape& shape, std::uint64_t seed,
                             std::size_t steps, PowerRecording& recording) {
  Workload workload{folder, shape, seed, recording};
  return workload.run(steps);
}

}  // namespace commonbook::sim::crash
