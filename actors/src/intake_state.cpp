#include "intake.hpp"

#include "caf_support.hpp"
#include "commonbook/model/sometimes.hpp"
#include "commonbook/model/yield_point.hpp"

#include <algorithm>
#include <utility>

namespace commonbook::actors {

namespace {
Error outcome_unknown(std::string why) {
  return {ErrorCode::unknown, std::move(why) + "; send it again with the same operation id", 0, {}};
}
}  // namespace

IntakeState::~IntakeState() {
  if (closing_) closing_->deliver(CloseReport{});
}

void IntakeState::start(const IntakeOptions& options) {
  options_ = options;
  credits_.emplace(options.limits);
  storages_.resize(options.limits.storage_actors);
  readers_.resize(options.reader_actors);
  reader_load_.resize(options.reader_actors, 0);
  session_names_.seed(options.session_seed);
}

template <class Atom>
void IntakeState::send_later(std::chrono::milliseconds delay, Atom message) const {
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(self_), delay, message);
}

std::string IntakeState::new_session_name() {
  std::random_device system_random;
  std::string digits;
  for (int part = 0; part < 4; ++part) {
    const std::uint64_t bits = options_.session_seed != 0 ? session_names_() >> 32 : system_random();
    for (int digit = 28; digit >= 0; digit -= 4) digits += "0123456789abcdef"[(bits >> digit) & 15];
  }
  return digits;
}

SessionReply IntakeState::open_session(const std::string& agent) {
  if (closed_) return Result<SessionOpened>{*closed_};
  if (agent.empty() || agent.size() > 256)
    return Result<SessionOpened>{Error{ErrorCode::invalid_argument, "an agent's name has 1 to 256 bytes", 0, {}}};
  sessions_.push_back({agent, new_session_name(), credits_->agent(agent), 0, 0});
  return Result<SessionOpened>{SessionOpened{sessions_.size(), agent, sessions_.back().name,
                                             options_.limits.window_triples, options_.deadline}};
}

IntakeState::Session* IntakeState::find_session(std::uint64_t id) {
  return id == 0 || id > sessions_.size() ? nullptr : &sessions_[id - 1];
}

std::optional<Error> IntakeState::refusal(Session* session, std::optional<std::uint64_t> round) const {
  if (closed_) return closed_;
  if (session == nullptr) return Error{ErrorCode::invalid_argument, "no session has this id: open one first", 0, {}};
  if (round && *round < session->round)
    return Error{ErrorCode::overloaded, "an earlier observation of this session was refused: send that one first", 0,
                 std::chrono::milliseconds{1}};
  return std::nullopt;
}

const IntakeState::OpenObservations::value_type* IntakeState::admit(std::uint64_t session_id,
                                                                    std::optional<std::uint64_t> round,
                                                                    Observation&& observation, Asker<Receipt> asker) {
  ++counters_.submitted;
  Session* session = find_session(session_id);
  if (auto refused = refusal(session, round)) {
    ++counters_.rejected;
    asker.answer(std::move(*refused));
    return nullptr;
  }
  const auto credit = credits_->take(session->agent_index, observation);
  if (!credit) {
    if (credit.error().code == ErrorCode::overloaded) sometimes("queue_full");
    if (round && credit.error().code == ErrorCode::overloaded) session->round = *round + 1;
    ++counters_.rejected;
    asker.answer(credit.error());
    return nullptr;
  }
  const auto now = self_->clock().now();
  const std::size_t triples = observation.triples.size();
  auto box = std::make_shared<ObservationBox>();
  box->observation = std::move(observation);
  box->observation.agent = session->agent;
  box->observation.session = session->name;
  box->observation.sequence = ++session->sequence;
  ++counters_.in_flight;
  const auto entry = open_.emplace_hint(open_.end(), ++last_key_, OpenObservation{std::move(asker), *credit, triples, now,
                                                                                  now + options_.deadline,
                                                                                  std::move(box)});
  queue_depth_max_ = std::max<std::uint64_t>(queue_depth_max_, credits_->queue_depth(credit->storage));
  arm_tick();
  return &*entry;
}

void IntakeState::observe(std::uint64_t session_id, std::optional<std::uint64_t> round, Observation&& observation,
                          Asker<Receipt> asker) {
  if (const auto* open = admit(session_id, round, std::move(observation), std::move(asker)))
    send_store(open->first, open->second);
}

