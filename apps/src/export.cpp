// commonbook export FILE: the whole book as lines of JSON, out of one snapshot.
#include "book_json.hpp"
#include "command.hpp"
#include "new_file.hpp"
#include "open_book.hpp"

#include "commonbook/storage/transfer.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

using Write = std::function<Result<void>(std::string_view)>;

Result<storage::ExportReport> export_lines(const storage::Book& book, const Write& write, std::int64_t& lines) {
  const auto put = [&](const BookLine& line) -> Result<void> {
    auto text = book_line(line);
    if (!text) return text.error();
    ++lines;
    return write(*text + '\n');
  };
  if (auto done = put(BookHeader{}); !done) return done.error();
  ProgressLine progress;
  auto report = storage::export_book(
      book, [&](const storage::BookRecord& record) { return put(record); }, long_deadline(),
      [&progress](std::string_view step, double share) {
        progress.show("export: " + std::string{step} + " " + std::to_string(static_cast<int>(share * 100)) + " %");
      });
  progress.clear();
  if (!report) return report;
  const BookEnd end{lines, report->content_digest};
  if (auto done = put(end); !done) return done.error();
  return report;
}

Result<void> write_to_output(std::string_view bytes) {
  std::cout.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (std::cout.good()) return {};
  return Error{ErrorCode::io, "standard output can't be written", 0, {}};
}

Json counts_json(const storage::ExportReport& report, std::int64_t lines) {
  const storage::TransferCounts& counts = report.counts;
  return {{"lines", lines},
          {"entities", counts.entities},
          {"predicates", counts.predicates},
          {"redirects", counts.redirects},
          {"observations", counts.observations},
          {"retracted", counts.retracted},
          {"documents", counts.documents},
          {"triples", counts.triples},
          {"suggestions", counts.suggestions},
          {"content_digest", hex_text(report.content_digest)},
          {"commit_seq", report.commit_seq}};
}

ExitCode export_file(const CommonOptions& common, const std::string& target) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  std::int64_t lines = 0;
  if (target == "-") {
    const auto report = export_lines(opened->book, write_to_output, lines);
    std::cout.flush();
    return report ? ExitCode::ok : fail(report.error());
  }
  auto file = NewFile::create(target);
  if (!file) return fail(file.error());
  const auto report =
      export_lines(opened->book, [&file](std::string_view bytes) { return file->write(bytes); }, lines);
  if (!report) return fail(report.error());
  if (const auto kept = file->keep(); !kept) return fail(kept.error());
  if (common.json)
    print_json(counts_json(*report, lines));
  else
    std::cout << target << ": " << lines << " lines, " << report->counts.observations << " observations ("
              << report->counts.retracted << " forgotten), " << report->counts.triples << " triples, content digest "
              << hex_text(report->content_digest) << '\n';
  return ExitCode::ok;
}

}  // namespace

void add_export(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "export",
                            "Write the whole book as lines of JSON; `import book` reads them into any file");
  auto target = std::make_shared<std::string>();
  verb.add_option("TARGET", *target, "The new file; must not exist. -: standard output, and nothing else there")
      ->required();
  verb.callback([&invocation, target] {
    invocation.action = [target](const CommonOptions& common, Interrupt&) { return export_file(common, *target); };
  });
}

}  // namespace commonbook::apps
