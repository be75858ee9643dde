// A design: one way to keep a memory of many agents in one SQLite file. The naive ones, the article's and ours
// stand behind one interface and run the same workload, so that what differs between them is the design alone.
#pragma once
#include "commonbook/model/observation.hpp"
#include "commonbook/model/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace commonbook::sim {

enum class Journal : std::uint8_t { rollback = 1, wal };
enum class Sharing : std::uint8_t { shared = 1, per_thread };        ///< of the connection
enum class Locking : std::uint8_t { none = 1, per_store, per_file }; ///< round find-or-create
enum class Uniqueness : std::uint8_t { none = 1, raw_spelling, normalised_key };
enum class Transactions : std::uint8_t { autocommit = 1, deferred, immediate };

/// Every choice of a design that is not ours. Defaults: those of SQLite and of a first attempt.
struct DesignAxes {
  Journal journal = Journal::rollback;
  int busy_timeout_ms = 0;
  Sharing connection = Sharing::per_thread;
  Locking lock = Locking::none;
  Uniqueness uniqueness = Uniqueness::none;
  bool fallback = false;  ///< a constraint error is answered by looking up the winner
  Transactions transactions = Transactions::autocommit;
  bool store_per_agent = false;  ///< one store object (and its lock) for each thread, or one for all
  bool foreign_keys = false;     ///< PRAGMA foreign_keys, which SQLite leaves off
  /// With Transactions::autocommit: an entity and its alias are inserted in one BEGIN IMMEDIATE all the same.
  bool atomic_creation = false;
};

struct DesignChoice {
  std::string name;    ///< of a preset, or any other beside `axes`
  bool is_ours = false;
  DesignAxes axes;     ///< when not ours
  std::size_t storage_actors = 2;       ///< ours
  std::size_t reader_actors = 2;        ///< ours
  AckClass ack_class = AckClass::applied;
  std::string similarity = "suggest";   ///< ours
  std::chrono::milliseconds deadline{10'000};  ///< ours: of each operation in the runtime, as the scenario has it
};

/// default, shared-connection, wal-only, wal-deferred, article-without-lock, article-without-fallback, article
/// (one store for all), article-store-per-agent, commonbook.
[[nodiscard]] const std::vector<DesignChoice>& presets();
[[nodiscard]] std::optional<DesignChoice> preset(const std::string& name);

struct Created {
  std::int64_t id = 0;
  bool created = false;
  bool fallback = false;  ///< the constraint fallback was taken on the way
};

/// An observation of the workload: triples between entities named by spellings.
struct WorkItem {
  std::uint64_t number = 0;  ///< unique in the run, over all processes: what half-written and lost are counted by
  struct Line {
    std::string subject;
    std::string predicate;
    std::string object;      ///< a spelling too
  };
  std::vector<Line> lines;
};

/// What one thread uses. Errors carry SQLite's extended code. Thread: the one that opened it.
class DesignClient {
 public:
  virtual ~DesignClient() = default;
  virtual Result<Created> find_or_create(const std::string& spelling, Clock::SteadyPoint deadline) = 0;
  /// @returns  nullopt: not there.
  virtual Result<std::optional<std::int64_t>> look_up(const std::string& spelling, Clock::SteadyPoint deadline) = 0;
  /// Stores a whole observation. OK is the acknowledgement.
  virtual Result<void> store(const WorkItem& item, Clock::SteadyPoint deadline) = 0;
  /// One read over the whole memory, as a question would: triples of one entity. @returns how many.
  virtual Result<std::int64_t> read(const std::string& spelling, Clock::SteadyPoint deadline) = 0;
  /// True when the client waits for its callers' answers elsewhere, so that many can be outstanding (ours).
  [[nodiscard]] virtual std::uint64_t fallbacks() const { return 0; }
};

/// What stands in the file at the end.
struct Audit {
  std::uint64_t entities = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t invisible_entities = 0;
  std::uint64_t dangling = 0;
  std::map<std::uint64_t, std::uint64_t> lines_of_item;   ///< WorkItem::number -> lines found
  std::map<std::string, std::int64_t> entity_of_key;      ///< normalised key -> id (the one that a look-up gives)
  /// All that some alias leads to, where a design's aliases are not our keys; empty: those of entity_of_key.
  std::set<std::int64_t> visible_ids;
  std::string verify = "-";
  std::uint64_t verify_failures = 0;
  std::uint64_t row_digest = 0;
};

/// One design in one process. Made before the threads start, outlives its clients.
class Design {
 public:
  virtual ~Design() = default;
  /// @param thread  numbers the threads of this process from 0. @thread  the client's own.
  virtual Result<std::unique_ptr<DesignClient>> open_client(std::size_t thread, Clock::SteadyPoint deadline) = 0;
  [[nodiscard]] virtual std::uint64_t fallbacks() const = 0;  ///< so far. Thread: any.
  /// Ends what runs in the background. Clients are gone before.
  virtual Result<void> close() = 0;
};

/// Opens the file, which need not exist, in this process.
[[nodiscard]] Result<std::unique_ptr<Design>> open_design(const DesignChoice& choice, const std::filesystem::path& file,
                                                          Clock::SteadyPoint deadline);
/// Reads the file when nobody else has it open any more.
[[nodiscard]] Result<Audit> audit(const DesignChoice& choice, const std::filesystem::path& file,
                                  Clock::SteadyPoint deadline);
/// The normal form by which the simulator calls two spellings the same: our own scheme `name`.
[[nodiscard]] std::string normal_form(const std::string& spelling);

}  // namespace commonbook::sim
