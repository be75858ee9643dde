// commonbook eval retrieval DATASET: how much of the evidence comes back, with each part switched off in turn.
#include "console.hpp"
#include "eval.hpp"
#include "json_output.hpp"
#include "retrieval_measure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>

namespace commonbook::apps {
namespace {

constexpr const char* help =
    "DATASET is JSON: {\"documents\": [{\"id\", \"title\", \"time\", \"passages\": [{\"id\", \"speaker\", \"text\"}]}],\n"
    "\"questions\": [{\"question\", \"evidence\": [passage ids], \"category\", \"now\"}]}; or {\"collections\": [...]} with\n"
    "several of these, each kept apart. title, time, speaker, category and now may be left out. The JSON of LoCoMo\n"
    "(a list of conversations) is read as it is: a session is a document, a turn a passage.\n"
    "Recall at k of a question is the share of its evidence among the first k passages, or of the documents with its\n"
    "evidence among the first k citations; the figures are means over questions.";

struct EvalRetrievalOptions {
  std::string dataset;
  std::vector<std::size_t> depths{5, 10};
  std::vector<std::string> variants;
  std::vector<std::string> left_out;
};

using Sums = std::map<std::string, RecallSums>;

RecallSums overall(const Sums& categories) {
  RecallSums all;
  for (const auto& [name, sums] : categories) {
    all.questions += sums.questions;
    for (const auto& [depth, sum] : sums.passages) all.passages[depth] += sum;
    for (const auto& [depth, sum] : sums.documents) all.documents[depth] += sum;
  }
  return all;
}

std::string share_text(double sum, std::size_t questions) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", questions == 0 ? 0.0 : sum / static_cast<double>(questions));
  return text;
}

std::string padded(std::string text, std::size_t width, bool to_the_right) {
  if (text.size() >= width) return text;
  return to_the_right ? std::string(width - text.size(), ' ') + text : text + std::string(width - text.size(), ' ');
}

/// One table: a row for each variant, a column for all questions and for each category.
void print_recall(const std::vector<VariantResult>& results, std::map<std::size_t, double> RecallSums::*measure,
                  std::size_t depth, const std::string& title) {
  constexpr std::size_t first = 20;
  std::cout << '\n' << padded(title, first, false) << padded("all", 8, true);
  std::vector<std::string> names;
  for (const auto& [name, sums] : results.front().categories) names.push_back(name);
  for (const std::string& name : names)
    std::cout << "  " << padded(one_line(name.empty() ? "no category" : name, 18), 6, true);
  std::cout << '\n';
  for (const VariantResult& result : results) {
    const RecallSums all = overall(result.categories);
    std::cout << padded(result.name, first, false)
              << padded(share_text((all.*measure).at(depth), all.questions), 8, true);
    for (const std::string& name : names) {
      const RecallSums& sums = result.categories.at(name);
      const std::size_t width = std::max<std::size_t>(6, one_line(name.empty() ? "no category" : name, 18).size());
      std::cout << "  " << padded(share_text((sums.*measure).at(depth), sums.questions), width, true);
    }
    std::cout << '\n';
  }
}

std::uint64_t time_at(const VariantResult& result, double share) {
  if (result.times.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(result.times.size() - 1));
  return static_cast<std::uint64_t>(result.times[at].count());
}

void print_times(const std::vector<VariantResult>& results) {
  std::cout << '\n' << padded("time a question", 20, false) << padded("p50", 12, true) << padded("p99", 12, true) << '\n';
  for (const VariantResult& result : results)
    std::cout << padded(result.name, 20, false) << padded(milliseconds_text(time_at(result, 0.5)), 12, true)
              << padded(milliseconds_text(time_at(result, 0.99)), 12, true) << '\n';
}

Json recall_json(const RecallSums& sums) {
  Json json{{"questions", sums.questions}};
  for (const auto& [depth, sum] : sums.passages)
    json["passages@" + std::to_string(depth)] = sum / static_cast<double>(sums.questions);
  for (const auto& [depth, sum] : sums.documents)
    json["documents@" + std::to_string(depth)] = sum / static_cast<double>(sums.questions);
  return json;
}

Json results_json(const std::vector<VariantResult>& results, std::size_t left_out) {
  Json json{{"questions_left_out", left_out}, {"variants", Json::array()}};
  for (const VariantResult& result : results) {
    Json categories = Json::object();
    for (const auto& [name, sums] : result.categories) categories[name] = recall_json(sums);
    json["variants"].push_back({{"name", result.name},
                                {"all", recall_json(overall(result.categories))},
                                {"categories", categories},
                                {"p50_us", time_at(result, 0.5)},
                                {"p99_us", time_at(result, 0.99)}});
  }
  return json;
}

ExitCode eval_retrieval(const CommonOptions& common, const EvalRetrievalOptions& options, Interrupt& interrupt) {
  interrupt.drain_on_signal();
  auto dataset = read_retrieval_dataset(options.dataset);
  if (!dataset) {
    spdlog::error("{}", dataset.error().message);
    return ExitCode::input;
  }
  std::size_t questions = 0;
  for (DatasetCollection& collection : dataset->collections) {
    std::erase_if(collection.questions, [&](const DatasetQuestion& question) {
      return std::count(options.left_out.begin(), options.left_out.end(), question.category) > 0;
    });
    questions += collection.questions.size();
  }
  if (questions == 0) {
    spdlog::error("{}: no question is left whose evidence names a passage", options.dataset);
    return ExitCode::input;
  }
  RetrievalMeasure measure;
  measure.depths = options.depths;
  for (RetrievalVariant& variant : retrieval_variants())
    if (options.variants.empty() ||
        std::count(options.variants.begin(), options.variants.end(), variant.name) > 0)
      measure.variants.push_back(std::move(variant));
  ProgressLine line;
  measure.stop_requested = [&interrupt] { return interrupt.requested(); };
  measure.progress = [&line](std::string_view text) { line.show(text); };
  const auto results = measure_retrieval(*dataset, measure);
  line.clear();
  if (!results) return interrupt.requested() ? ExitCode::interrupted : fail(results.error());
  if (common.json) {
    print_json(results_json(*results, dataset->questions_left_out));
    return ExitCode::ok;
  }
  std::cout << questions << " questions over " << dataset->collections.size()
            << (dataset->collections.size() == 1 ? " collection" : " collections") << ", "
            << dataset->questions_left_out << " left out whose evidence names no passage\n";
  for (const std::size_t depth : options.depths)
    print_recall(*results, &RecallSums::passages, depth, "passages at " + std::to_string(depth));
  for (const std::size_t depth : options.depths)
    print_recall(*results, &RecallSums::documents, depth, "documents at " + std::to_string(depth));
  print_times(*results);
  return ExitCode::ok;
}

}  // namespace

void add_eval_retrieval(CLI::App& eval, Invocation& invocation) {
  CLI::App& part = add_eval_part(eval, invocation, "retrieval", "How much of the evidence of questions comes back");
  auto options = std::make_shared<EvalRetrievalOptions>();
  part.add_option("DATASET", options->dataset, "Documents and questions; see below")->required();
  part.add_option("--at", options->depths, "The k of \"recall at k\"; may be given several times")
      ->check(CLI::Range(std::size_t{1}, std::size_t{50}))
      ->capture_default_str();
  std::vector<std::string> names;
  for (const RetrievalVariant& variant : retrieval_variants()) names.push_back(variant.name);
  part.add_option("--variant", options->variants, "Only this choice of parts; may be given several times")
      ->check(CLI::IsMember(names));
  part.add_option("--without-category", options->left_out, "Leave these questions out; may be given several times");
  part.footer(std::string{help} + "\n\n" + exit_status_text);
  part.callback([&invocation, options] {
    invocation.action = [options](const CommonOptions& common, Interrupt& interrupt) {
      return eval_retrieval(common, *options, interrupt);
    };
  });
}

}  // namespace commonbook::apps
