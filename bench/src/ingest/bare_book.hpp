// The bare loop of our own storage design: append-only tail, alias written at once, compaction into two sorted tables in
// slices, a first-come gate, a guarded checkpoint, and an overlay of the tail in memory. No actors, receipts, evidence
// beyond a number, spellings, digests, documents or checks: what those cost is the difference to our runtime.
#pragma once
#include "../database.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace commonbook::bench {

/// First come, first served, among the threads of a process.
class FirstComeGate {
 public:
  void lock();
  void unlock();

 private:
  std::mutex mutex_;
  std::deque<std::atomic<int>*> waiting_;
  bool held_ = false;
};

/// An engine of run_group_commit().
class BareBook {
 public:
  struct Options {
    bool durable = false;
    std::int64_t compaction_rows = 64 * 1024;  ///< a pass begins when the tail is so long
    int checkpoint_pages = 4'000;
    bool compacts = true;
  };
  BareBook(const std::filesystem::path& file, const Options& options);
  ~BareBook();
  BareBook(const BareBook&) = delete;
  BareBook& operator=(const BareBook&) = delete;

  void begin();
  [[nodiscard]] std::int64_t find(const std::string& alias);
  std::int64_t create(const std::string& spelling, const std::string& alias);
  void put(std::int64_t subject, std::int64_t predicate, std::int64_t object, std::int64_t source);
  void commit();
  /// Compacts what is left of the tail. No commit follows.
  void finish();
  [[nodiscard]] std::int64_t log_pages_written() const;
  [[nodiscard]] std::int64_t count(const char* sql) { return writer_->query(sql); }

 private:
  struct Row {
    std::int64_t subject, predicate, object, source, sequence;
  };
  /// The uncompacted rows in memory, by subject and by object.
  struct Overlay {
    std::shared_mutex mutex;
    std::unordered_map<std::int64_t, std::vector<Row>> by_subject;
    std::unordered_map<std::int64_t, std::vector<Row>> by_object;
    void add(const std::vector<Row>& rows);
    void drop(std::int64_t sequence);
  };
  struct Statements;
  struct CompactionStatements;
  void compact_while_running();
  void compact_once(CompactionStatements& statements);
  void checkpoint_while_running();
  void note_log(const Database& connection);

  std::filesystem::path file_;
  Options options_;
  FirstComeGate gate_;
  std::unique_ptr<Database> writer_;
  std::unique_ptr<Statements> statements_;
  Overlay overlay_;
  std::vector<Row> rows_;  // of the open transaction
  std::atomic<std::int64_t> tail_{0};
  std::atomic<bool> ending_{false};
  std::atomic<bool> finishing_{false};
  std::mutex wake_mutex_;
  std::condition_variable wake_;
  bool checkpoint_due_ = false;
  std::atomic<std::int64_t> compaction_pages_{0};
  std::thread compactor_;
  std::thread checkpointer_;
};

}  // namespace commonbook::bench
