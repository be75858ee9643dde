#include "spoiled_history.hpp"

#include <algorithm>
#include <functional>
#include <optional>

namespace commonbook::testing {

using namespace sim;

namespace {

using Records = std::vector<HistoryRecord>;
using Test = std::function<bool(const HistoryRecord&)>;

bool is_ok(const HistoryRecord& record) { return record.status == HistoryStatus::ok; }
bool is_key_operation(const HistoryRecord& record) {
  return record.kind == HistoryKind::find_or_create || record.kind == HistoryKind::look_up;
}
bool has_found(const HistoryRecord& record) { return is_ok(record) && is_key_operation(record) && record.id > 0; }
bool is_ok_store(const HistoryRecord& record) { return is_ok(record) && record.kind == HistoryKind::store; }
bool is_placed_read(const HistoryRecord& record) {
  return is_ok(record) && record.kind == HistoryKind::read && record.id > 0;
}

HistoryRecord* pick(Records& records, Random& random, const Test& fits) {
  std::vector<HistoryRecord*> victims;
  for (HistoryRecord& record : records)
    if (fits(record)) victims.push_back(&record);
  return victims.empty() ? nullptr : victims[random.below(victims.size())];
}

bool any(const Records& records, const Test& fits) { return std::any_of(records.begin(), records.end(), fits); }

bool names(const JudgedHistory& history, const HistoryRecord& store, std::uint64_t key) {
  const auto& keys = history.state.keys_of_item.at(store.key);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Something other than an acknowledged creator that may have written the key.
bool has_other_writer(const JudgedHistory& history, std::uint64_t key) {
  return history.state.keys_before.count(key) != 0 || any(history.records, [&](const HistoryRecord& record) {
           if (record.kind == HistoryKind::store)
             return record.status != HistoryStatus::failed && names(history, record, key);
           return record.kind == HistoryKind::find_or_create && record.key == key &&
                  (record.status == HistoryStatus::open || record.status == HistoryStatus::unknown);
         });
}

bool duplicate_id(JudgedHistory& history, Random& random) {
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return has_found(record) && any(history.records, [&](const HistoryRecord& other) {
             return &other != &record && has_found(other) && other.key == record.key;
           });
  });
  if (victim == nullptr) return false;
  victim->id += 1'000'000;
  return true;
}

bool second_creator(JudgedHistory& history, Random& random) {
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return has_found(record) && record.kind == HistoryKind::find_or_create && record.created == 0 &&
           any(history.records, [&](const HistoryRecord& other) {
             return is_ok(other) && other.created == 1 && other.key == record.key;
           });
  });
  if (victim == nullptr) return false;
  victim->created = 1;
  return true;
}

bool created_what_was_there(JudgedHistory& history, Random& random) {
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return has_found(record) && record.kind == HistoryKind::find_or_create &&
           history.state.keys_before.count(record.key) != 0;
  });
  if (victim == nullptr) return false;
  victim->created = 1;
  return true;
}

bool missed_after_answer(JudgedHistory& history, Random& random) {
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return has_found(record) && record.kind == HistoryKind::look_up &&
           any(history.records, [&](const HistoryRecord& other) {
             return has_found(other) && other.key == record.key && other.answered_ns < record.invoked_ns;
           });
  });
  if (victim == nullptr) return false;
  victim->id = -1;
  return true;
}

bool missed_after_store(JudgedHistory& history, Random& random) {
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return has_found(record) && record.kind == HistoryKind::look_up &&
           any(history.records, [&](const HistoryRecord& other) {
             return is_ok_store(other) && names(history, other, record.key) && other.answered_ns < record.invoked_ns;
           });
  });
  if (victim == nullptr) return false;
  victim->id = -1;
  return true;
}

bool seen_before_creation(JudgedHistory& history, Random& random) {
  std::int64_t called = 0;
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return has_found(record) && record.created == 0 && any(history.records, [&](const HistoryRecord& other) {
             return is_ok(other) && other.created == 1 && other.key == record.key;
           });
  });
  if (victim == nullptr) return false;
  for (const HistoryRecord& record : history.records)
    if (is_ok(record) && record.created == 1 && record.key == victim->key) called = record.invoked_ns;
  victim->invoked_ns = called - 20;
  victim->answered_ns = called - 10;
  return true;
}

