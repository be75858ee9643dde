// One importer: pulls its source while it has credit, keeps what it sent until it is answered, and sends again what was
// refused.
//
// Order: the observations of a source reach the intake in the order in which the source gave them, whatever is refused.
// Each request carries a round. The first refusal of a round makes the intake refuse all that follows in it, so what comes
// back refused is always a tail; once everything under way is answered, the tail is sent again in the next round.
#include "import_agent_state.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <deque>
#include <exception>
#include <optional>
#include <utility>

namespace commonbook::agents {

namespace {

constexpr std::size_t dropped_max = 1'000;
constexpr std::size_t errors_max = 100;
/// Further attempts after `busy` or `timeout`, each of which took a whole deadline. Refusals are tried without end: the
/// runtime says when it is gone.
constexpr int slow_attempts_max = 5;
constexpr std::chrono::milliseconds pause_without_hint{20};
/// How often a source that stays is asked for something new; it costs a system call.
constexpr std::chrono::milliseconds look_again{100};

/// What an observation takes of the bounds on what is under way.
struct Load {
  std::uint64_t triples = 0;  // at least 1, as the intake counts
  std::size_t bytes = 0;
};
Load load_of(const Observation& observation) {
  Load load{std::max<std::uint64_t>(observation.triples.size(), 1), 0};
  if (observation.document) load.bytes = observation.document->text.size() + observation.document->context.size();
  return load;
}

struct Flight {
  enum class State : std::uint8_t { under_way = 1, refused };
  std::uint64_t number = 0;  // in order of the source
  State state = State::under_way;
  int slow_attempts = 0;
  Load load;
  Observation observation;
};

class ImportState;
using ImportPointer = caf::stateful_actor<ImportState>*;

class ImportState {
 public:
  static inline const char* const name = "importer";
  explicit ImportState(ImportPointer self) : self_(self) {}
  ~ImportState();
  void start(const actors::IntakeActor& intake, const actors::SessionOpened& session, ImportOptions options,
             std::unique_ptr<Source> source, std::shared_ptr<ImportBoard> board);
  void pull();
  void send_again();
  void proceed();

 private:
  [[nodiscard]] bool has_credit() const;
  [[nodiscard]] bool has_credit_for(const Load& load) const;
  void read_next();
  void submit_from(std::size_t first);
  void submit(std::size_t first, std::size_t count);
  void answered(std::uint64_t number, Result<Receipt> result);
  void acknowledged(const Observation& observation, const Receipt& receipt);
  void failed(const Observation& observation, const Error& error);
  void note_error(const std::string& place, const Error& error);
  void take_item(ImportItem item);
  void note_source();
  void note_up_to_date(bool up_to_date);
  void end_source() { source_ended_ = true; }
  [[nodiscard]] bool refused_only() const { return refused_ == flights_.size(); }

