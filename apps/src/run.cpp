// commonbook run CONFIG: the agents of a configuration write into one file while questions are asked; then everything
// is asked again, the file is verified and the figures are printed.
#include "command.hpp"
#include "config.hpp"
#include "follow.hpp"
#include "fresh_counts.hpp"
#include "open_book.hpp"
#include "paced_source.hpp"
#include "run_report.hpp"

#include "commonbook/agents/extractor.hpp"
#include "commonbook/agents/follow.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>

namespace commonbook::apps {

namespace {

using std::chrono::milliseconds;

/// The questions of all question agents, and where the next one asked during the import comes from.
struct QuestionList {
  std::vector<agents::Question> questions;
  std::size_t next = 0;
};

Result<QuestionList> read_question_lists(const RunConfig& config) {
  QuestionList list;
  for (const AgentConfig& agent : config.agents) {
    if (agent.kind != AgentKind::question) continue;
    for (const auto& path : agent.paths) {
      auto texts = read_questions(path);
      if (!texts) return texts.error();
      for (std::string& text : *texts)
        list.questions.push_back({std::move(text), agent.now.value_or(SystemClock{}.wall_now()), agent.zone});
    }
  }
  return list;
}

Result<std::unique_ptr<agents::Source>> open_source(const AgentConfig& agent,
                                                    const std::shared_ptr<std::atomic<bool>>& stop, bool follow) {
  const bool calendar = agent.kind == AgentKind::calendar;
  Result<std::unique_ptr<agents::Source>> source =
      calendar && follow                ? agents::follow_calendars(agent.paths, agent.name)
      : calendar                        ? agents::open_calendars(agent.paths, agent.name)
      : agent.kind == AgentKind::email && follow ? agents::follow_mail(agent.paths, agent.name)
      : agent.kind == AgentKind::email  ? agents::open_mail(agent.paths, agent.name)
                                        : Result{agents::open_synthetic(agent.synthetic)};
  if (source && agent.extracts && agent.kind != AgentKind::synthetic)
    source = agents::extracting(std::move(*source), agents::make_rule_extractor(), agent.name);
  if (!source || agent.observations_per_second <= 0) return source;
  return paced(std::move(*source), agent.observations_per_second, stop);
}

/// The importing agents of a configuration with a source each: opened before anything is written, so that a missing
/// path costs nothing.
struct Importers {
  struct Opened {
    std::string name;  ///< of the agent, or of the model that reads what it brings
    const AgentConfig* agent;
    std::unique_ptr<agents::Source> source;
  };
  std::vector<Opened> sources;
  std::vector<agents::ImportAgent> running;
  std::vector<FreshCounts> counts;  // one for each of `running`
  std::shared_ptr<std::atomic<bool>> stop = std::make_shared<std::atomic<bool>>(false);
};

/// Puts a queue behind a source, and as many importers at its other end as requests may run at one time.
Result<void> ask_model(const AgentConfig& agent, const agents::ModelOptions& model, std::unique_ptr<agents::Source>& source,
                       Importers& importers) {
  const auto queue = agents::make_extraction_queue(model.waiting_max);
  source = agents::queueing(std::move(source), queue);
  const std::string name = agent.name + " by " + model.model;
  for (std::size_t request = 0; request < model.requests_max; ++request) {
    auto extractor = agents::make_model_extractor(model, importers.stop);
    if (!extractor) return extractor.error();
    importers.sources.push_back({name, &agent, agents::extracted_from(queue, std::move(*extractor), name)});
  }
  return {};
}

Result<void> open_sources(const RunConfig& config, bool follow, Importers& importers) {
  for (const AgentConfig& agent : config.agents) {
    if (agent.kind == AgentKind::question) continue;
    auto source = open_source(agent, importers.stop, follow);
    if (!source) return source.error();
    if (agent.asks_model && config.model)
      if (auto asked = ask_model(agent, *config.model, *source, importers); !asked) return asked;
    importers.sources.push_back({agent.name, &agent, std::move(*source)});
  }
  return {};
}

Result<void> start_importers(actors::Runtime& runtime, Importers& importers) {
  for (auto& [name, agent, source] : importers.sources) {
    agents::ImportOptions options;
    options.agent = name;
    options.ack_class = agent->ack_class;
    options.outstanding_max = agent->outstanding_max;
    importers.counts.emplace_back().listen(options);
    auto started = agents::ImportAgent::start(runtime, options, std::move(source));
    if (!started) return started.error();
    importers.running.push_back(std::move(*started));
  }
  return {};
}

/// Asks one question after the other while agents import; each must be answered from what is committed by then.
void ask_during_import(std::optional<std::future<Result<Answer>>>& asked, agents::QuestionAgent& agent,
                       QuestionList& list, RunReport& report) {
  if (asked && asked->wait_for(milliseconds{0}) != std::future_status::ready) return;
  if (asked) {
    const auto answer = asked->get();
    ++report.early.asked;
    if (!answer) {
      ++report.early.failed;
      report.add_error("asked during the import: ", answer.error());
    }
  }
  asked = agent.ask(list.questions[list.next++ % list.questions.size()]);
}

void watch_import(Importers& importers, agents::QuestionAgent& questions, QuestionList& list, Interrupt& interrupt,
                  RunReport& report) {
  ProgressLine line{milliseconds{0}};
  std::optional<std::future<Result<Answer>>> asked;
  for (agents::ImportAgent& importer : importers.running) {
    while (!interrupt.requested()) {
      if (!list.questions.empty()) ask_during_import(asked, questions, list, report);
      if (importer.wait_for(milliseconds{10})) break;
      std::string text;
      for (const agents::ImportAgent& one : importers.running)
        text += (text.empty() ? "" : " | ") + agent_line(one.report());
      line.show(text);
    }
  }
  if (asked) {
    if (const auto answer = asked->get(); !answer && !interrupt.requested()) {
      ++report.early.failed;
      report.add_error("asked during the import: ", answer.error());
    }
    ++report.early.asked;
  }
}

void ask_all(agents::QuestionAgent& agent, const QuestionList& list, Interrupt& interrupt, RunReport& report) {
  ProgressLine line;
  for (const agents::Question& question : list.questions) {
    if (interrupt.requested()) return;
    line.show("asking " + std::to_string(report.answers.size() + 1) + " of " + std::to_string(list.questions.size()));
    report.answers.push_back({question.text, agent.ask(question).get()});
    if (const auto& answer = report.answers.back().answer; !answer)
      report.add_error(question.text + " ", answer.error());
  }
}

void add_check(storage::VerifyReport& verify, std::string id, std::string what, bool ok, std::string detail,
               std::uint64_t examined) {
  verify.ok = verify.ok && ok;
  verify.checks.push_back({std::move(id), std::move(what), ok, ok ? std::string{} : std::move(detail),
                           static_cast<std::int64_t>(examined)});
}

/// What only the run itself knows: its own counts against those of the file.
void check_run(const RunReport& run, std::int64_t observations_before, storage::VerifyReport& verify) {
  const actors::IntakeCounters& intake = run.shutdown.metrics.intake;
  add_check(verify, "P6", "submitted = acknowledged + failed + rejected + cancelled + unknown + in flight",
            intake.balanced() && intake.in_flight == 0, "the intake's counters do not add up", intake.submitted);
  std::uint64_t stored = 0;
  for (const agents::ImportReport& agent : run.agents) stored += agent.acknowledged - agent.replayed;
  const std::int64_t grown = run.stats ? run.stats->observations - observations_before : 0;
  add_check(verify, "P1", "every acknowledged observation is in the file", grown >= static_cast<std::int64_t>(stored),
            std::to_string(stored) + " acknowledged, but the file grew by " + std::to_string(grown), stored);
}

/// Observations in the file before the run; 0 for a file that is not there yet.
std::int64_t count_observations(const std::filesystem::path& path) {
  auto opened = open_book(path);
  if (!opened) return 0;
  auto reader = storage::Reader::open(opened->book, long_deadline());
  if (!reader) return 0;
  const auto stats = reader->stats(long_deadline());
  return stats ? stats->observations : 0;
}

/// Reads the file that the run left behind: counts, digests, verification.
Result<void> look_at_file(std::int64_t observations_before, RunReport& report) {
  auto opened = open_book(report.database);
  if (!opened) return opened.error();
  auto reader = storage::Reader::open(opened->book, long_deadline());
  if (!reader) return reader.error();
  auto stats = reader->stats(long_deadline());
  if (!stats) return stats.error();
  report.stats = *stats;
  const auto row = reader->row_digest(long_deadline());
  if (!row) return row.error();
  const auto content = reader->content_digest(long_deadline());
  if (!content) return content.error();
  report.row_digest = *row;
  report.content_digest = *content;
  check_run(report, observations_before, report.verify);
  ProgressLine line;
  auto verify = storage::verify(opened->book, long_deadline(), [&line](std::string_view step, double share) {
    line.show("verify: " + std::string{step} + " " + std::to_string(static_cast<int>(share * 100)) + " %");
  });
  if (!verify) return verify.error();
  report.verify.ok = report.verify.ok && verify->ok;
  report.verify.checks.insert(report.verify.checks.end(), verify->checks.begin(), verify->checks.end());
  return {};
}

void collect(const Importers& importers, RunReport& report, bool print_lines) {
  for (std::size_t at = 0; at < importers.running.size(); ++at) {
    report.agents.push_back(importers.running[at].report());
    importers.counts[at].correct(report.agents.back());
    const agents::ImportReport& agent = report.agents.back();
    for (const agents::ImportError& error : agent.errors)
      report.add_error(agent.agent + ": " + (error.place.empty() ? "" : error.place + ": "), error.error);
    if (agent.failed > 0 && agent.errors.empty())
      report.errors.push_back(agent.agent + ": " + std::to_string(agent.failed) + " observations failed");
    if (print_lines) std::cout << agent_line(agent) << std::endl;
  }
}

/// What the command line of `run` says.
struct RunOptions {
  std::string file;
  bool follow = false;
};

/// The zone of the first question agent: for what is asked while the run goes on.
std::string zone_of(const RunConfig& config) {
  for (const AgentConfig& agent : config.agents)
    if (agent.kind == AgentKind::question) return agent.zone;
  return "UTC";
}

/// From the first document to the drained runtime.
Result<void> write_and_ask(actors::Runtime& runtime, Importers& importers, QuestionList& list, bool print_lines,
                           const std::optional<FollowedQuestions>& followed, Interrupt& interrupt, RunReport& report) {
  auto questions = agents::QuestionAgent::start(runtime);
  if (!questions) return questions.error();
  if (auto started = start_importers(runtime, importers); !started) return started.error();
  if (followed)
    follow(importers.running, *questions, *followed, interrupt, report);
  else
    watch_import(importers, *questions, list, interrupt, report);
  if (interrupt.requested()) {
    importers.stop->store(true);
    for (agents::ImportAgent& importer : importers.running) importer.stop();
    for (agents::ImportAgent& importer : importers.running) (void)importer.wait_for(std::chrono::seconds{5});
  } else {
    ask_all(*questions, list, interrupt, report);
    if (print_lines && !list.questions.empty())
      std::cout << "question: " << report.early.asked << " asked during the import, " << report.answers.size()
                << " after it" << std::endl;
  }
  report.shutdown = runtime.shutdown();
  collect(importers, report, print_lines);
  importers.running.clear();  // actors of the runtime: they must be gone before its system ends
  if (!report.shutdown.clean && !interrupt.requested())
    report.errors.push_back("shutdown: " + std::to_string(report.shutdown.cancelled) + " requests were cancelled, " +
                            std::to_string(report.shutdown.unknown) + " have an unknown outcome");
  return {};
}

ExitCode run(const CommonOptions& common, const RunOptions& options, Interrupt& interrupt) {
  auto config = read_config(options.file);
  if (!config) return fail(config.error());
  auto list = read_question_lists(*config);
  if (!list) return fail(list.error());
  Importers importers;
  if (auto opened = open_sources(*config, options.follow, importers); !opened) return fail(opened.error());

  RunReport report;
  report.database = common.database.empty() && config->database
                        ? *config->database
                        : database_path(common.database, config->file.stem().string(), true);
  config->runtime.path = report.database;
  const std::int64_t observations_before = count_observations(report.database);
  interrupt.drain_on_signal();
  auto runtime = actors::Runtime::start(config->runtime);
  if (!runtime) return fail(runtime.error());
  const bool print_lines = !common.json;
  std::optional<FollowedQuestions> followed;
  if (options.follow) followed = FollowedQuestions{zone_of(*config), common.json};
  auto worked = write_and_ask(**runtime, importers, *list, print_lines, followed, interrupt, report);
  if (!worked) return fail(worked.error());
  report.interrupted = interrupt.requested();
  auto looked = look_at_file(observations_before, report);
  if (!looked) report.add_error("", looked.error());

  if (common.json)
    print_json(run_json(report));
  else
    print_run(report);
  if (report.interrupted) return ExitCode::interrupted;
  if (!looked && !report.damaged) return exit_code_of(looked.error());
  return report.exit_code();
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "run", "Run the agents of a configuration on one file, ask, and verify");
  auto options = std::make_shared<RunOptions>();
  verb.add_option("CONFIG", options->file, "A TOML file, e.g. configs/desk.toml")->required();
  verb.add_flag("--follow", options->follow,
                "Stay: read what changes, answer questions from standard input (one a line) until Ctrl-C");
  verb.callback([&invocation, options] {
    invocation.action = [options](const CommonOptions& common, Interrupt& interrupt) {
      return run(common, *options, interrupt);
    };
  });
}

}  // namespace commonbook::apps
