#include "book_record.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/listing.hpp"
#include "commonbook/storage/normalise.hpp"
#include "commonbook/storage/writer.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace commonbook::sim::crash {

namespace {

constexpr std::size_t replays_at_once = 6;

Clock::SteadyPoint soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{30}; }

std::uint32_t agent_of_slot(std::size_t slot) {
  return slot == keeper_slot ? keeper_agent : static_cast<std::uint32_t>(slot);
}

}  // namespace

std::pair<std::uint64_t, std::uint64_t> BookRecord::absorb(const CrashBoard& board, std::uint32_t processes) {
  std::uint64_t asked = 0;
  std::uint64_t acknowledged = 0;
  for (std::uint32_t process = 0; process < processes; ++process)
    for (std::size_t slot = 0; slot < agents_of_a_process; ++slot)
      for (std::uint32_t number = 1; number <= calls_max; ++number) {
        const LoggedCall& logged = board.processes[process].calls[slot][number - 1];
        const CallState state = logged.state.load();
        if (state == CallState::none) break;
        ++asked;
        acknowledged += state == CallState::acknowledged ? 1 : 0;
        absorb_call(logged, {board.orders.round, process, agent_of_slot(slot), number});
      }
  return {asked, acknowledged};
}

void BookRecord::absorb_call(const LoggedCall& logged, const ItemId& item) {
  const CallState state = logged.state.load();
  const bool acknowledged = state == CallState::acknowledged;
  if (logged.kind == CallKind::retract) {
    Call& kept = calls_[{item.round, item.process, item.agent, logged.subject}];
    kept.retract_asked = true;
    kept.retracted = acknowledged;
    return;
  }
  if (logged.kind == CallKind::find_or_create) {
    const auto name = storage::normalise_name("Name " + std::to_string(logged.subject));
    if (acknowledged && name) absorb_receipt(logged, {Key{Scheme::name, *name, {}}});
    return;
  }
  Call& call = calls_[item];
  call.fate = acknowledged ? Fate::stored : state == CallState::refused ? Fate::refused : Fate::open;
  call.acknowledged = acknowledged;
  if (!acknowledged) return;
  call.commit_seq = logged.commit_seq;
  call.ack_class = logged.ack_class;
  call.created = logged.created;
  call.entities.assign(logged.entities.begin(), logged.entities.begin() + logged.entity_count);
  absorb_receipt(logged, keys_of(make_item(seed_, item, 0.2)));
}

void BookRecord::absorb_receipt(const LoggedCall& logged, const std::vector<Key>& keys) {
  for (std::size_t at = 0; at < keys.size() && at < logged.entity_count; ++at) {
    KeyState& key = keys_[{keys[at].scheme, keys[at].value}];
    // Two ids for one key show as a creator too many, and as an id that the file does not have.
    if (key.entity != 0 && key.entity != logged.entities[at]) ++key.creators;
    key.entity = logged.entities[at];
    if ((logged.created >> at & 1U) != 0) ++key.creators;
  }
}

CheckCount BookRecord::check(const std::filesystem::path& database, bool is_copy, CrashFindings& findings) {
  CheckCount count;
  ++checks_;
  const SystemClock clock;
  storage::BookOptions options;
  options.path = database;
  options.create = true;  // a process may have died before it made the file
  auto book = storage::Book::open(options, clock, soon());
  if (!book) {
    findings.add("unopened", "after round " + std::to_string(checks_) + ": " + to_string(book.error()));
    return count;
  }
  check_file(*book, findings);
  Listing listing;
  storage::BookVisitor visitor;
  visitor.name = [&](const storage::ListedName& name) { listing.names[std::string{name.value}] = name.entity; };
  visitor.observation = [&](const storage::ListedObservation& found) {
    const auto item = item_at(found.position);
    if (!item) {
      listing.strangers += found.retracted ? 0 : 1;  // purging takes the position away
      return;
    }
    Found& entry = listing.items[*item];
    ++entry.times;
    entry.retracted = found.retracted;
  };
  if (auto listed = storage::list_book(*book, visitor, soon()); !listed) {
    findings.add("unopened", "it can't be listed: " + to_string(listed.error()));
    return count;
  }
  compare(listing, count, findings);
  check_order(findings);
  check_keys(listing, findings);
  replay(*book, is_copy, count, findings);
  return count;
}

void BookRecord::check_file(const storage::Book& book, CrashFindings& findings) const {
  const auto report = storage::verify(book, soon());
  if (!report) {
    findings.add("unopened", "it can't be verified: " + to_string(report.error()));
    return;
  }
  for (const storage::Check& check : report->checks)
    if (!check.ok) findings.add(check.id, check.what + ": " + check.detail);
}

std::string BookRecord::where(const ItemId& item) const { return "observation " + position_of(item); }

