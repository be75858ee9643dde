// Our own find-or-create, Writer::find_or_create: all threads ask for one key that nobody has asked for before.
#pragma once
#include "variants/book_stage.hpp"
#include "variants/sqlite_handles.hpp"

#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/writer.hpp"

namespace commonbook::sim::explorer {

class FindOrCreateVariant final : public Variant {
 public:
  /// @param has_turnstile  false: only SQLite's lock stands between the processes, as after the turnstile is passed by.
  FindOrCreateVariant(bool has_turnstile, std::size_t processes, std::size_t threads_each)
      : has_turnstile_(has_turnstile),
        processes_(processes),
        threads_each_(threads_each),
        stage_(processes),
        results_(processes * threads_each) {}

  /// Opens books and writers once for many schedules: a key of its own for each is a fresh file to what follows, since
  /// nothing of another key is read. Now and then the file is made anew.
  Result<void> prepare(const std::filesystem::path& folder) override;
  [[nodiscard]] std::size_t threads() const override { return results_.size(); }
  void run(std::size_t thread) override;
  std::string check() override;
  [[nodiscard]] std::string outcome() override;
  [[nodiscard]] Touched touched(std::size_t thread, std::string_view step) const override;
  [[nodiscard]] bool broken(std::string_view promise) const override {
    return !has_turnstile_ && promise == "turnstile";
  }
  void give_up() override { stage_.pass_deadlines(); }

 private:
  Result<void> open_all();
  [[nodiscard]] std::string check_answers(std::int64_t entity) const;
  [[nodiscard]] Result<std::int64_t> count(const char* sql) const;
  [[nodiscard]] std::uint64_t count_conflicts() const;

  const bool has_turnstile_;
  const std::size_t processes_;
  const std::size_t threads_each_;
  BookStage stage_;
  std::vector<storage::Writer> writers_;
  std::optional<storage::Checkpointer> checkpointer_;
  ConnectionHandle inspector_;  // looks into the file as another program would
  std::string key_;
  std::uint64_t schedules_ = 0;
  bool was_told_too_early_ = false;
  std::uint64_t conflicts_before_ = 0;  // with other processes, before this schedule
  std::vector<std::optional<Result<ReceiptEntity>>> results_;
};

}  // namespace commonbook::sim::explorer
