// commonbook ask "QUESTION": one question over one file.
#include "answer_text.hpp"
#include "command.hpp"
#include "console.hpp"
#include "json_output.hpp"
#include "point_in_time.hpp"

#include "commonbook/actors/runtime.hpp"
#include "commonbook/agents/agents.hpp"
#include "commonbook/agents/time_zone.hpp"
#include "commonbook/model/civil_time.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>

namespace commonbook::apps {

namespace {

std::string closest_text(const Answer& answer) {
  const auto cited = std::find_if(answer.passages.begin(), answer.passages.end(), [&](const Passage& passage) {
    return passage.citation.document_id == answer.citations.front().document_id;
  });
  return cited == answer.passages.end() ? answer.citations.front().title : cited->text;
}

}  // namespace

void print_answer(const Answer& answer, std::size_t citations_max) {
  if (!answer.line.empty())
    std::cout << "  " << one_line(answer.line, 400) << '\n';
  else if (!answer.citations.empty())
    std::cout << "  no answer found; the closest document says: \"" << one_line(closest_text(answer), 200) << "\"\n";
  else
    std::cout << "  nothing found\n";
  for (std::size_t at = 0; at < answer.citations.size() && at < citations_max; ++at) {
    const Citation& citation = answer.citations[at];
    std::cout << "    [" << at + 1 << "] " << one_line(citation.document_id, 100) << "  (" << to_string(citation.kind)
              << " \"" << one_line(citation.title, 60) << "\", " << format_utc(citation.time) << ", by "
              << citation.agent << ")\n";
  }
}

namespace {

struct AskOptions {
  std::string question;
  std::string now;
  std::string zone = "UTC";
};

ExitCode ask_file(const CommonOptions& common, const AskOptions& options) {
  agents::Question question;
  question.text = options.question;
  question.now = SystemClock{}.wall_now();
  question.zone = options.zone;
  if (!options.now.empty()) {
    const auto now = parse_point_in_time(options.now);
    if (!now) {
      spdlog::error("--now {}: write a date such as 2026-04-01 or a UTC time such as 2026-04-01T09:30", options.now);
      return ExitCode::usage;
    }
    question.now = *now;
  }
  if (!agents::TimeZone::find(options.zone)) {
    spdlog::error("--zone {}: not a known time zone; write an IANA name such as Europe/Berlin", options.zone);
    return ExitCode::usage;
  }
  actors::RuntimeOptions runtime_options;
  runtime_options.path = database_path(common.database, "memory", false);
  runtime_options.storage_actors = 1;
  runtime_options.reader_actors = 1;
  runtime_options.maintenance = false;
  runtime_options.keep_overlay = false;
  auto runtime = actors::Runtime::start(runtime_options);
  if (!runtime) return fail(runtime.error());
  auto session = (*runtime)->open_session("question");
  if (!session) return fail(session.error());
  const auto answer = agents::ask(*session, question).get();
  if (!answer) return fail(answer.error());
  if (common.json)
    print_json(answer_json(question.text, *answer));
  else
    print_answer(*answer, 10);
  return answer->citations.empty() ? ExitCode::not_held : ExitCode::ok;
}

}  // namespace

void add_ask(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "ask", "Answer a question from what a file holds, with citations");
  auto options = std::make_shared<AskOptions>();
  verb.add_option("QUESTION", options->question, "In plain English, in quotation marks")->required();
  verb.add_option("--now", options->now, "What \"today\" means: a date or a UTC time (default: now)")
      ->type_name("TIME");
  verb.add_option("--zone", options->zone, "Time zone of days and times that name no place")->capture_default_str();
  verb.callback([&invocation, options] {
    invocation.action = [options](const CommonOptions& common, Interrupt&) { return ask_file(common, *options); };
  });
}

}  // namespace commonbook::apps