void BookRecord::compare(const Listing& listing, CheckCount& count, CrashFindings& findings) {
  if (listing.strangers > 0) findings.add("unasked", "an observation that no process asked for");
  for (auto& [item, call] : calls_) {
    const auto found = listing.items.find(item);
    const bool is_there = found != listing.items.end();
    if (is_there && found->second.times > 1) findings.add("duplicate", where(item) + " stands in the file twice");
    // Retracting what is open in the log was asked for all the same, and its purge takes the position away.
    const bool may_be_gone = call.retract_asked;
    const bool is_retracted = is_there && found->second.retracted;
    switch (call.fate) {
      case Fate::open:
        ++count.open;
        count.open_found += is_there ? 1 : 0;
        call.fate = is_there ? Fate::stored : Fate::absent;
        break;
      case Fate::stored:
        if (!is_there && !may_be_gone)
          findings.add("missing", where(item) + (call.acknowledged ? " was acknowledged" : " had been there"));
        if (is_retracted && !call.retract_asked) findings.add("missing", where(item) + " is retracted, nobody asked");
        if (is_there && !is_retracted && call.retracted)
          findings.add("missing", "the acknowledged retraction of " + where(item));
        break;
      case Fate::absent:
      case Fate::refused:
        if (is_there) findings.add("unasked", where(item) + " was not there, or was refused");
        break;
    }
  }
  for (const auto& [item, found] : listing.items)
    if (calls_.find(item) == calls_.end()) findings.add("unasked", where(item) + " is in no log");
}

// P7: where an observation stands, all that its session had accepted before stands too.
void BookRecord::check_order(CrashFindings& findings) const {
  const ItemId* gap = nullptr;
  for (const auto& [item, call] : calls_) {
    if (gap != nullptr && (gap->round != item.round || gap->process != item.process || gap->agent != item.agent))
      gap = nullptr;
    if (call.fate == Fate::absent) gap = &item;
    if (call.fate == Fate::stored && !call.replayed && gap != nullptr)
      findings.add("hole", where(item) + " is there, but not " + where(*gap) + ", which came before it");
  }
}

void BookRecord::check_keys(const Listing& listing, CrashFindings& findings) const {
  for (const auto& [key, state] : keys_) {
    if (state.creators > 1) findings.add("identity", "two were told that they created " + key.second);
    if (key.first != Scheme::name) continue;
    const auto found = listing.names.find(key.second);
    if (found == listing.names.end()) findings.add("identity", "the key " + key.second + " is gone");
    else if (found->second != state.entity) findings.add("identity", "the key " + key.second + " leads elsewhere");
  }
}

// P2: an operation id sent again gets the first receipt, whoever sends it, also after a crash.
void BookRecord::replay(const storage::Book& book, bool is_copy, CheckCount& count, CrashFindings& findings) {
  auto writer = storage::Writer::open(book, soon());
  if (!writer) {
    findings.add("unopened", "a writer can't be opened: " + to_string(writer.error()));
    return;
  }
  actors::SeededRandom random{actors::derived_seed(seed_, checks_)};
  for (std::size_t tries = 0; tries < 4 * replays_at_once && count.replays < replays_at_once && !calls_.empty(); ++tries) {
    const auto at = std::next(calls_.begin(), static_cast<std::ptrdiff_t>(random.below(calls_.size())));
    const ItemId& item = at->first;
    Call& call = at->second;
    if (call.retract_asked || call.fate == Fate::refused) continue;
    Observation observation = make_item(seed_, item, 0.2);
    if (!observation.operation_id) continue;
    if (call.fate == Fate::absent && is_copy) continue;
    observation.agent = "replay";
    observation.session = "replay-" + std::to_string(checks_);
    observation.sequence = ++count.replays;
    const auto receipts = writer->store({&observation, 1}, soon());
    if (!receipts.front()) {
      findings.add("replay", where(item) + " sent again: " + to_string(receipts.front().error()));
      continue;
    }
    const Receipt& receipt = *receipts.front();
    if (receipt.replayed != (call.fate == Fate::stored)) {
      findings.add("replay", where(item) + (receipt.replayed ? " was there already" : " was stored a second time"));
      continue;
    }
    if (!receipt.replayed) {
      call.fate = Fate::stored;
      call.replayed = true;
    }
    if (!call.acknowledged) continue;
    std::vector<std::int64_t> entities;
    std::uint32_t created = 0;
    for (const ReceiptEntity& entity : receipt.entities) {
      if (entity.created) created |= 1U << entities.size();
      entities.push_back(entity.id);
    }
    if (receipt.commit_seq != call.commit_seq || created != call.created || entities != call.entities ||
        static_cast<std::uint32_t>(receipt.ack_class) != call.ack_class)
      findings.add("replay", where(item) + " sent again got another receipt than the first");
  }
}

}  // namespace commonbook::sim::crash
