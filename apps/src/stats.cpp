// commonbook stats: what a file holds.
#include "command.hpp"
#include "json_output.hpp"
#include "open_book.hpp"

#include <iostream>
#include <memory>

namespace commonbook::apps {

namespace {

ExitCode print_stats(const CommonOptions& common, bool with_digests) {
  const auto path = database_path(common.database, "memory", false);
  auto opened = open_book(path);
  if (!opened) return fail(opened.error());
  auto reader = storage::Reader::open(opened->book, long_deadline());
  if (!reader) return fail(reader.error());
  const auto stats = reader->stats(long_deadline());
  if (!stats) return fail(stats.error());
  Json result = stats_json(*stats);
  if (with_digests) {
    const auto row = reader->row_digest(long_deadline());
    if (!row) return fail(row.error());
    const auto content = reader->content_digest(long_deadline());
    if (!content) return fail(content.error());
    result["row_digest"] = hex_text(*row);
    result["content_digest"] = hex_text(*content);
  }
  if (common.json) {
    print_json(result);
    return ExitCode::ok;
  }
  std::cout << path.string() << '\n';
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& [name, value] : result.items())
    rows.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  print_table(rows);
  return ExitCode::ok;
}

}  // namespace

void add_stats(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "stats", "Count what a file holds");
  auto with_digests = std::make_shared<bool>(false);
  verb.add_flag("--digests", *with_digests, "Also compute the row and the content digest");
  verb.callback([&invocation, with_digests] {
    invocation.action = [with_digests](const CommonOptions& common, Interrupt&) {
      return print_stats(common, *with_digests);
    };
  });
}

}  // namespace commonbook::apps
