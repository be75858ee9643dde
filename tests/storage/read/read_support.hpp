// What the tests of reading and compacting share: a plain model of a book, a look at the rows as a reader sees them,
// and a clock that makes slices short.
#pragma once
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/reader.hpp"
#include "write_support.hpp"

#include <random>
#include <set>
#include <string>
#include <vector>

namespace commonbook::testing {

/// Moves on by a millisecond at each look, so that a slice ends after a few rows on any machine.
class TickingClock final : public Clock {
 public:
  [[nodiscard]] SteadyPoint steady_now() const override {
    return SteadyPoint{std::chrono::milliseconds{ticks_.fetch_add(1) + 1}};
  }
  [[nodiscard]] Timestamp wall_now() const override { return {ticks_.load()}; }
  void advance(std::chrono::milliseconds by) { ticks_.fetch_add(by.count()); }

 private:
  mutable std::atomic<std::int64_t> ticks_{0};
};

/// The same sequence of figures on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }

 private:
  std::mt19937_64 engine_;
};

/// A book on a clock of the test's, whose compaction begins at any number of rows.
storage::Book open_small_book(const std::filesystem::path& path, const Clock& clock, storage::BookOptions options = {});
storage::Reader open_reader(const storage::Book& book);
storage::Compactor open_compactor(const storage::Book& book, const std::string& owner = "one");

/// One slice; fails the test on an error.
storage::CompactionStep step(storage::Compactor& compactor, bool eager = true);
/// Slices until nothing is due. @returns how many there were.
int compact_all(storage::Compactor& compactor);

/// The pass over similar names until nothing is left to look at.
void suggest_all(const storage::Book& book);
/// An observation whose document has this text.
void store_document(storage::Writer& writer, std::uint64_t sequence, const std::string& id, const std::string& text,
                    std::vector<Triple> triples = {});
/// An answer; fails the test on an error.
Answer ask(storage::Reader& reader, const QueryPlan& plan);

/// A name by its number, in one of four ways that mean the same entity.
std::string spelled(std::uint64_t name, std::uint64_t way);
/// What the book says of one entity.
QueryPlan plan_about(const std::string& name);
/// What it says of the first names of spelled().
QueryPlan plan_about_spelled(std::uint64_t names);
/// One to three triples between these names, each spelled in any way.
std::vector<Triple> random_meetings(Dice& dice, std::uint64_t names);
/// How the entity of this name is shown; fails the test where none has it.
std::string shown(storage::Reader& reader, const std::string& name);

/// One row as text without ids: observation, subject, predicate, object. Spelling rows are left out.
using SaidRow = std::string;
/// What a reader of this book sees, by the way that all reading goes. Retracted evidence is left out.
std::vector<SaidRow> rows_read(const storage::Book& book);

/// What a book must say, kept in plain sets.
class Model {
 public:
  void store(const Observation& observation);
  void retract(std::uint64_t sequence) { said_.erase(sequence); }
  [[nodiscard]] std::vector<SaidRow> rows() const;
  [[nodiscard]] std::vector<std::uint64_t> sequences() const;

 private:
  std::map<std::uint64_t, std::set<SaidRow>> said_;
};

/// One to eight triples about few names, some with a document.
Observation random_observation(Dice& dice, std::uint64_t sequence);

/// The id of the observation with this sequence, read without the book's own code.
std::int64_t observation_id(const std::filesystem::path& path, std::uint64_t sequence);

/// Runs verify and fails with each check that does not hold.
void require_verified(const storage::Book& book);

}  // namespace commonbook::testing
