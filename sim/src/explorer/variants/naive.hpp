// Find-or-create in plain SQL, as programs do it: deliberately naive, and in two cases wrong, to show what the explorer
// finds. Each step is an SQL statement; lock and busy handler are waits of the explorer.
#pragma once
#include "commonbook/sim/explorer.hpp"
#include "variants/sqlite_handles.hpp"

namespace commonbook::sim::explorer {

struct NaiveDesign {
  enum class Lock : std::uint8_t { none = 1, before_begin, after_begin_in_odd_threads };
  enum class Begin : std::uint8_t { autocommit = 1, immediate, deferred };
  Lock lock = Lock::before_begin;  ///< one for each virtual process
  Begin begin = Begin::immediate;
  bool unique = true;  ///< of the key; a constraint error then means: look the winner up
};

class NaiveVariant final : public Variant {
 public:
  NaiveVariant(NaiveDesign design, std::size_t processes, std::size_t threads_each);
  NaiveVariant(const NaiveVariant&) = delete;
  NaiveVariant& operator=(const NaiveVariant&) = delete;
  ~NaiveVariant() override;

  /// Opens the file and the connections once in a folder; then only empties the table, which is the same to the
  /// statements that follow.
  Result<void> prepare(const std::filesystem::path& folder) override;
  [[nodiscard]] std::size_t threads() const override { return agents_.size(); }
  void run(std::size_t thread) override;
  std::string check() override;
  [[nodiscard]] std::string outcome() override;
  [[nodiscard]] Touched touched(std::size_t thread, std::string_view step) const override;

 private:
  /// One virtual thread: its connection, and what it was told.
  struct Agent {
    ConnectionHandle connection;  // before the statements, which must go first
    StatementHandle begin, select, insert, commit, rollback;
    std::int64_t id = 0;
    bool created = false;
    std::string error;
  };

  Result<ConnectionHandle> connect(const std::filesystem::path& path) const;
  Result<void> open_file(const std::filesystem::path& path);
  Result<void> prepare_statements(Agent& agent) const;
  [[nodiscard]] std::size_t process_of(std::size_t thread) const noexcept { return thread / threads_each_; }
  [[nodiscard]] static int step(sqlite3_stmt& statement);
  [[nodiscard]] static std::int64_t look_up(Agent& agent);
  [[nodiscard]] bool lock(std::size_t thread);
  void unlock(std::size_t thread);
  [[nodiscard]] bool begin(std::size_t thread);
  void end(std::size_t thread, std::string_view step_name, sqlite3_stmt& statement);
  [[nodiscard]] bool wait_for_commit(std::uint64_t seen) const;
  void find_or_create_autocommit(Agent& agent);
  void find_or_create_in_transaction(std::size_t thread);

  const NaiveDesign design_;
  const std::size_t threads_each_;
  std::filesystem::path folder_;
  ConnectionHandle keeper_;
  std::vector<Agent> agents_;
  std::vector<std::optional<std::size_t>> lock_holder_;  // of each process
  std::uint64_t commits_ = 0;                            // in this schedule
  std::uint64_t schedules_ = 0;
};

}  // namespace commonbook::sim::explorer
