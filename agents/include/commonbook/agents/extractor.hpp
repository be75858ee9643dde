// Knowledge from text: what an extractor finds in one document, where it stands there, and how sure it is. An extractor
// reads its document alone, never the book, so what it finds does not depend on the order in which documents come.
#pragma once
#include "commonbook/agents/source.hpp"
#include "commonbook/model/clock.hpp"
#include "commonbook/model/result.hpp"
#include "commonbook/model/triple.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// Which rule found a fact; docs/formats.md says what each takes.
enum class FactKind : std::uint8_t {
  date = 1,      ///< a day, a time, a period
  amount,        ///< a sum of money
  quantity,      ///< a number with its unit, or of counted things
  reference,     ///< an order, invoice, tracking or drawing number
  statement,     ///< "X is Y" about a name
  decision,      ///< decided, agreed, accepted
  move,          ///< what moved, from when, to when
  cancellation,  ///< what does not take place
  undertaking,   ///< who will do what, by when
  other,         ///< said by a model
};
/// "date", "amount", ... Thread: any.
[[nodiscard]] std::string_view to_string(FactKind kind) noexcept;

/// What an extractor reads of one document. Texts are UTF-8.
struct ReadableText {
  std::string document_id;           ///< as citations show it
  EntityName subject;                ///< the message or event itself
  std::optional<EntityName> author;  ///< who "I" is; nullopt: nothing is said about "I"
  std::vector<std::string> people;   ///< display names of those to whom the document went
  std::string title;                 ///< empty where it only repeats another message's title
  std::string text;
  std::optional<Timestamp> time;  ///< from which "tomorrow" counts; nullopt: only dates with a year are read
};

enum class TextPart : std::uint8_t { title = 1, text };

/// Bytes of a part, the end excluded.
struct TextPosition {
  TextPart part = TextPart::text;
  std::size_t begin = 0;
  std::size_t end = 0;
  auto operator<=>(const TextPosition&) const = default;
};

struct ExtractedFact {
  FactKind kind = FactKind::other;
  Triple triple;
  TextPosition position;
  double confidence = 0;  ///< 0 to 1: the share of such findings that is right, by the extractor's own account
  bool operator==(const ExtractedFact&) const = default;
};

class Extractor {
 public:
  virtual ~Extractor() = default;
  /// Name and version, e.g. "rules 1" or "model llama3.2": part of operation ids and shown in citations. A new version
  /// finds something else in the same text.
  [[nodiscard]] virtual std::string name() const = 0;
  /// What it finds is believed no further than this, however far the document is.
  [[nodiscard]] virtual Trust trust() const { return Trust::own; }
  /// @returns  facts in order of position, each triple once, at most 200. Their texts are one line without control
  ///           characters, whatever the document has.
  /// @errors   those of its kind; the built-in rules have none.
  /// @thread   any, one call at a time; one over HTTP blocks: never on a CAF pool thread.
  [[nodiscard]] virtual Result<std::vector<ExtractedFact>> extract(const ReadableText& text) = 0;
};

inline constexpr std::size_t extracted_facts_max = 200;

/// The built-in rules: linear in the text, of which 256 KiB are read. No errors.
[[nodiscard]] std::unique_ptr<Extractor> make_rule_extractor();

/// What there is to read in an item: of a message its own new text (and its title, unless it is an answer's), of an
/// event its summary and description. nullopt: nothing. Thread: any.
[[nodiscard]] std::optional<ReadableText> readable_text(const ImportItem& item);

/// The observations that carry `facts`: each names the document as its evidence (Observation::derived_from), has the
/// time and revision of the item that brought it and the worse trust of item and extractor, and a position "PLACE text
/// 17-42, rules 1, confidence 0.95". Facts of equal position and confidence share one. The operation id depends on
/// agent, document, extractor and facts only. Thread: any.
[[nodiscard]] std::vector<ImportItem> derived_items(const ImportItem& item, const ReadableText& text,
                                                    const std::vector<ExtractedFact>& facts, const Extractor& extractor,
                                                    const std::string& agent);

/// A source that gives each item of `source` and behind it what `extractor` finds in it. What the extractor can't read
/// is reported as dropped from the item.
[[nodiscard]] std::unique_ptr<Source> extracting(std::unique_ptr<Source> source, std::unique_ptr<Extractor> extractor,
                                                 std::string agent);

}  // namespace commonbook::agents
