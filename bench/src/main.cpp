// commonbook_bench: makes one measurement and prints it as one line of JSON. scripts/bench runs it again and again, peers
// and limits in turn, and makes the table; by hand it is for profilers.
#include "import/corpus.hpp"
#include "import/import.hpp"
#include "ingest/compacted_log.hpp"
#include "ingest/fill_log.hpp"
#include "ingest/ingest.hpp"
#include "process_figures.hpp"
#include "processes/processes.hpp"
#include "read/read.hpp"
#include "runtime/life.hpp"
#include "runtime/overhead.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>

namespace commonbook::bench {
namespace {

using Measure = std::function<nlohmann::json()>;

void add_ingest(CLI::App& app, Measure& measure, const std::filesystem::path& folder) {
  auto* verb = app.add_subcommand("ingest", "one design stores a workload of triples");
  auto options = std::make_shared<IngestOptions>();
  auto durable = std::make_shared<bool>(false);
  verb->add_option("design", options->design, "which design")->required()->check(CLI::IsMember(ingest_designs()));
  verb->add_option("--triples", options->triples, "how many triples")->check(CLI::Range(1'000, 100'000'000));
  verb->add_option("--document-words", options->document_words, "words of each observation's document");
  verb->add_option("--storage-actors", options->storage_actors)->check(CLI::Range(1, 64));
  verb->add_option("--window", options->window_triples, "outstanding triples of each agent")->check(CLI::Range(1, 65'536));
  verb->add_option("--batch", options->batch_triples, "triples of a commit")->check(CLI::Range(1, 65'536));
  verb->add_flag("--durable", *durable, "receipts survive power loss");
  verb->add_flag("!--no-verify", options->verify, "don't verify the file after the run");
  verb->callback([options, durable, &measure, &folder] {
    options->folder = folder;
    if (*durable) options->ack_class = AckClass::durable;
    measure = [options] { return measure_ingest(*options); };
  });
}

void add_fill(CLI::App& app, Measure& measure, const std::filesystem::path& folder) {
  auto* verb = app.add_subcommand("fill", "fills the log of fill.db and leaves it there");
  auto options = std::make_shared<IngestOptions>();
  auto page_bytes = std::make_shared<int>(4'096);
  options->design = "runtime";
  verb->add_option("design", options->design, "our storage, or plain statements on the article's schema")
      ->check(CLI::IsMember({"runtime", "article"}));
  verb->add_option("--triples", options->triples)->check(CLI::Range(1'000, 10'000'000));
  verb->add_option("--document-words", options->document_words);
  verb->add_option("--batch", options->batch_triples, "triples of a commit")->check(CLI::Range(1, 65'536));
  verb->add_option("--page-bytes", *page_bytes, "of the article's file")
      ->check(CLI::IsMember({1'024, 2'048, 4'096, 8'192}));
  verb->callback([options, page_bytes, &measure, &folder] {
    options->folder = folder;
    measure = [options, page_bytes] {
      const nlohmann::json filled =
          options->design == "article" ? fill_article_log(*options, *page_bytes) : fill_log(*options);
      std::cout << filled.dump() << std::endl;
      std::_Exit(0);  // a clean end would empty the log
      return nlohmann::json{};
    };
  });
}

void add_compacted_log(CLI::App& app, Measure& measure, const std::filesystem::path& folder) {
  auto* verb = app.add_subcommand("compacted-log", "bytes of log a triple with compaction, on one thread");
  auto options = std::make_shared<IngestOptions>();
  verb->add_option("--triples", options->triples)->check(CLI::Range(1'000, 100'000'000));
  verb->add_option("--document-words", options->document_words);
  verb->add_option("--batch", options->batch_triples, "triples of a commit")->check(CLI::Range(1, 65'536));
  verb->callback([options, &measure, &folder] {
    options->folder = folder;
    measure = [options] { return measure_compacted_log(*options); };
  });
}

void add_runtime(CLI::App& app, Measure& measure, const std::filesystem::path& folder) {
  auto* verb = app.add_subcommand("runtime", "the actors alone; starting, stopping, opening; agents that do nothing");
  const auto options = std::make_shared<OverheadOptions>();
  const auto life = std::make_shared<LifeOptions>();
  verb->add_option("what", options->what,
                   "actors with nothing stored, or CAF's bare ask-answer loop of the same shape; idle agents; start and stop; "
                   "open: a large book")
      ->required()
      ->check(CLI::IsMember({"actors", "bare-caf", "idle", "start", "open"}));
  verb->add_option("--observations", options->observations)->check(CLI::Range(1'000, 10'000'000));
  verb->add_option("--message", options->message_max, "observations of a message at most")->check(CLI::Range(1, 32));
  verb->add_option("--outstanding", options->outstanding, "observations of an agent under way")->check(CLI::Range(1, 65'536));
  const auto add = [life](CLI::App* to) {
    to->add_option("--triples", life->triples, "of the book that is opened")->check(CLI::Range(1'000, 100'000'000));
    to->add_flag("--killed", life->killed, "it was left by kill -9 with a full tail");
  };
  add(verb);
  verb->add_option("--agents", life->agents, "that idle")->check(CLI::Range(1, 1'000'000));
  verb->callback([options, life, &measure, &folder] {
    life->folder = folder;
    measure = [options, life]() -> nlohmann::json {
      if (options->what == "idle") return measure_idle_agents(*life);
      if (options->what == "start") return measure_start_and_stop(*life);
      if (options->what == "open") return measure_open(*life);
      return measure_overhead(*options);
    };
  });
  auto* builder = app.add_subcommand("book-to-open", "")->group("");
  add(builder);
  builder->callback([life, &measure, &folder] {
    life->folder = folder;
    measure = [life] { return make_book_to_open(*life); };
  });
}

void add_processes(CLI::App& app, Measure& measure, const std::filesystem::path& folder) {
  const auto options = std::make_shared<ProcessesOptions>();
  const auto number = std::make_shared<std::uint64_t>(0);
  const auto add = [options](CLI::App* verb) {
    verb->add_option("design", options->design)->required()->check(CLI::IsMember({"runtime", "stock", "turnstile"}));
    verb->add_option("--seconds", options->seconds)->check(CLI::Range(0.1, 600.0));
    verb->add_option("--think-ms", options->think_milliseconds, "pause after each acknowledgement")
        ->check(CLI::Range(0.0, 10'000.0));
  };
  auto* verb = app.add_subcommand("processes", "several processes write into one file");
  add(verb);
  verb->add_option("--processes", options->processes)->check(CLI::Range(1, 256));
  verb->callback([options, &measure, &folder] {
    options->folder = folder;
    measure = [options] { return measure_processes(*options); };
  });
  auto* process = app.add_subcommand("process", "")->group("");
  add(process);
  process->add_option("--number", *number);
  process->callback([options, number, &measure, &folder] {
    options->folder = folder;
    measure = [options, number] { return run_process(*options, *number); };
  });
}

void add_import(CLI::App& app, Measure& measure, const std::filesystem::path& folder) {
  const auto options = std::make_shared<ImportMeasureOptions>();
  const auto what = std::make_shared<std::string>("mail");
  const auto durable = std::make_shared<bool>(false);
  const auto add = [what, options](CLI::App* verb) {
    verb->add_option("what", *what)->required()->check(CLI::IsMember({"mail", "calendar"}));
    verb->add_option("--megabytes", options->megabytes, "of mail; of a calendar a thousand events each")
        ->check(CLI::Range(1, 10'000));
  };
  auto* verb = app.add_subcommand("import", "one stage of an import");
  verb->add_option("stage", options->stage)->required()->check(CLI::IsMember(import_stages()));
  add(verb);
  verb->add_flag("--durable", *durable, "receipts survive power loss");
  verb->add_option("--storage-actors", options->storage_actors)->check(CLI::Range(1, 64));
  verb->add_option("--window", options->window_triples, "outstanding triples of the agent")->check(CLI::Range(1, 65'536));
  verb->add_option("--batch", options->batch_triples, "triples of a commit")->check(CLI::Range(1, 65'536));
  verb->add_option("--cache", options->cache_mib, "MiB of pages of each connection that writes")->check(CLI::Range(1, 4'096));
  verb->add_option("--outstanding", options->outstanding, "open requests of the agent")->check(CLI::Range(1, 65'536));
  verb->callback([options, what, durable, &measure, &folder] {
    options->folder = folder;
    options->calendar = *what == "calendar";
    if (*durable) options->ack_class = AckClass::durable;
    measure = [options] { return measure_import(*options); };
  });
  auto* corpus = app.add_subcommand("corpus", "makes the mail or the calendar that `import` reads, and leaves it there");
  add(corpus);
  corpus->callback([options, what, &measure, &folder] {
    measure = [options, what, &folder]() -> nlohmann::json {
      const Corpus made = *what == "mail" ? make_mail(folder, options->megabytes) : make_calendar(folder, options->megabytes * 1'000);
      return {{"file", made.file}, {"documents", made.documents}, {"bytes", made.bytes}};
    };
  });
}

void add_read(CLI::App& app, Measure& measure, const std::filesystem::path& folder) {
  auto* verb = app.add_subcommand("read", "questions of every kind, alone and while agents write");
  const auto options = std::make_shared<ReadOptions>();
  verb->add_option("--triples", options->triples)->check(CLI::Range(1'000, 100'000'000));
  verb->add_option("--seconds", options->seconds, "of each kind of reading")->check(CLI::Range(0.1, 600.0));
  verb->add_option("--pace", options->a_second, "readings due in a second while agents write; 0: one after another")
      ->check(CLI::Range(0.0, 10'000.0));
  verb->add_option("--only", options->only, "one kind of reading, or `mix`: 1,000 reads a second");
  verb->add_option("--storage-actors", options->storage_actors)->check(CLI::Range(1, 64));
  verb->callback([options, &measure, &folder] {
    options->folder = folder;
    measure = [options] { return measure_read(*options); };
  });
}

int run(int argument_count, char** arguments) {
  spdlog::set_level(spdlog::level::err);
  CLI::App app{"Makes one measurement of Commonbook, a peer or a limit, and prints it as JSON.", "commonbook_bench"};
  app.require_subcommand(1);
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "commonbook-bench";
  app.add_option("--folder", folder, "where databases are written and removed again; a real disk")->capture_default_str();
  Measure measure;
  add_ingest(app, measure, folder);
  add_fill(app, measure, folder);
  add_compacted_log(app, measure, folder);
  add_runtime(app, measure, folder);
  add_processes(app, measure, folder);
  add_import(app, measure, folder);
  add_read(app, measure, folder);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::filesystem::create_directories(folder);
  std::cout << measure().dump() << '\n';
  return 0;
}

}  // namespace
}  // namespace commonbook::bench

int main(int argument_count, char** arguments) {
  try {
    return commonbook::bench::run(argument_count, arguments);
  } catch (const std::exception& failure) {
    std::cerr << "commonbook_bench: " << failure.what() << '\n';
    return 1;
  }
}