void IntakeState::observe_all(std::uint64_t session_id, std::uint64_t round, std::vector<Observation>&& observations,
                              AskerGroup<Receipt>::Promise promise) {
  if (observations.empty()) {
    promise.deliver(std::vector<ReceiptReply>{});
    return;
  }
  const auto group = std::make_shared<AskerGroup<Receipt>>(std::move(promise), observations.size());
  const bool too_many = observations.size() > observations_in_message_max;
  StoreTasks accepted;
  std::size_t storage = 0;  // one session has one
  for (std::size_t place = 0; place < observations.size(); ++place) {
    if (too_many) {
      ++counters_.submitted;
      ++counters_.rejected;
      const Error error{ErrorCode::too_large, "a message carries at most 32 observations: send several", 0, {}};
      group->answer(place, Result<Receipt>{error});
      continue;
    }
    const auto* open = admit(session_id, round, std::move(observations[place]), Asker<Receipt>{group, place});
    if (open == nullptr) continue;
    accepted.tasks.push_back({open->first, open->second.deadline, open->second.box});
    storage = open->second.credit.storage;
  }
  if (!accepted.tasks.empty() && storages_[storage])
    caf::anon_send(storages_[storage], store_atom_v, std::move(accepted));
}

void IntakeState::send_store(std::uint64_t key, const OpenObservation& open) const {
  // Without a storage actor the observation just stays open: the next one gets all of them.
  if (const caf::actor& storage = storages_[open.credit.storage])
    caf::anon_send(storage, store_atom_v, StoreTask{key, open.deadline, open.box});
}

void IntakeState::ask(std::uint64_t session_id, QueryPlan&& plan, Asker<Answer> asker) {
  if (auto refused = refusal(find_session(session_id), std::nullopt)) return asker.answer(std::move(*refused));
  const auto least = std::min_element(reader_load_.begin(), reader_load_.end());
  if (least == reader_load_.end())
    return asker.answer(Error{ErrorCode::not_supported, "this runtime has no reader actor", 0, {}});
  if (*least >= questions_per_reader_max)
    return asker.answer(Error{ErrorCode::overloaded, "too many questions are waiting: try again later", 0,
                              std::chrono::milliseconds{50}});
  ++*least;
  ++questions_total_;
  const auto now = self_->clock().now();
  const auto entry = questions_.emplace_hint(
      questions_.end(), ++last_key_,
      OpenQuestion{std::move(asker), static_cast<std::size_t>(least - reader_load_.begin()), now,
                   now + options_.deadline, std::make_shared<const QueryPlan>(std::move(plan))});
  send_ask(entry->first, entry->second);
  arm_tick();
}

void IntakeState::send_ask(std::uint64_t key, const OpenQuestion& open) const {
  if (const caf::actor& reader = readers_[open.reader])
    caf::anon_send(reader, ask_atom_v, AskTask{key, open.deadline, open.plan});
}

void IntakeState::stored(std::size_t storage, StoredBatch& batch) {
  credits_->give_back_queue(storage, batch.replies.size());
  for (auto& [key, reply] : batch.replies)
    if (const auto open = open_.find(key); open != open_.end()) finish(open, reply.take());
  report_if_closed();
}

void IntakeState::answered(std::size_t reader, AnsweredTask& task) {
  if (reader_load_[reader] > 0) --reader_load_[reader];
  if (const auto open = questions_.find(task.key); open != questions_.end()) finish(open, task.reply.take());
  report_if_closed();
}

IntakeState::OpenObservations::iterator IntakeState::finish(OpenObservations::iterator open, Result<Receipt> result) {
  OpenObservation& entry = open->second;
  credits_->give_back_window(entry.credit);
  count(result, entry.triples);
  if (result) {
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(self_->clock().now() - entry.accepted);
    acknowledge_.add(took);
    credits_->note_acknowledge_time(took);
  }
  entry.asker.answer(std::move(result));
  return open_.erase(open);
}

IntakeState::OpenQuestions::iterator IntakeState::finish(OpenQuestions::iterator open, Result<Answer> result) {
  if (result)
    answer_.add(std::chrono::duration_cast<std::chrono::microseconds>(self_->clock().now() - open->second.accepted));
  open->second.asker.answer(std::move(result));
  return questions_.erase(open);
}

