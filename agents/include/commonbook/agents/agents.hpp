// The agents as actors: importers that feed a source's documents through a session of their own, and the question
// agent. Each runs on a thread of its own where it reads files; none ever sees a connection.
#pragma once
#include "commonbook/actors/runtime.hpp"
#include "commonbook/agents/question.hpp"
#include "commonbook/agents/source.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace commonbook::agents {

/// Something that went wrong in an import, and where in the source.
struct ImportError {
  std::string place;  ///< as Observation::position; empty: not about one document
  Error error;
  bool operator==(const ImportError&) const = default;
};
/// "calendar.ics:120: disk_full: ..." in one line. Thread: any.
[[nodiscard]] std::string to_string(const ImportError& error);

/// How an importing agent stands. Counts only grow; read at any time.
struct ImportReport {
  std::string agent;
  std::uint64_t documents = 0;      ///< items read from the source, but for what was extracted from them
  std::uint64_t facts = 0;          ///< extracted from documents (extractor.hpp)
  std::uint64_t observations = 0;   ///< submitted
  std::uint64_t triples = 0;        ///< in acknowledged observations
  std::uint64_t acknowledged = 0;
  std::uint64_t replayed = 0;       ///< of the acknowledged
  std::uint64_t failed = 0;         ///< answered with an error that is not worth another try
  std::uint64_t created = 0;
  std::uint64_t existed = 0;
  SourceProgress source;
  std::vector<Dropped> dropped;     ///< at most 1,000 are kept
  std::uint64_t dropped_total = 0;
  std::vector<ImportError> errors;  ///< at most 100 are kept
  bool finished = false;
  bool up_to_date = false;          ///< a source that stays has nothing new, and all that it gave is answered
};

struct ImportOptions {
  std::string agent = "calendar";
  AckClass ack_class = AckClass::durable;
  std::size_t outstanding_max = 16;    ///< open requests; the intake's window bounds triples besides
  std::size_t outstanding_bytes_max = 8 * 1024 * 1024;  ///< of text in them; one document always fits
  std::size_t message_max = 1;         ///< observations that go to the intake together: a document waits for those read after it
  std::function<void(const Observation&, const Receipt&)> on_receipt;  ///< for tests and --json; on the agent's thread
};

/// Options of a runtime whose only agent is one importer, and the importer's. Nobody waits for a single receipt then: a
/// commit may be larger than where agents are asked something meanwhile, and while one is written, the next is full
/// already. One agent uses one storage actor. Memory does not grow with what is imported: nobody asks, so no overlay is
/// kept, and the caches are full early.
struct BulkImport {
  static constexpr std::size_t batch_triples = 2'048;
  static constexpr std::size_t window_triples = 4 * batch_triples;
  static constexpr std::size_t outstanding_max = 1'024;  // as many as a storage actor's queue takes
  static constexpr std::size_t cache_mib = 8;
  static constexpr std::size_t alias_cache_entries = 32 * 1024;
  static void apply(actors::RuntimeOptions& runtime) {
    runtime.storage_actors = 1;
    runtime.batch_triples = batch_triples;
    runtime.window_triples = window_triples;
    runtime.queue_observations = outstanding_max;
    runtime.cache_mib = cache_mib;
    runtime.alias_cache_entries = alias_cache_entries;
    runtime.keep_overlay = false;
  }
  static void apply(ImportOptions& import) {
    import.outstanding_max = outstanding_max;
    import.message_max = actors::observations_in_message_max;
  }
};

/// A running importer: an actor on a thread of its own that pulls its source as receipts come back. `overloaded` and
/// `busy` are tried again after the hinted time; anything else is counted and reported.
/// Wait for it, or let it go, before its runtime ends: a runtime's system waits for agents that somebody still holds.
class ImportAgent {
 public:
  static Result<ImportAgent> start(actors::Runtime& runtime, ImportOptions options, std::unique_ptr<Source> source);
  ImportAgent(ImportAgent&&) noexcept;
  ImportAgent& operator=(ImportAgent&&) noexcept;
  ~ImportAgent();  ///< stops it
  [[nodiscard]] ImportReport report() const;  ///< Thread: any.
  ImportReport wait();                        ///< until the source ended and all is answered. Thread: not an actor's.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds at_most);  ///< true: finished
  void stop();                                ///< reads no further document; what is submitted is still answered

 private:
  struct Impl;
  explicit ImportAgent(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

/// The question agent: one actor for any number of callers.
class QuestionAgent {
 public:
  static Result<QuestionAgent> start(actors::Runtime& runtime);
  QuestionAgent(QuestionAgent&&) noexcept;
  QuestionAgent& operator=(QuestionAgent&&) noexcept;
  ~QuestionAgent();
  /// Never blocks; the future is always fulfilled (P5). Thread: any.
  std::future<Result<Answer>> ask(Question question);

 private:
  struct Impl;
  explicit QuestionAgent(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

/// Asks through a session of the caller's own. The answer is composed on the thread that waits for it; there `embed` is
/// called. Thread: any.
std::future<Result<Answer>> ask(actors::AgentSession& session, Question question, EmbedText embed = {});

}  // namespace commonbook::agents
