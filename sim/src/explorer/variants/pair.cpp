#include "variants/pair.hpp"

#include "commonbook/model/yield_point.hpp"
#include "commonbook/storage/care.hpp"
#include "storage_steps.hpp"

#include <algorithm>
#include <set>

namespace commonbook::sim::explorer {
namespace {

constexpr const char* known_entity = "Acme";
constexpr const char* new_entity = "Newco";
constexpr const char* forgotten_note = "note of the first";
constexpr int steps_of_a_pass_max = 64;

Triple note(std::string text) {
  return {named(known_entity), "note", Literal{LiteralType::text, std::move(text)}, Cardinality::many};
}

Observation observation_of(const std::string& who, std::vector<Triple> triples) {
  Observation observation;
  observation.agent = who;
  observation.session = "session of " + who;
  observation.sequence = 1;
  observation.operation_id = "operation of " + who;
  observation.want_novelty = true;
  observation.triples = std::move(triples);
  Document document;
  document.id = "<document of " + who + ">";
  document.title = "Harbour";
  document.text = "What " + who + " heard at the harbour";
  document.hash = content_hash(document.text);
  observation.document = std::move(document);
  return observation;
}

// What is in the book before. The first observation is the one that is forgotten.
std::vector<Observation> first_observations() {
  std::vector<Observation> first;
  first.push_back(observation_of(
      "the first", {note(forgotten_note), {named(known_entity), "employs", named("Ada"), Cardinality::many}}));
  first.push_back(observation_of(
      "the second", {note("note of the second"), {named(known_entity), "employs", named("Ada"), Cardinality::many}}));
  return first;
}

std::string note_of(std::size_t thread) { return "note of thread " + std::to_string(thread); }

// Its second triple is in the book already, its third names an entity that is new to all.
Observation observation_of_thread(std::size_t thread) {
  return observation_of("thread " + std::to_string(thread),
                        {note(note_of(thread)),
                         {named(known_entity), "employs", named("Ada"), Cardinality::many},
                         {named(new_entity), "partner of", named(known_entity), Cardinality::many}});
}

QueryPlan question() {
  QueryPlan plan;
  plan.names = {known_entity};
  plan.walk_depth = 0;
  return plan;
}

std::string who(std::size_t thread) { return "thread " + std::to_string(thread); }

template <class T>
std::string missing(std::size_t thread, const std::optional<Result<T>>& result) {
  if (!result) return who(thread) + " got no answer";
  return *result ? "" : who(thread) + " got " + to_string(result->error());
}

}  // namespace

Result<void> PairVariant::prepare(const std::filesystem::path& folder) {
  if (!stage_.has_template(folder)) {
    auto made = stage_.make_template(folder, [this](const storage::Book& book) -> Result<void> {
      auto writer = storage::Writer::open(book, stage_.deadline());
      if (!writer) return writer.error();
      for (const Observation& observation : first_observations()) {
        const auto stored = writer->store({&observation, 1}, stage_.deadline());
        if (!stored.front()) return stored.front().error();
        commit_before_ = stored.front()->commit_seq;
      }
      if (!design_.purges) return {};
      const std::int64_t first = 1;
      const auto retracted = writer->retract({&first, 1}, stage_.deadline());
      if (!retracted) return retracted.error();
      return {};
    });
    if (!made) return made;
    if (auto learned = learn_expected_digest(); !learned) return learned;
  }
  return open_all();
}

Result<void> PairVariant::open_all() {
  inspector_.reset();
  for (Worker& worker : workers_) worker = {};
  if (auto opened = stage_.open_copy(); !opened) return opened;
  for (std::size_t thread = 0; thread < threads(); ++thread) {
    if (auto opened = open_worker(thread); !opened) return opened;
  }
  if (has(Work::checkpoint)) {
    // So that the log has something in it that can be copied; without, a checkpoint does not go all the way.
    auto writer = storage::Writer::open(stage_.book(0), stage_.deadline());
    if (!writer) return writer.error();
    if (auto flushed = writer->flush(stage_.deadline()); !flushed) return flushed;
  }
  auto inspector = storage::Reader::open(stage_.book(0), stage_.deadline());
  if (!inspector) return inspector.error();
  inspector_.emplace(std::move(*inspector));
  return {};
}

Result<void> PairVariant::open_worker(std::size_t thread) {
  Worker& worker = workers_[thread];
  const auto keep = [](auto& place, auto opened) -> Result<void> {
    if (!opened) return opened.error();
    place.emplace(std::move(*opened));
    return {};
  };
  const auto deadline = stage_.deadline();
  switch (work_of(thread)) {
    case Work::store:
    case Work::retract: return keep(worker.writer, storage::Writer::open(book_of(thread), deadline));
    case Work::checkpoint: return keep(worker.checkpointer, storage::Checkpointer::open(book_of(thread), deadline));
    case Work::answer: return keep(worker.reader, storage::Reader::open(book_of(thread), deadline));
    case Work::compact: break;
  }
  auto opened = keep(worker.compactor, storage::Compactor::open(book_of(thread), who(thread), deadline));
  for (int slice = 0; opened && slice < design_.slices_before; ++slice) {
    if (const auto step = worker.compactor->step(true, deadline); !step) return step.error();
  }
  return opened;
}

// One after another is the order that needs no proof: every schedule must end in what it ends in (P11).
Result<void> PairVariant::learn_expected_digest() {
  if (auto opened = open_all(); !opened) return opened;
  for (std::size_t thread = 0; thread < threads(); ++thread) run(thread);
  if (auto wrong = check_answers(); !wrong.empty()) {
    return Error{ErrorCode::internal, "the work fails also without any concurrency: " + wrong, 0, {}};
  }
  if (auto finished = finish_passes(); !finished) return finished;
  const auto digest = inspector_->content_digest(stage_.deadline());
  if (!digest) return digest.error();
  expected_content_ = *digest;
  return {};
}

void PairVariant::run(std::size_t thread) {
  Worker& worker = workers_[thread];
  const auto deadline = stage_.deadline();
  switch (work_of(thread)) {
    case Work::store: {
      yield_point("begin.store");
      const Observation observation = observation_of_thread(thread);
      worker.receipt = worker.writer->store({&observation, 1}, deadline).front();
      break;
    }
    case Work::compact:
      yield_point("begin.compaction_slice");
      worker.slice = worker.compactor->step(true, deadline);
      break;
    case Work::checkpoint:
      yield_point("begin.checkpoint");
      worker.checkpoint = worker.checkpointer->run(deadline);
      break;
    case Work::retract: {
      yield_point("begin.retract");
      const std::int64_t first = 1;
      worker.retracted = worker.writer->retract({&first, 1}, deadline);
      break;
    }
    case Work::answer:
      yield_point("begin.answer");
      worker.told_before = commit_before_;
      for (const Worker& other : workers_) {
        if (other.receipt && *other.receipt) {
          worker.told_before = std::max(worker.told_before, (*other.receipt)->commit_seq);
        }
        worker.was_forgotten_before = worker.was_forgotten_before || (other.retracted && *other.retracted);
      }
      worker.answer = worker.reader->answer(question(), deadline);
      break;
  }
}

Result<void> PairVariant::finish_passes() {
  for (Worker& worker : workers_) {
    if (!worker.compactor) continue;
    for (int count = 0; count < steps_of_a_pass_max; ++count) {
      const auto step = worker.compactor->step(true, stage_.deadline());
      if (!step) return step.error();
      if (step->outcome == storage::CompactionOutcome::idle) return {};
    }
    return Error{ErrorCode::internal, "compaction comes to no end", 0, {}};
  }
  return {};
}

std::string PairVariant::check() {
  if (auto wrong = check_answers(); !wrong.empty()) return wrong;
  if (auto wrong = check_receipts(); !wrong.empty()) return wrong;
  for (const Worker& worker : workers_) {
    if (!worker.answer) continue;
    if (auto wrong = check_facts(worker); !wrong.empty()) return wrong;
  }
  if (auto wrong = check_file(); !wrong.empty()) return wrong;
  if (!has(Work::compact)) return {};
  if (auto finished = finish_passes(); !finished) return "after it, compaction: " + to_string(finished.error());
  return check_file();
}

// Everybody got an answer, and it was no error.
std::string PairVariant::check_answers() const {
  for (std::size_t thread = 0; thread < workers_.size(); ++thread) {
    const Worker& worker = workers_[thread];
    std::string wrong;
    switch (work_of(thread)) {
      case Work::store: wrong = missing(thread, worker.receipt); break;
      case Work::compact: wrong = missing(thread, worker.slice); break;
      case Work::checkpoint: wrong = missing(thread, worker.checkpoint); break;
      case Work::answer: wrong = missing(thread, worker.answer); break;
      case Work::retract:
        wrong = missing(thread, worker.retracted);
        if (wrong.empty() && **worker.retracted != 1) wrong = who(thread) + " marked nothing";
        break;
    }
    if (!wrong.empty()) return wrong;
  }
  return {};
}

std::string PairVariant::check_receipts() const {
  std::set<std::uint64_t> commits;
  std::set<std::int64_t> ids_of_new;
  std::size_t receipts = 0;
  std::size_t creators = 0;
  for (const Worker& worker : workers_) {
    if (!worker.receipt) continue;
    const Receipt& receipt = **worker.receipt;
    ++receipts;
    if (receipt.replayed) return "a receipt says replayed for what was stored once";
    if (receipt.entities.size() != 3) return "a receipt names another number of entities than three";
    if (receipt.novel.size() != 3 || !receipt.novel[0] || receipt.novel[1]) return "a receipt is wrong about novelty";
    commits.insert(receipt.commit_seq);
    ids_of_new.insert(receipt.entities[2].id);
    if (receipt.entities[0].created || receipt.entities[1].created) return "a known entity was told to be created";
    if (receipt.entities[2].created) ++creators;
  }
  if (receipts == 0) return {};
  if (commits.size() != receipts) return "two receipts name one commit";
  if (ids_of_new.size() != 1) return "two ids were given out for one key";
  return creators == 1 ? "" : std::to_string(creators) + " callers were told `created`";
}

// The answer holds what was committed up to its snapshot and nothing else, each once (P8).
std::string PairVariant::check_facts(const Worker& reader) const {
  const Answer& answer = **reader.answer;
  if (answer.commit_seq < reader.told_before) return "an answer does not see what was told to be committed";
  std::multiset<std::string> expected{"note of the second"};
  for (std::size_t thread = 0; thread < workers_.size(); ++thread) {
    const auto& receipt = workers_[thread].receipt;
    if (receipt && (*receipt)->commit_seq <= answer.commit_seq) expected.insert(note_of(thread));
  }
  std::multiset<std::string> found;
  bool has_forgotten = false;
  for (const Fact& fact : answer.facts) {
    if (fact.predicate != "note") continue;
    if (fact.evidence_count != 1) return "an answer counts one row twice";
    const std::string& text = std::get<Literal>(fact.object).text;
    if (text == forgotten_note) {
      has_forgotten = true;
    } else {
      found.insert(text);
    }
  }
  if (has_forgotten && (reader.was_forgotten_before || design_.purges)) return "an answer tells what was forgotten";
  if (!has_forgotten && !has(Work::retract) && !design_.purges) return "an answer lacks what nobody forgot";
  if (found == expected) return {};
  return "an answer from commit " + std::to_string(answer.commit_seq) + " has " + std::to_string(found.size()) +
         " notes, not the " + std::to_string(expected.size()) + " that were committed by then";
}

std::string PairVariant::check_file() {
  const auto report = storage::verify(stage_.book(0), stage_.deadline());
  if (!report) return to_string(report.error());
  for (const storage::Check& check : report->checks) {
    if (!check.ok) return "verify: " + check.id + ": " + check.detail;
  }
  const auto digest = inspector_->content_digest(stage_.deadline());
  if (!digest) return to_string(digest.error());
  return *digest == expected_content_ ? "" : "the book says something else than after the same work in sequence";
}

std::string PairVariant::outcome() {
  std::string text;
  for (const Worker& worker : workers_) {
    if (worker.receipt && *worker.receipt) {
      text += " commit " + std::to_string((*worker.receipt)->commit_seq - commit_before_);
      if ((*worker.receipt)->entities.back().created) text += " created";
    }
    if (worker.slice && *worker.slice) text += " slice " + std::to_string(static_cast<int>((*worker.slice)->outcome));
    if (worker.checkpoint && *worker.checkpoint) {
      text += (*worker.checkpoint)->frames_copied < (*worker.checkpoint)->frames_total ? " copied some" : " copied all";
    }
    if (worker.retracted && *worker.retracted) text += " forgot";
    if (worker.answer && *worker.answer) text += " facts " + std::to_string((*worker.answer)->facts.size());
  }
  return text;
}

Touched PairVariant::touched(std::size_t thread, std::string_view step) const {
  return touched_by(step, thread / threads_each_);
}

}  // namespace commonbook::sim::explorer
