#include "workload.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <random>

namespace commonbook::bench {
namespace {

constexpr std::array predicates{"works at",   "attends",    "organises",     "sent to",  "mentions",
                                "located in", "reports to", "replies to",    "planned for", "has topic"};
constexpr std::array words{"budget", "review", "harbour", "meeting", "contract", "engine", "delay",   "supplier",
                           "invoice", "tuesday", "office", "travel", "sample",  "report", "quarter", "decision",
                           "project", "client", "release", "notes",  "question", "answer", "draft",  "figures",
                           "morning", "train",  "station", "budgets", "plan",   "design", "survey",  "results"};
constexpr double zipf_exponent = 0.9;

// A 53-bit fraction: std::uniform_real_distribution differs between libraries.
double fraction(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// The ranks of names, the frequent ones first.
class ZipfRanks {
 public:
  explicit ZipfRanks(std::size_t names) : cumulative_(names) {
    double total = 0;
    for (std::size_t rank = 0; rank < names; ++rank) {
      total += std::pow(1.0 / static_cast<double>(rank + 1), zipf_exponent);
      cumulative_[rank] = total;
    }
  }
  std::size_t draw(std::mt19937_64& random) const {
    const double point = fraction(random) * cumulative_.back();
    const auto found = std::lower_bound(cumulative_.begin(), cumulative_.end(), point);
    return static_cast<std::size_t>(found - cumulative_.begin());
  }

 private:
  std::vector<double> cumulative_;
};

// Three mentions in ten are spelled another way: upper case, lower case, or with double spaces.
std::string spell(std::string name, std::uint64_t variant) {
  if (variant == 0) {
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  } else if (variant == 1) {
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  } else if (variant == 2) {
    std::string spaced{"  "};
    for (const char c : name) spaced.append(c == ' ' ? 2 : 1, c);
    name = std::move(spaced);
  }
  return name;
}

EntityName mention(const std::string& spelling) { return named(spelling); }

}  // namespace

std::string entity_name(std::size_t rank) { return "Entity " + std::to_string(rank) + " of the Corpus"; }

Workload make_workload(const WorkloadOptions& options) {
  std::mt19937_64 random{options.seed};
  const ZipfRanks ranks{std::max<std::size_t>(1, options.triples / 10)};
  const auto name = [&] {
    const std::size_t rank = ranks.draw(random);
    return spell(entity_name(rank), random() % 10);
  };
  Workload made;
  made.predicates.assign(predicates.begin(), predicates.end());
  made.agents = options.agents;
  made.document_words = options.document_words;
  made.statements.reserve(options.triples);
  std::int64_t source = 0;
  while (made.statements.size() < options.triples) {
    const std::size_t left = options.triples - made.statements.size();
    const std::size_t count = std::min<std::size_t>(1 + random() % 20, left);
    const auto number = static_cast<std::size_t>(source);
    made.groups.push_back({number % options.agents, source + 1, made.statements.size(), count});
    ++source;
    for (std::size_t at = 0; at < count; ++at) {
      Statement statement;
      statement.subject = name();
      statement.predicate = random() % predicates.size();
      statement.object = name();
      made.statements.push_back(std::move(statement));
    }
  }
  return made;
}

std::string Workload::document_text(std::int64_t source) const {
  std::mt19937_64 random{static_cast<std::uint64_t>(source)};
  std::string text;
  for (std::size_t at = 0; at < document_words; ++at) {
    if (at > 0) text += ' ';
    // Most words are common, some are rare, as in text.
    if (random() % 8 == 0) {
      text += "w" + std::to_string(random() % 20'000);
    } else {
      text += words[random() % words.size()];
    }
  }
  return text;
}

Observation Workload::observation(const Group& group, AckClass ack_class) const {
  Observation made;
  made.ack_class = ack_class;
  made.time = Timestamp{1'700'000'000'000 + group.source};
  made.valid_from = made.time;
  made.triples.reserve(group.count);
  for (std::size_t at = group.first; at < group.first + group.count; ++at) {
    const Statement& statement = statements[at];
    made.triples.push_back({mention(statement.subject), predicates[statement.predicate], mention(statement.object),
                            Cardinality::many});
  }
  if (document_words > 0) {
    Document document;
    document.id = "note-" + std::to_string(group.source);
    document.kind = DocumentKind::text;
    document.title = "Note " + std::to_string(group.source);
    document.text = document_text(group.source);
    document.hash = document.id;
    document.time = made.time;
    made.document = std::move(document);
  }
  return made;
}

void plain_alias(const std::string& spelling, std::string& alias) {
  alias.clear();
  bool space_is_due = false;
  for (const char c : spelling) {
    if (c == ' ' || c == '\t' || c == '\n') {
      space_is_due = !alias.empty();
      continue;
    }
    if (space_is_due) alias += ' ';
    space_is_due = false;
    alias += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
}

}  // namespace commonbook::bench
