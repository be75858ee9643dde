// All variants by name.
#include "variants/find_or_create.hpp"
#include "variants/naive.hpp"
#include "variants/pair.hpp"

namespace commonbook::sim {
namespace {

using explorer::FindOrCreateVariant;
using explorer::NaiveDesign;
using explorer::NaiveVariant;
using explorer::PairDesign;
using explorer::PairVariant;
using explorer::Work;

struct Entry {
  VariantInfo info;
  std::unique_ptr<Variant> (*make)(std::size_t processes, std::size_t threads_each);
};

template <NaiveDesign::Lock lock, NaiveDesign::Begin begin, bool unique>
std::unique_ptr<Variant> make_naive(std::size_t processes, std::size_t threads_each) {
  return std::make_unique<NaiveVariant>(NaiveDesign{lock, begin, unique}, processes, threads_each);
}

template <bool has_turnstile>
std::unique_ptr<Variant> make_find_or_create(std::size_t processes, std::size_t threads_each) {
  return std::make_unique<FindOrCreateVariant>(has_turnstile, processes, threads_each);
}

template <Work many, Work last, int slices_before = 0, bool purges = false, bool has_turnstile = true>
std::unique_ptr<Variant> make_pair(std::size_t processes, std::size_t threads_each) {
  return std::make_unique<PairVariant>(PairDesign{many, last, slices_before, purges, has_turnstile}, processes,
                                       threads_each);
}

const std::vector<Entry>& entries() {
  using Lock = NaiveDesign::Lock;
  using Begin = NaiveDesign::Begin;
  static const std::vector<Entry> all{
      {{"immediate", "find or create in SQL: process lock, BEGIN IMMEDIATE, UNIQUE"},
       &make_naive<Lock::before_begin, Begin::immediate, true>},
      {{"immediate-without-lock-or-unique", "BEGIN IMMEDIATE alone is enough for one entity a key"},
       &make_naive<Lock::none, Begin::immediate, false>},
      {{"autocommit-with-fallback",
        "each statement for itself: UNIQUE refuses the second insert, its winner is looked up"},
       &make_naive<Lock::before_begin, Begin::autocommit, true>},
      {{"autocommit-without-unique", "each statement for itself and no UNIQUE: two processes store two entities", true},
       &make_naive<Lock::before_begin, Begin::autocommit, false>},
      {{"deferred-retry", "a read transaction turned into a writing one: refused at once, and tried again as a whole"},
       &make_naive<Lock::before_begin, Begin::deferred, true>},
      {{"lock-after-begin", "process lock and writer lock in both orders: each thread waits for the other", true},
       &make_naive<Lock::after_begin_in_odd_threads, Begin::immediate, true>},
      {{"find-or-create", "our find-or-create: one entity, and one caller told that it was created"},
       &make_find_or_create<true>},
      {{"find-or-create-without-turnstile", "the same with SQLite's lock alone between the processes"},
       &make_find_or_create<false>},
      {{"commit-commit", "observations that name the same new entity"}, &make_pair<Work::store, Work::store>},
      {{"commit-compaction-begin", "a commit while a compaction pass takes its lease"},
       &make_pair<Work::store, Work::compact>},
      {{"commit-compaction", "a commit against the slice that copies the tail into the sorted part"},
       &make_pair<Work::store, Work::compact, 1>},
      {{"commit-compaction-mirror", "a commit against the slice that fills the mirror"},
       &make_pair<Work::store, Work::compact, 2>},
      {{"commit-compaction-deletes", "a commit against the slice that empties the tail and moves the watermark"},
       &make_pair<Work::store, Work::compact, 3>},
      {{"commit-purge", "a commit against a slice that purges what was forgotten"},
       &make_pair<Work::store, Work::compact, 1, true>},
      {{"commit-checkpoint", "a commit against a checkpoint that restarts the log"},
       &make_pair<Work::store, Work::checkpoint>},
      {{"commit-commit-without-turnstile", "the same new entity with SQLite's lock alone between the processes"},
       &make_pair<Work::store, Work::store, 0, false, false>},
      {{"commit-checkpoint-without-turnstile", "a commit and a checkpoint with SQLite's lock alone between them"},
       &make_pair<Work::store, Work::checkpoint, 0, false, false>},
      {{"commit-forget", "a commit against the retraction of an observation"}, &make_pair<Work::store, Work::retract>},
      {{"read-commit", "an answer shows its snapshot's commits and no others"}, &make_pair<Work::store, Work::answer>},
      {{"read-compaction", "an answer while the tail is copied: nothing twice"},
       &make_pair<Work::answer, Work::compact, 1>},
      {{"read-compaction-deletes", "an answer while the tail is emptied: nothing lost"},
       &make_pair<Work::answer, Work::compact, 3>},
      {{"read-checkpoint", "an answer while the log is emptied"}, &make_pair<Work::answer, Work::checkpoint>},
      {{"read-forget", "an answer tells nothing that was forgotten before it began"},
       &make_pair<Work::answer, Work::retract>},
  };
  return all;
}

}  // namespace

const std::vector<VariantInfo>& variants() {
  static const std::vector<VariantInfo> infos = [] {
    std::vector<VariantInfo> made;
    for (const Entry& entry : entries()) made.push_back(entry.info);
    return made;
  }();
  return infos;
}

Result<std::unique_ptr<Variant>> make_variant(const std::string& name, std::size_t processes,
                                              std::size_t threads_each) {
  if (processes == 0 || threads_each == 0 || processes * threads_each > 16) {
    return Error{ErrorCode::invalid_argument, "a variant has 1 to 16 threads, in processes of at least one", 0, {}};
  }
  std::string known;
  for (const Entry& entry : entries()) {
    if (entry.info.name == name) return entry.make(processes, threads_each);
    known += (known.empty() ? "" : ", ") + entry.info.name;
  }
  return Error{ErrorCode::not_found, "there is no variant " + name + "; known are: " + known, 0, {}};
}

}  // namespace commonbook::sim
