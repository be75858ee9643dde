#include "care_loop.hpp"

#include "board.hpp"
#include "content.hpp"

#include "commonbook/actors/seeded_random.hpp"
#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/listing.hpp"
#include "commonbook/storage/writer.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace commonbook::sim::crash {

namespace {

Clock::SteadyPoint soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{10}; }

class CareLoop {
 public:
  CareLoop(CrashBoard& board, std::uint32_t process)
      : board_(board), part_(board.processes[process]), process_(process),
        random_(actors::derived_seed(board.orders.seed, board.orders.round * 100ULL + process)) {}

  Result<void> run(const std::filesystem::path& database) {
    if (auto opened = open(database); !opened) return opened;
    while (board_.stop.load() == 0 && number_ < calls_max) {
      const auto done = one_call();
      // Another process may hold a lease, or the file, for as long as it is stopped.
      if (!done && done.error().code != ErrorCode::busy) return done;
    }
    return {};
  }

 private:
  Result<void> open(const std::filesystem::path& database) {
    storage::BookOptions options;
    options.path = database;
    options.create = true;
    options.compaction_rows_min = 64;
    options.wal_soft_mark_bytes = 256 * 1024;  // so that logs restart within a round
    auto book = storage::Book::open(options, clock_, soon());
    if (!book) return book.error();
    book_ = std::move(*book);
    auto writer = storage::Writer::open(*book_, soon());
    if (!writer) return writer.error();
    writer_ = std::move(*writer);
    auto compactor = storage::Compactor::open(*book_, "crash-" + std::to_string(process_), soon());
    if (!compactor) return compactor.error();
    compactor_ = std::move(*compactor);
    auto checkpointer = storage::Checkpointer::open(*book_, soon());
    if (!checkpointer) return checkpointer.error();
    checkpointer_ = std::move(*checkpointer);
    auto suggestions = storage::SuggestionPass::open(*book_, soon());
    if (!suggestions) return suggestions.error();
    suggestions_ = std::move(*suggestions);
    return {};
  }

  Result<void> one_call() {
    const std::uint64_t choice = random_.below(20);
    if (choice < 5) return without_value(compactor_->step(true, soon()));
    if (choice < 7) return without_value(checkpointer_->run(soon()));
    if (choice < 9) return without_value(suggestions_->step(soon()));
    if (choice < 10) return writer_->flush(soon());
    if (choice < 13) return find_or_create();
    if (choice < 15) return retract();
    return store();
  }

  template <class T>
  static Result<void> without_value(const Result<T>& result) {
    return result ? Result<void>{} : result.error();
  }

  LoggedCall& next_call(CallKind kind, std::uint32_t subject) {
    LoggedCall& call = part_.calls[keeper_slot][number_++];
    call.kind = kind;
    call.subject = subject;
    call.state.store(CallState::asked);
    return call;
  }

  Result<void> store() {
    LoggedCall& call = next_call(CallKind::store, 0);
    const ItemId item{board_.orders.round, process_, keeper_agent, number_};
    Observation observation = make_item(board_.orders.seed, item, 0.2);
    observation.agent = "keeper";
    observation.session = position_of({item.round, item.process, item.agent, 0});
    observation.sequence = number_;
    const auto receipts = writer_->store({&observation, 1}, soon());
    if (!receipts.front()) return failed(call, receipts.front().error());
    note_receipt(part_, call, *receipts.front());
    kept_.push_back(number_);
    return {};
  }

  Result<void> find_or_create() {
    const auto number = static_cast<std::uint32_t>(random_.below(120));
    LoggedCall& call = next_call(CallKind::find_or_create, number);
    const auto entity = writer_->find_or_create(named("Name " + std::to_string(number)), soon());
    if (!entity) return failed(call, entity.error());
    Receipt receipt;
    receipt.entities = {*entity};
    note_receipt(part_, call, receipt);
    return {};
  }

  // Of what this life of the process stored, one at a time: the log says which.
  Result<void> retract() {
    if (kept_.empty()) return {};
    const std::uint32_t number = kept_.back();
    std::optional<std::int64_t> id;
    storage::BookVisitor visitor;
    const std::string position = position_of({board_.orders.round, process_, keeper_agent, number});
    visitor.observation = [&](const storage::ListedObservation& found) {
      if (found.position == position) id = found.id;
    };
    if (auto listed = storage::list_book(*book_, visitor, soon()); !listed) return listed;
    if (!id) return Error{ErrorCode::internal, "what was acknowledged can't be found: " + position, 0, {}};
    LoggedCall& call = next_call(CallKind::retract, number);
    const auto marked = writer_->retract({&*id, 1}, soon());
    if (!marked) return failed(call, marked.error());
    kept_.pop_back();
    note_receipt(part_, call, {});
    return {};
  }

  Result<void> failed(LoggedCall& call, const Error& error) {
    if (note_error(part_, call, error)) return {};
    return error;
  }

  CrashBoard& board_;
  ProcessPart& part_;
  const std::uint32_t process_;
  actors::SeededRandom random_;
  const SystemClock clock_;
  std::uint32_t number_ = 0;
  std::vector<std::uint32_t> kept_;  // stored and not retracted
  std::optional<storage::Book> book_;
  std::optional<storage::Writer> writer_;
  std::optional<storage::Compactor> compactor_;
  std::optional<storage::Checkpointer> checkpointer_;
  std::optional<storage::SuggestionPass> suggestions_;
};

}  // namespace

Result<void> run_care_loop(CrashBoard& board, std::uint32_t process, const std::filesystem::path& database) {
  return CareLoop{board, process}.run(database);
}

void note_receipt(ProcessPart& part, LoggedCall& call, const Receipt& receipt) noexcept {
  call.commit_seq = receipt.commit_seq;
  call.ack_class = static_cast<std::uint32_t>(receipt.ack_class);
  call.entity_count = static_cast<std::uint32_t>(std::min(receipt.entities.size(), entities_max));
  call.created = 0;
  for (std::uint32_t at = 0; at < call.entity_count; ++at) {
    call.entities[at] = receipt.entities[at].id;
    if (receipt.entities[at].created) call.created |= 1U << at;
  }
  call.state.store(CallState::acknowledged);
  part.last_receipt_ns.store(runner::monotonic_ns());
  part.receipts.fetch_add(1);
}

bool note_error(ProcessPart& part, LoggedCall& call, const Error& error) noexcept {
  const bool refused = error.code == ErrorCode::overloaded || error.code == ErrorCode::cancelled ||
                       error.code == ErrorCode::busy;
  call.state.store(refused ? CallState::refused : CallState::unknown);
  if (!refused && part.errors.fetch_add(1) == 0) put_text(part.message, to_string(error));
  return refused;
}

}  // namespace commonbook::sim::crash