  ImportPointer self_;
  actors::IntakeActor intake_;
  actors::SessionOpened session_;
  ImportOptions options_;
  std::unique_ptr<Source> source_;
  std::shared_ptr<ImportBoard> board_;
  std::deque<Flight> flights_;  // in order of the source
  std::uint64_t next_number_ = 0;
  Load load_;                   // of all flights
  std::size_t refused_ = 0;     // of the flights
  std::uint64_t round_ = 0;
  std::size_t source_drops_seen_ = 0;
  std::chrono::milliseconds hint_{0};
  std::optional<ImportItem> held_;  // read, but there was no credit for it
  bool pull_sent_ = false;
  bool resend_sent_ = false;
  bool source_ended_ = false;
  bool up_to_date_ = false;
};

ImportState::~ImportState() {
  if (!board_) return;
  if (!source_ended_ || !flights_.empty())
    note_error({}, {ErrorCode::internal, "the importer ended before its source did", 0, {}});
  source_.reset();
  options_.on_receipt = nullptr;  // destroyed before whoever waits may go on
  board_->finish();
}

void ImportState::start(const actors::IntakeActor& intake, const actors::SessionOpened& session, ImportOptions options,
                        std::unique_ptr<Source> source, std::shared_ptr<ImportBoard> board) {
  intake_ = intake;
  session_ = session;
  options_ = std::move(options);
  source_ = std::move(source);
  board_ = std::move(board);
}

bool ImportState::has_credit() const {
  if (flights_.empty()) return true;
  return refused_ == 0 && flights_.size() < options_.outstanding_max && has_credit_for({1, 0});
}

bool ImportState::has_credit_for(const Load& load) const {
  return flights_.empty() || (load_.triples + load.triples <= session_.window_triples &&
                              load_.bytes + load.bytes <= options_.outstanding_bytes_max);
}

/// Decides what comes next: read on, send again, or end.
void ImportState::proceed() {
  if (board_->stop_asked()) {
    held_.reset();
    end_source();
    if (!flights_.empty() && refused_only()) {
      for (const Flight& flight : flights_)
        failed(flight.observation, {ErrorCode::cancelled, "the importer was stopped while this waited to be sent again", 0, {}});
      flights_.clear();
      load_ = {};
      refused_ = 0;
    }
  }
  if (source_ended_ && flights_.empty()) {
    note_source();
    self_->quit();
    return;
  }
  if (!flights_.empty() && refused_only()) {
    if (!std::exchange(resend_sent_, true))
      self_->delayed_send(self_, hint_.count() > 0 ? hint_ : pause_without_hint, actors::flush_atom_v);
    return;
  }
  if (!source_ended_ && has_credit() && !std::exchange(pull_sent_, true)) self_->send(self_, actors::step_atom_v);
}

void ImportState::pull() {
  pull_sent_ = false;
  const std::size_t first = flights_.size();
  while (!source_ended_ && has_credit() && flights_.size() - first < options_.message_max) {
    if (!held_) read_next();
    if (!held_) break;
    if (!has_credit_for(load_of(held_->observation))) break;  // the next answer frees credit and proceeds
    take_item(std::move(*held_));
    held_.reset();
  }
  submit_from(first);
  if (held_ && !source_ended_) return;
  proceed();
}

/// Reads the next document into held_, where there is one, ends the source, or has it asked again later.
void ImportState::read_next() {
  auto next = source_->next();
  if (!next) {
    note_error({}, next.error());
  } else if (!*next && source_->more_may_come() && !board_->stop_asked()) {
    note_source();
    note_up_to_date(flights_.empty());
    pull_sent_ = true;
    self_->delayed_send(self_, look_again, actors::step_atom_v);
    return;
  } else if (!*next) {
    end_source();
  } else {
    note_up_to_date(false);
    held_ = std::move(**next);
  }
  note_source();
}

void ImportState::note_up_to_date(bool up_to_date) {
  if (std::exchange(up_to_date_, up_to_date) == up_to_date) return;
  board_->update([up_to_date](ImportReport& report) { report.up_to_date = up_to_date; });
}

void ImportState::note_source() {
  const std::vector<Dropped>& dropped = source_->dropped();
  board_->update([&](ImportReport& report) {
    report.source = source_->progress();
    for (; source_drops_seen_ < dropped.size(); ++source_drops_seen_) {
      ++report.dropped_total;
      if (report.dropped.size() < dropped_max) report.dropped.push_back(dropped[source_drops_seen_]);
    }
  });
}

void ImportState::take_item(ImportItem item) {
  board_->update([&](ImportReport& report) {
    const bool derived = !item.observation.derived_from.empty() && !item.observation.document;
    report.documents += derived ? 0 : 1;
    report.facts += derived ? item.observation.triples.size() : 0;
    ++report.observations;
    for (Dropped& dropped : item.dropped) {
      ++report.dropped_total;
      if (report.dropped.size() < dropped_max) report.dropped.push_back(std::move(dropped));
    }
  });
  item.observation.ack_class = options_.ack_class;
  const Load load = load_of(item.observation);
  flights_.push_back({++next_number_, Flight::State::under_way, 0, load, std::move(item.observation)});
  load_.triples += load.triples;
  load_.bytes += load.bytes;
}

void ImportState::submit_from(std::size_t first) {
  for (; first < flights_.size(); first += options_.message_max)
    submit(first, std::min(options_.message_max, flights_.size() - first));
}

void ImportState::submit(std::size_t first, std::size_t count) {
  std::vector<std::uint64_t> numbers;
  std::vector<Observation> observations;
  numbers.reserve(count);
  observations.reserve(count);
  for (std::size_t at = first; at < first + count; ++at) {
    flights_[at].state = Flight::State::under_way;
    numbers.push_back(flights_[at].number);
    observations.push_back(flights_[at].observation);
  }
  // The intake answers by its deadline plus a second; the rest is for a machine that is very busy.
  const std::chrono::milliseconds patience = session_.deadline + std::chrono::milliseconds{2'000};
  self_->request(intake_, patience, actors::observe_atom_v, session_.id, round_, std::move(observations))
      .then([this, numbers](std::vector<actors::ReceiptReply>& replies) {
              for (std::size_t at = 0; at < numbers.size(); ++at) answered(numbers[at], replies[at].take());
              proceed();
            },
            [this, numbers](const caf::error& failure) {
              const bool gone = failure == caf::sec::request_receiver_down || failure == caf::sec::invalid_argument;
              for (const std::uint64_t number : numbers)
                answered(number, gone ? Error{ErrorCode::cancelled, "the runtime is shut down", 0, {}}
                                      : Error{ErrorCode::unknown, "the runtime did not answer", 0, {}});
              proceed();
            });
}

void ImportState::answered(std::uint64_t number, Result<Receipt> result) {
  const auto flight = std::lower_bound(flights_.begin(), flights_.end(), number,
                                       [](const Flight& each, std::uint64_t wanted) { return each.number < wanted; });
  if (flight == flights_.end() || flight->number != number) return;
  if (!result) {
    const Error& error = result.error();
    const bool slow = error.code == ErrorCode::busy || error.code == ErrorCode::timeout;
    if (error.code == ErrorCode::overloaded || (slow && flight->slow_attempts < slow_attempts_max)) {
      flight->slow_attempts += slow ? 1 : 0;
      if (flight->state != Flight::State::refused) ++refused_;
      flight->state = Flight::State::refused;
      hint_ = std::max(hint_, error.retry_after);
      return;
    }
    if (error.code == ErrorCode::cancelled) {  // the runtime is going: nothing further would be taken
      held_.reset();
      end_source();
    }
    failed(flight->observation, error);
  } else {
    acknowledged(flight->observation, *result);
  }
  load_.triples -= flight->load.triples;
  load_.bytes -= flight->load.bytes;
  if (flight->state == Flight::State::refused) --refused_;
  flights_.erase(flight);
}

void ImportState::send_again() {
  resend_sent_ = false;
  hint_ = std::chrono::milliseconds{0};
  if (flights_.empty() || !refused_only() || board_->stop_asked()) return proceed();
  ++round_;
  refused_ = 0;
  submit_from(0);
}

void ImportState::acknowledged(const Observation& observation, const Receipt& receipt) {
  const auto created = static_cast<std::uint64_t>(std::count_if(
      receipt.entities.begin(), receipt.entities.end(), [](const ReceiptEntity& entity) { return entity.created; }));
  board_->update([&](ImportReport& report) {
    ++report.acknowledged;
    report.replayed += receipt.replayed ? 1 : 0;
    report.triples += observation.triples.size();
    report.created += created;
    report.existed += receipt.entities.size() - created;
  });
  if (options_.on_receipt) options_.on_receipt(observation, receipt);
}

void ImportState::failed(const Observation& observation, const Error& error) {
  board_->update([](ImportReport& report) { ++report.failed; });
  note_error(observation.position, error);
}

void ImportState::note_error(const std::string& place, const Error& error) {
  board_->update([&](ImportReport& report) {
    if (report.errors.size() < errors_max) report.errors.push_back({place, error});
  });
}

caf::behavior import_behavior(ImportPointer self, const actors::IntakeActor& intake,
                              const actors::SessionOpened& session, const ImportOptions& options,
                              const std::shared_ptr<std::unique_ptr<Source>>& source,
                              const std::shared_ptr<ImportBoard>& board) {
  self->set_default_handler(caf::drop);
  self->set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::exit_reason::unhandled_exception; });
  self->state.start(intake, session, options, std::move(*source), board);
  self->state.proceed();
  return {
      [self](actors::step_atom) { self->state.pull(); },
      [self](actors::flush_atom) { self->state.send_again(); },
      [self](actors::stop_atom) { self->state.proceed(); },
  };
}

}  // namespace

void ImportBoard::finish() {
  {
    const std::lock_guard guard{mutex_};
    report_.finished = true;
  }
  finished_.notify_all();
}

ImportReport ImportBoard::report() const {
  const std::lock_guard guard{mutex_};
  return report_;
}

ImportReport ImportBoard::wait() {
  std::unique_lock lock{mutex_};
  finished_.wait(lock, [&] { return report_.finished; });
  return report_;
}

bool ImportBoard::wait_for(std::chrono::milliseconds at_most) {
  std::unique_lock lock{mutex_};
  return finished_.wait_for(lock, at_most, [&] { return report_.finished; });
}

caf::actor spawn_import_agent(caf::actor_system& system, const actors::IntakeActor& intake,
                              const actors::SessionOpened& session, ImportOptions options,
                              std::unique_ptr<Source> source, std::shared_ptr<ImportBoard> board) {
  // CAF copies what it hands to a behaviour function: the source travels in a box.
  auto box = std::make_shared<std::unique_ptr<Source>>(std::move(source));
  return system.spawn<caf::detached>(import_behavior, intake, session, std::move(options), std::move(box),
                                     std::move(board));
}

}  // namespace commonbook::agents
