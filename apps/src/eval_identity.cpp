// commonbook eval identity DATASET: how well it would recognise the user's own records.
#include "command.hpp"
#include "console.hpp"
#include "eval.hpp"
#include "identity_measure.hpp"
#include "json_output.hpp"

#include <cstdio>
#include <iostream>

namespace commonbook::apps {

namespace {

struct EvalChoice {
  std::vector<std::string> files;
  storage::OutcomeThresholds thresholds;
  std::size_t show = 0;
};

std::string figures(const Agreement& agreement) {
  char text[128] = "";
  std::snprintf(text, sizeof text, "precision %.4f  recall %.4f  F1 %.4f", agreement.precision(), agreement.recall(),
                agreement.f1());
  return text;
}

Json agreement_json(const Agreement& agreement) {
  return {{"true_positives", agreement.true_positives},
          {"false_positives", agreement.false_positives},
          {"false_negatives", agreement.false_negatives},
          {"precision", agreement.precision()},
          {"recall", agreement.recall()},
          {"f1", agreement.f1()}};
}

void print_misjudged(const IdentityDataset& dataset, const IdentityMeasure& measure) {
  for (const Misjudged& wrong : measure.misjudged) {
    char score[16] = "";
    std::snprintf(score, sizeof score, "%.3f", wrong.evidence.score);
    std::cout << "  " << score << (wrong.pair.is_match ? "  one, not found\n" : "  two, taken for one\n");
    for (const std::size_t place : {wrong.pair.left, wrong.pair.right})
      std::cout << "      " << one_line(dataset.records[place].name, 120) << '\n';
    for (const std::string& reason : wrong.evidence.reasons) std::cout << "      - " << one_line(reason, 160) << '\n';
  }
}

ExitCode measure_files(const CommonOptions& common, const EvalChoice& choice) {
  Json all = Json::array();
  for (const std::string& file : choice.files) {
    const auto dataset = read_identity_dataset(file);
    if (!dataset) return fail(dataset.error());
    ProgressLine line;
    line.show("eval: " + file);
    const auto measure = measure_identity(*dataset, choice.thresholds, choice.show);
    line.clear();
    if (common.json) {
      all.push_back({{"dataset", file},
                     {"pairs", measure.pairs},
                     {"compared", measure.compared},
                     {"matches", measure.matches},
                     {"suggestion_threshold", choice.thresholds.suggestion},
                     {"merge_threshold", choice.thresholds.same},
                     {"found", agreement_json(measure.found)},
                     {"merged", agreement_json(measure.merged)}});
      continue;
    }
    std::cout << file << '\n';
    print_table({{"pairs", std::to_string(measure.pairs) + ", of which " + std::to_string(measure.matches) + " are one; " +
                               std::to_string(measure.compared) + " compared"},
                 {"found", figures(measure.found) + "  (suggested or merged)"},
                 {"merged", figures(measure.merged) + "  (silently)"}});
    print_misjudged(*dataset, measure);
  }
  if (common.json) print_json(all);
  return ExitCode::ok;
}

}  // namespace

void add_eval_identity(CLI::App& eval, Invocation& invocation) {
  CLI::App& part = add_eval_part(eval, invocation, "identity", "How well records that are one are recognised");
  auto choice = std::make_shared<EvalChoice>();
  part.add_option("DATASET", choice->files,
                  "Lines of pairs: COL field VAL value ... TAB COL field VAL value ... TAB 1 or 0.\n"
                  "Or CSV with a first line of field names, of which \"entity\" (or \"rec_id\", as Febrl\n"
                  "writes it) says which records are one; then every pair of records is to be decided")
      ->required();
  part.add_option("--similarity-threshold", choice->thresholds.suggestion, "A score from here on is a suggestion")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  part.add_option("--merge-threshold", choice->thresholds.same, "A score from here on is a silent merge")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  part.add_option("--show", choice->show, "Print so many wrong decisions with their reasons")->capture_default_str();
  part.footer(exit_status_text);
  part.callback([&invocation, choice] {
    invocation.action = [choice](const CommonOptions& common, Interrupt&) { return measure_files(common, *choice); };
  });
}

}  // namespace commonbook::apps
