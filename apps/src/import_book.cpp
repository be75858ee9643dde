#include "import_book.hpp"

#include "book_json.hpp"
#include "console.hpp"

#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/transfer.hpp"

#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <optional>

namespace commonbook::apps {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept {
    if (file != stdin) std::fclose(file);
  }
};

// Lines of a file, of bounded length.
class Lines {
 public:
  static Result<Lines> open(const std::string& path) {
    std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "re");
    if (file == nullptr) return Error{ErrorCode::not_found, path + " can't be read", 0, {}};
    return Lines{file};
  }
  /// nullopt at the end. @errors too_large, io.
  Result<std::optional<std::string>> next() {
    ++number_;
    std::string line;
    for (int c = ::getc_unlocked(file_.get()); c != EOF; c = ::getc_unlocked(file_.get())) {
      if (c == '\n') return std::optional{std::move(line)};
      if (line.size() == book_line_bytes_max)
        return Error{ErrorCode::too_large, "a line has more than 64 MiB", 0, {}};
      line += static_cast<char>(c);
    }
    if (std::ferror(file_.get()) != 0) return Error{ErrorCode::io, "reading failed", 0, {}};
    if (line.empty()) return std::optional<std::string>{};
    return std::optional{std::move(line)};
  }
  [[nodiscard]] std::int64_t number() const noexcept { return number_; }

 private:
  explicit Lines(std::FILE* file) : file_(file) {}
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::int64_t number_ = 0;
};

struct Outcome {
  storage::ImportCounts counts;
  std::int64_t lines = 0;
  std::uint64_t digest_exported = 0;
  bool interrupted = false;
};

Error at_line(Error error, std::int64_t line) {
  error.message = "line " + std::to_string(line) + ": " + error.message;
  return error;
}

// Takes all lines up to the last one. @returns the last one, nullopt where an interrupt came first.
Result<std::optional<BookEnd>> take_lines(Lines& lines, storage::BookImporter& importer, Interrupt& interrupt) {
  ProgressLine progress;
  while (!interrupt.requested()) {
    const auto text = lines.next();
    if (!text) return at_line(text.error(), lines.number());
    if (!*text)
      return Error{ErrorCode::parse_error, "the file ends without its last line: it was cut; what is there is stored", 0,
                   {}};
    auto line = parse_book_line(**text);
    if (!line) return at_line(line.error(), lines.number());
    if (lines.number() == 1 && !std::holds_alternative<BookHeader>(*line))
      return at_line({ErrorCode::parse_error, "it is no export of a book", 0, {}}, 1);
    if (const auto* end = std::get_if<BookEnd>(&*line)) {
      if (end->lines == lines.number() - 1) return std::optional{*end};
      return at_line({ErrorCode::parse_error, "lines are missing or too many before the last one", 0, {}}, lines.number());
    }
    if (auto* record = std::get_if<storage::BookRecord>(&*line))
      if (auto done = importer.add(std::move(*record), lines.number(), long_deadline()); !done) return done.error();
    progress.show("import: " + std::to_string(lines.number()) + " lines");
  }
  return std::optional<BookEnd>{};
}

Result<Outcome> import_one(const storage::Book& book, const std::string& path, Interrupt& interrupt) {
  auto lines = Lines::open(path);
  if (!lines) return lines.error();
  auto importer = storage::BookImporter::open(book, long_deadline());
  if (!importer) return importer.error();
  auto end = take_lines(*lines, *importer, interrupt);
  // What came before a broken line is kept: the next import finds it, and goes on.
  auto finished = importer->finish(long_deadline());
  if (!end) return end.error();
  if (!finished) return finished.error();
  Outcome outcome{importer->counts(), lines->number(), 0, !*end};
  if (*end) outcome.digest_exported = (*end)->content_digest;
  return outcome;
}

Result<std::uint64_t> digest_of(const storage::Book& book) {
  auto reader = storage::Reader::open(book, long_deadline());
  if (!reader) return reader.error();
  return reader->content_digest(long_deadline());
}

Json outcome_json(const Outcome& outcome, const std::string& path, std::uint64_t digest) {
  const storage::ImportCounts& counts = outcome.counts;
  return {{"file", path},
          {"lines", outcome.lines},
          {"observations", counts.observations},
          {"replayed", counts.replayed},
          {"retracted", counts.retracted},
          {"triples", counts.triples},
          {"entities_created", counts.entities_created},
          {"entities_found", counts.entities_found},
          {"redirects", counts.redirects},
          {"suggestions", counts.suggestions},
          {"content_digest", hex_text(digest)},
          {"content_digest_exported", hex_text(outcome.digest_exported)},
          {"identical", digest == outcome.digest_exported},
          {"interrupted", outcome.interrupted}};
}

void print_outcome(const Outcome& outcome, const std::string& path, std::uint64_t digest) {
  const storage::ImportCounts& counts = outcome.counts;
  std::cout << path << '\n';
  print_table({{"lines", std::to_string(outcome.lines)},
               {"observations", std::to_string(counts.observations) + " stored, " + std::to_string(counts.replayed) +
                                    " were stored before, " + std::to_string(counts.retracted) + " marks of forgotten ones"},
               {"triples", std::to_string(counts.triples)},
               {"entities", std::to_string(counts.entities_created) + " created, " +
                                std::to_string(counts.entities_found) + " found"},
               {"content digest", hex_text(digest) + (digest == outcome.digest_exported
                                                          ? ", identical to what was exported"
                                                          : ", of this file and what was exported together")}});
}

}  // namespace

ExitCode import_books(const CommonOptions& common, const std::vector<std::string>& paths, Interrupt& interrupt) {
  interrupt.drain_on_signal();
  const SystemClock clock;
  storage::BookOptions options;
  options.path = database_path(common.database, "memory", true);
  options.create = true;
  options.keep_overlay = false;
  options.similarity = storage::SimilarityMode::off;
  const auto book = storage::Book::open(options, clock, clock.steady_now() + std::chrono::seconds{10});
  if (!book) return fail(book.error());
  for (const std::string& path : paths) {
    const auto outcome = import_one(*book, path, interrupt);
    if (!outcome) {
      spdlog::error("{}: what came before is stored; mend it and import it again", path);
      return fail(outcome.error());
    }
    const auto digest = digest_of(*book);
    if (!digest) return fail(digest.error());
    if (common.json)
      print_json(outcome_json(*outcome, path, *digest));
    else
      print_outcome(*outcome, path, *digest);
    if (outcome->interrupted) return ExitCode::interrupted;
  }
  return ExitCode::ok;
}

}  // namespace commonbook::apps
