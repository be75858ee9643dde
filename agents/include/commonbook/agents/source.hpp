// Where an agent's documents come from: the next document, please.
#pragma once
#include "commonbook/agents/calendar_event.hpp"
#include "commonbook/agents/mail_message.hpp"
#include "commonbook/model/observation.hpp"
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace commonbook::agents {

/// Part of a document, or a whole one, that could not be kept.
struct Dropped {
  std::string place;   ///< "calendar.ics:120" or "inbox.mbox#7"
  std::string reason;
  bool operator==(const Dropped&) const = default;
};

/// One document with all that it says. `observation` has operation id, document, triples and claims; agent,
/// session and sequence are the runtime's. Depends on the document alone, never on what is stored.
struct ImportItem {
  std::variant<std::monostate, CalendarEvent, MailMessage> parsed;  ///< monostate: synthetic
  Observation observation;
  std::vector<Dropped> dropped;
};

/// How far a source has come. bytes_total 0: not known.
struct SourceProgress {
  std::int64_t bytes_done = 0;
  std::int64_t bytes_total = 0;
  std::int64_t documents = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  /// The next document; nullopt at the end. What is lost on the way is reported by dropped().
  /// @errors  io: a file can't be read; the source goes on with the next file after it.
  /// @thread  one at a time; blocks on files: never on a CAF pool thread.
  virtual Result<std::optional<ImportItem>> next() = 0;
  /// After nullopt: true where the source may have something later, and wants to be asked again (follow.hpp).
  [[nodiscard]] virtual bool more_may_come() const { return false; }
  [[nodiscard]] virtual SourceProgress progress() const = 0;
  /// Whatever was dropped outside any item (a file without a component, a VEVENT that is no VEVENT).
  [[nodiscard]] virtual const std::vector<Dropped>& dropped() const = 0;
};

/// Reads .ics files and folders of them (recursively, by name order), one VEVENT at a time.
/// @param agent  goes into operation ids: hash of (agent, document id, document bytes, extractor version).
/// @errors  not_found: a path does not exist.
Result<std::unique_ptr<Source>> open_calendars(const std::vector<std::filesystem::path>& paths, const std::string& agent);
/// All VEVENTs of one text, e.g. of a text/calendar part.
/// @param place  for citations and drops, e.g. "inbox/cur/17.eml".
std::vector<ImportItem> read_calendar(std::string_view text, const std::string& place, const std::string& agent,
                                      std::vector<Dropped>& dropped);

/// Reads mbox files, Maildirs and .eml files (what a path is, is found by looking), one message at a time. A
/// text/calendar part gives further items after its message's.
/// @errors  not_found: a path does not exist.
Result<std::unique_ptr<Source>> open_mail(const std::vector<std::filesystem::path>& paths, const std::string& agent);

/// A generator of synthetic observations: the same seed gives the same ones, on any machine.
struct SyntheticOptions {
  std::uint64_t seed = 1;
  std::int64_t observations = 1000;
  int triples_min = 1;          ///< in each observation
  int triples_max = 20;
  int names = 1000;             ///< size of the pool
  double skew = 0.9;            ///< Zipf exponent; 0: all alike
  double variants = 0.3;        ///< share of mentions in another spelling of the same normal form
  int document_words = 0;       ///< 0: bare triples
  std::string kind = "calendar";///< calendar, email or question: which predicates are used
};
std::unique_ptr<Source> open_synthetic(const SyntheticOptions& options);

}  // namespace commonbook::agents