bool nobody_created(JudgedHistory& history, Random& random) {
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return is_ok(record) && record.created == 1 && !has_other_writer(history, record.key);
  });
  if (victim == nullptr) return false;
  victim->created = 0;
  return true;
}

bool key_lost(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, has_found);
  return victim != nullptr && history.state.entity_of_key.erase(victim->key) == 1;
}

bool key_of_item_lost(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, is_ok_store);
  if (victim == nullptr) return false;
  return history.state.entity_of_key.erase(history.state.keys_of_item.at(victim->key).front()) == 1;
}

bool id_changed(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, has_found);
  if (victim == nullptr) return false;
  history.state.entity_of_key.at(victim->key) += 1'000'000;
  return true;
}

bool id_shared(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, has_found);
  if (victim == nullptr) return false;
  const std::uint64_t key = victim->key;
  const HistoryRecord* other =
      pick(history.records, random, [&](const HistoryRecord& record) { return has_found(record) && record.key != key; });
  if (other == nullptr) return false;
  const std::int64_t id = other->id;
  for (HistoryRecord& record : history.records)
    if (has_found(record) && record.key == key) record.id = id;
  history.state.entity_of_key.at(key) = id;
  return true;
}

bool key_nobody_asked_for(JudgedHistory& history, Random& random) {
  history.state.entity_of_key[1'000'000 + random.below(1000)] = 2'000'000;
  return true;
}

bool key_of_failed(JudgedHistory& history, Random& random) {
  HistoryRecord record = history.records[random.below(history.records.size())];
  record.kind = HistoryKind::find_or_create;
  record.status = HistoryStatus::failed;
  record.key = 1'000'000;
  history.records.push_back(record);
  history.state.entity_of_key[record.key] = 2'000'000;
  return true;
}

// --- observations

bool item_half_there(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return is_ok_store(record) && history.state.lines_expected.at(record.key) > 1;
  });
  if (victim == nullptr) return false;
  --history.state.lines_of_item.at(victim->key);
  return true;
}

bool open_item_half_there(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return record.kind == HistoryKind::store && record.status != HistoryStatus::ok &&
           record.status != HistoryStatus::failed && history.state.lines_expected.at(record.key) > 1;
  });
  if (victim == nullptr) return false;
  history.state.lines_of_item[victim->key] = history.state.lines_expected.at(victim->key) - 1;
  return true;
}

bool item_lost(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, is_ok_store);
  return victim != nullptr && history.state.lines_of_item.erase(victim->key) == 1;
}

bool item_twice(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, is_ok_store);
  if (victim == nullptr) return false;
  history.state.lines_of_item.at(victim->key) *= 2;
  return true;
}

bool item_nobody_asked_for(JudgedHistory& history, Random& random) {
  history.state.lines_of_item[1'000'000 + random.below(1000)] = 1;
  return true;
}

bool failed_item_there(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, [](const HistoryRecord& record) {
    return record.kind == HistoryKind::store && record.status == HistoryStatus::failed;
  });
  if (victim == nullptr) return false;
  history.state.lines_of_item[victim->key] = history.state.lines_expected.at(victim->key);
  return true;
}

// --- order

HistoryRecord* next_of_session(Records& records, const HistoryRecord& earlier) {
  for (HistoryRecord& record : records)
    if (is_ok_store(record) && record.session == earlier.session &&
        record.session_sequence > earlier.session_sequence && record.id != earlier.id)
      return &record;
  return nullptr;
}

bool session_swapped(JudgedHistory& history, Random& random) {
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return is_ok_store(record) && next_of_session(history.records, record) != nullptr;
  });
  if (victim == nullptr) return false;
  std::swap(victim->id, next_of_session(history.records, *victim)->id);
  return true;
}

bool one_number_two_commits(JudgedHistory& history, Random& random) {
  const HistoryRecord* victim = pick(history.records, random, is_ok_store);
  if (victim == nullptr) return false;
  HistoryRecord again = *victim;
  ++again.id;
  history.records.push_back(again);
  return true;
}

