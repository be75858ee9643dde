// Two kinds of work on one book at the same time: a commit against a compaction slice, a reader against a checkpoint,
// and so on. Each schedule begins with a fresh copy of a small book and fresh processes.
#pragma once
#include "variants/book_stage.hpp"

#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"

namespace commonbook::sim::explorer {

enum class Work : std::uint8_t {
  store = 1,   ///< commits one observation: document, new and known entities, triples, an operation id
  compact,     ///< one call of Compactor::step
  checkpoint,  ///< one checkpoint, with barrier and restart of the log
  retract,     ///< forgets an observation that was there from the start
  answer,      ///< answers one question
};

struct PairDesign {
  Work many = Work::store;  ///< what all threads but the last do
  Work last = Work::store;
  int slices_before = 0;      ///< calls of Compactor::step made beforehand: which slice is explored
  bool purges = false;        ///< the pass is one that purges what was retracted beforehand
  bool has_turnstile = true;  ///< false: only SQLite's lock stands between the processes
};

class PairVariant final : public Variant {
 public:
  PairVariant(PairDesign design, std::size_t processes, std::size_t threads_each)
      : design_(design), threads_each_(threads_each), stage_(processes), workers_(processes * threads_each) {}

  Result<void> prepare(const std::filesystem::path& folder) override;
  [[nodiscard]] std::size_t threads() const override { return workers_.size(); }
  void run(std::size_t thread) override;
  std::string check() override;
  [[nodiscard]] std::string outcome() override;
  [[nodiscard]] Touched touched(std::size_t thread, std::string_view step) const override;
  [[nodiscard]] bool broken(std::string_view promise) const override {
    return !design_.has_turnstile && promise == "turnstile";
  }
  void give_up() override { stage_.pass_deadlines(); }

 private:
  /// One virtual thread: what it works with, and what it was told.
  struct Worker {
    std::optional<storage::Writer> writer;
    std::optional<storage::Compactor> compactor;
    std::optional<storage::Checkpointer> checkpointer;
    std::optional<storage::Reader> reader;

    std::optional<Result<Receipt>> receipt;
    std::optional<Result<storage::CompactionStep>> slice;
    std::optional<Result<storage::CheckpointReport>> checkpoint;
    std::optional<Result<std::int64_t>> retracted;
    std::optional<Result<Answer>> answer;
    std::uint64_t told_before = 0;      ///< the highest commit that somebody had been told of when the question began
    bool was_forgotten_before = false;  ///< the retraction had been confirmed when the question began
  };

  [[nodiscard]] Work work_of(std::size_t thread) const noexcept {
    return thread + 1 == workers_.size() ? design_.last : design_.many;
  }
  [[nodiscard]] const storage::Book& book_of(std::size_t thread) const { return stage_.book(thread / threads_each_); }
  [[nodiscard]] bool has(Work work) const noexcept { return design_.many == work || design_.last == work; }
  Result<void> open_all();
  Result<void> open_worker(std::size_t thread);
  Result<void> learn_expected_digest();
  /// What is done after the schedule, by nobody at the same time: the pass under way comes to its end.
  Result<void> finish_passes();
  [[nodiscard]] std::string check_answers() const;
  [[nodiscard]] std::string check_receipts() const;
  [[nodiscard]] std::string check_facts(const Worker& reader) const;
  [[nodiscard]] std::string check_file();

  const PairDesign design_;
  const std::size_t threads_each_;
  BookStage stage_;
  std::vector<Worker> workers_;
  std::optional<storage::Reader> inspector_;
  std::uint64_t commit_before_ = 0;     ///< of the last commit in the template
  std::uint64_t expected_content_ = 0;  ///< content digest after the same work, one thread after another
};

}  // namespace commonbook::sim::explorer