void IntakeState::count(const Result<Receipt>& result, std::size_t triples) {
  --counters_.in_flight;
  if (result) {
    if (!fault("P6")) ++counters_.acknowledged;
    counters_.replayed += (*result).replayed ? 1 : 0;
    counters_.triples += triples;
    const auto created = static_cast<std::uint64_t>(
        std::count_if((*result).entities.begin(), (*result).entities.end(), [](const auto& each) { return each.created; }));
    counters_.created += created;
    counters_.existed += (*result).entities.size() - created;
  } else if (result.error().code == ErrorCode::cancelled) {
    ++counters_.cancelled;
  } else if (result.error().code == ErrorCode::unknown) {
    ++counters_.unknown;
  } else {
    ++counters_.failed;
  }
}

void IntakeState::new_worker(const WorkerId& id, const caf::actor& worker) {
  if (id.kind == WorkerKind::storage) {
    if (storages_[id.index]) sometimes("storage_actor_restarted");
    storages_[id.index] = worker;
    if (fault("mutant.reply_dropped_on_exception")) return;
    std::size_t sent = 0;
    for (const auto& [key, open] : open_)
      if (open.credit.storage == id.index) {
        send_store(key, open);
        ++sent;
      }
    if (sent > 0) sometimes("request_to_dead_actor");
    credits_->reset_queue(id.index, sent);
  } else if (id.kind == WorkerKind::reader) {
    readers_[id.index] = worker;
    reader_load_[id.index] = 0;
    for (const auto& [key, open] : questions_)
      if (open.reader == id.index) {
        send_ask(key, open);
        ++reader_load_[id.index];
      }
  }
}

void IntakeState::fail(const Error& cause) {
  // Of what comes from now on the outcome is known: it is not stored.
  const ErrorCode code = cause.code == ErrorCode::unknown ? ErrorCode::io : cause.code;
  closed_ = Error{code, "the runtime stopped: " + cause.message, cause.sqlite_code, {}};
  for (auto open = open_.begin(); open != open_.end();)
    open = finish(open, Result<Receipt>{Error{ErrorCode::unknown, "the runtime stopped before the outcome was known: " +
                                              cause.message, cause.sqlite_code, {}}});
  for (auto open = questions_.begin(); open != questions_.end();) open = finish(open, Result<Answer>{*closed_});
  report_if_closed();
}

IntakeSample IntakeState::sample() const {
  return {counters_, acknowledge_.figures(), answer_.figures(), queue_depth_max_, questions_total_};
}

void IntakeState::close(std::chrono::milliseconds drain, caf::typed_response_promise<CloseReport> promise) {
  if (!closed_) closed_ = Error{ErrorCode::cancelled, "the runtime is shutting down; nothing was stored", 0, {}};
  if (closing_) {
    promise.deliver(CloseReport{});
    return;
  }
  closing_ = std::move(promise);
  before_close_ = {counters_.cancelled, counters_.unknown};
  send_later(drain, abandon_atom_v);
  report_if_closed();
}

void IntakeState::report_if_closed() {
  if (!closing_ || !open_.empty() || !questions_.empty()) return;
  closing_->deliver(
      CloseReport{counters_.cancelled - before_close_.cancelled, counters_.unknown - before_close_.unknown});
  closing_.reset();
}

void IntakeState::abandon() {
  if (!closing_) return;
  for (const auto* workers : {&storages_, &readers_})
    for (const caf::actor& worker : *workers)
      if (worker) caf::anon_send<caf::message_priority::high>(worker, abandon_atom_v);
  send_later(settle_time, settle_atom_v);
}

void IntakeState::settle() {
  for (auto open = open_.begin(); open != open_.end();)
    open = finish(open, Result<Receipt>{outcome_unknown("the runtime shut down before the outcome was known")});
  for (auto open = questions_.begin(); open != questions_.end();)
    open = finish(open, Result<Answer>{Error{ErrorCode::cancelled, "the runtime is shutting down", 0, {}}});
  report_if_closed();
}

void IntakeState::tick() {
  tick_armed_ = false;
  if (!fault("P5")) expire();
  report_if_closed();
  arm_tick();
}

void IntakeState::expire() {
  const auto latest = self_->clock().now() - answer_grace;
  for (auto open = open_.begin(); open != open_.end() && open->second.deadline <= latest;)
    open = finish(open, Result<Receipt>{outcome_unknown("the deadline passed before the outcome was known")});
  for (auto open = questions_.begin(); open != questions_.end() && open->second.deadline <= latest;)
    open = finish(open, Result<Answer>{Error{ErrorCode::timeout, "the deadline passed before the answer was read", 0, {}}});
}

void IntakeState::arm_tick() {
  if (tick_armed_ || (open_.empty() && questions_.empty())) return;
  tick_armed_ = true;
  send_later(tick_period, tick_atom_v);
}

}  // namespace commonbook::actors
