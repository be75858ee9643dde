// Our own find-or-create, Writer::find_or_create: all threads ask for one key that nobody has asked for before.
#pragma once
#include "variants/book_stage.hpp"
#include "variants/sqlite_handles.hpp"

#include "commonbook/storage/checkpointer.hpp"
#include "commonbook/storage/writer.hpp"

namespace commonbook::sim::explorer {

class FindOrCreateVariant final : public Variant {
 public:
  FindOrCreateVariant(std::size_t processes, std::size_t threads_each)
      : threads_each_(threads_each), stage_(processes), results_(processes * threads_each) {}

  /// Opens books and writers once for many schedules: a key of its own for each is a fresh file to what follows, since
  /// nothing of another key is read. Now and then the file is made anew.
  Result<void> prepare(const std::filesystem::path& folder) override;
  [[nodiscard]] std::size_t threads() const override { return results_.size(); }
  void run(std::size_t thread) override;
  std::string check() override;
  [[nodiscard]] std::string outcome() override;
  [[nodiscard]] Touched touched(std::size_t thread, std::string_view step) const override;
  void give_up() override { stage_.pass_deadlines(); }

 private:
  Result<void> open_all();
  [[nodiscard]] std::string check_answers(std::int64_t entity) const;
  [[nodiscard]] Result<std::int64_t> count(const char* sql) const;

  const std::size_t threads_each_;
  BookStage stage_;
  std::vector<storage::Writer> writers_;
  std::optional<storage::Checkpointer> checkpointer_;
  ConnectionHandle inspector_;  // looks into the file as another program would
  std::string key_;
  std::uint64_t schedules_ = 0;
  std::vector<std::optional<Result<ReceiptEntity>>> results_;
};

}  // namespace commonbook::sim::explorer