// The last answered of the records that fit and were over when `read` was called.
const HistoryRecord* known_before(const Records& records, const HistoryRecord& read, const Test& fits) {
  const HistoryRecord* last = nullptr;
  for (const HistoryRecord& record : records)
    if (fits(record) && record.answered_ns < read.invoked_ns && (last == nullptr || record.answered_ns > last->answered_ns))
      last = &record;
  return last;
}

bool commit_goes_back(JudgedHistory& history, Random& random) {
  const Test earlier = [](const HistoryRecord& record) { return is_placed_read(record) && record.id > 1; };
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return is_placed_read(record) && known_before(history.records, record, earlier) != nullptr;
  });
  if (victim == nullptr) return false;
  victim->id = known_before(history.records, *victim, earlier)->id - 1;
  return true;
}

bool rows_go_back(JudgedHistory& history, Random& random) {
  const auto earlier_of = [&](const HistoryRecord& read) {
    return known_before(history.records, read, [&](const HistoryRecord& record) {
      return is_ok(record) && record.kind == HistoryKind::read && record.key > 0 &&
             record.session_sequence == read.session_sequence;
    });
  };
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return is_ok(record) && record.kind == HistoryKind::read && earlier_of(record) != nullptr;
  });
  if (victim == nullptr) return false;
  victim->key = earlier_of(*victim)->key - 1;
  return true;
}

bool own_write_not_seen(JudgedHistory& history, Random& random) {
  const auto own_of = [&](const HistoryRecord& read) {
    return known_before(history.records, read, [&](const HistoryRecord& record) {
      return is_ok_store(record) && record.id > 1 && record.process == read.process && record.thread == read.thread;
    });
  };
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return is_placed_read(record) && own_of(record) != nullptr;
  });
  if (victim == nullptr) return false;
  victim->id = own_of(*victim)->id - 1;
  return true;
}

bool snapshot_differs(JudgedHistory& history, Random& random) {
  HistoryRecord* victim = pick(history.records, random, [&](const HistoryRecord& record) {
    return is_placed_read(record) && any(history.records, [&](const HistoryRecord& other) {
             return &other != &record && is_placed_read(other) && other.id == record.id &&
                    other.session_sequence == record.session_sequence;
           });
  });
  if (victim == nullptr) return false;
  ++victim->key;
  return true;
}

}  // namespace

const std::vector<Spoiling>& spoilings() {
  static const std::vector<Spoiling> all{
      {"one caller gets another id", "S2", duplicate_id},
      {"a second caller is told created", "S3", second_creator},
      {"created although it was there before", "S3", created_what_was_there},
      {"a look-up misses a key after its id was told", "S2", missed_after_answer},
      {"a look-up misses a key of an acknowledged item", "S2", missed_after_store},
      {"an id is seen before its creation was called", "S2", seen_before_creation},
      {"an id is seen, but nobody created it", "S3", nobody_created},
      {"an acknowledged key is lost", "S4", key_lost},
      {"a key of an acknowledged item is lost", "S4", key_of_item_lost},
      {"a key has another id in the end", "S4", id_changed},
      {"two keys share an id", "S4", id_shared},
      {"a key that nobody asked for", "S6", key_nobody_asked_for},
      {"a key whose only creation failed", "S6", key_of_failed},
      {"an acknowledged item is half there", "S5", item_half_there},
      {"an item without an answer is half there", "S5", open_item_half_there},
      {"an acknowledged item is lost", "S5", item_lost},
      {"an item is there twice", "S6", item_twice},
      {"an item that nobody asked for", "S6", item_nobody_asked_for},
      {"an item that failed is there", "S6", failed_item_there},
      {"two commits of a session are swapped", "S12", session_swapped},
      {"one number of a session is in two commits", "S12", one_number_two_commits},
      {"a later read sees an earlier commit", "S13", commit_goes_back},
      {"a later read sees fewer rows", "S13", rows_go_back},
      {"a read does not see its own write", "S14", own_write_not_seen},
      {"two reads of one snapshot differ", "S15", snapshot_differs}};
  return all;
}

}  // namespace commonbook::testing
