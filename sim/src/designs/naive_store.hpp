// DELIBERATELY WRONG, and never part of the product: one connection of a naive design, its tables as the axes say, and
// its statements, prepared once. What to do with them, and in which order, is naive_client's.
#pragma once
#include "commonbook/sim/design.hpp"
#include "commonbook/storage/similarity.hpp"
#include "raw_sqlite.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace commonbook::sim {

/// How a store is opened: what differs between designs, and what is the same for all of them and for ours.
struct NaiveSettings {
  DesignAxes axes;
  AckClass ack_class = AckClass::applied;  ///< applied: synchronous NORMAL; durable: FULL, as ours has it
};

struct NaiveLine {
  std::int64_t subject = 0;
  std::string predicate;
  std::int64_t object = 0;
  std::uint64_t item = 0;
  std::size_t line = 0;
};

class NaiveStore {
 public:
  /// Opens or creates the file, applies the settings, makes the tables IF NOT EXISTS, prepares. Waits for others as
  /// long as the axes' busy timeout and no longer: on a file that several open at once it may fail, as such code does.
  /// @errors  with SQLite's extended code. @thread any; then one, or many where the axes share the connection.
  static Result<std::unique_ptr<NaiveStore>> open(const std::filesystem::path& file, const NaiveSettings& settings);

  Result<std::optional<std::int64_t>> find_alias(const std::string& alias);
  Result<std::optional<std::int64_t>> find_name(const std::string& spelling);
  /// @returns  the new row's id, by sqlite3_last_insert_rowid(): on a shared connection it may be another thread's.
  Result<std::int64_t> insert_entity(const std::string& spelling, const storage::Embedding& embedding);
  Result<void> insert_alias(const std::string& alias, std::int64_t entity);
  Result<void> insert_triple(const NaiveLine& line);
  /// Reads the triples of a subject, objects with their names. @returns how many.
  Result<std::int64_t> read_triples(std::int64_t subject);

  /// BEGIN or BEGIN IMMEDIATE.
  Result<void> begin(Transactions kind);
  Result<void> commit();
  /// Does what it can; an error changes nothing.
  void rollback();
  [[nodiscard]] const RawConnection& connection() const { return connection_; }

 private:
  /// In the order of the texts that prepare() holds.
  enum class Text : std::uint8_t {
    find_alias, find_name, insert_entity, insert_alias, insert_triple, read_triples,
    begin_deferred, begin_immediate, commit, rollback,
  };
  using Statements = std::array<RawStatement, 10>;
  NaiveStore(RawConnection connection, Statements statements)
      : connection_(std::move(connection)), statements_(std::move(statements)) {}
  static Result<Statements> prepare(RawConnection& connection, Uniqueness uniqueness);
  [[nodiscard]] Use use(Text text) const { return Use{statements_[static_cast<std::size_t>(text)]}; }

  RawConnection connection_;
  Statements statements_;
};

}  // namespace commonbook::sim
