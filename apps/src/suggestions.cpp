// commonbook suggestions list|accept|reject: what the background pass found, for a person to decide.
#include "command.hpp"
#include "identity_names.hpp"

#include <cstdio>
#include <iostream>
#include <map>

namespace commonbook::apps {

namespace {

struct SuggestionChoice {
  std::string decision = "open";
  std::size_t limit = 50;
  std::string one;
  std::string other;
};

const std::map<std::string, storage::Decision>& decisions() {
  static const std::map<std::string, storage::Decision> names{{"open", storage::Decision::open},
                                                              {"accepted", storage::Decision::accepted},
                                                              {"rejected", storage::Decision::rejected},
                                                              {"merged", storage::Decision::merged_silently}};
  return names;
}

Json suggestion_json(const storage::ListedSuggestion& suggestion) {
  return {{"left", found_entity_json(suggestion.left)},
          {"right", found_entity_json(suggestion.right)},
          {"score", suggestion.score},
          {"reason", suggestion.reason},
          {"decision", to_string(suggestion.decision)}};
}

void print_suggestion(const storage::ListedSuggestion& suggestion) {
  char score[16] = "";
  std::snprintf(score, sizeof score, "%.2f", suggestion.score);
  std::cout << score << "  entity:" << suggestion.left.id << " entity:" << suggestion.right.id << "\n      "
            << entity_text(suggestion.left) << "\n      " << entity_text(suggestion.right) << "\n      "
            << one_line(suggestion.reason, 300) << '\n';
}

ExitCode list(const CommonOptions& common, const SuggestionChoice& choice) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  const auto found = storage::list_suggestions(opened->book, decisions().at(choice.decision), choice.limit, long_deadline());
  if (!found) return fail(found.error());
  if (common.json) {
    Json all = Json::array();
    for (const auto& suggestion : found->suggestions) all.push_back(suggestion_json(suggestion));
    print_json({{"total", found->total}, {"suggestions", std::move(all)}});
    return ExitCode::ok;
  }
  for (const auto& suggestion : found->suggestions) print_suggestion(suggestion);
  const auto shown = static_cast<std::int64_t>(found->suggestions.size());
  std::cout << (found->total == 0 ? "no suggestion" : std::to_string(found->total) + " in all");
  if (shown < found->total) std::cout << ", " << shown << " shown; see --limit";
  std::cout << '\n';
  if (choice.decision == "open" && shown > 0)
    std::cout << "decide with: commonbook suggestions accept|reject entity:N entity:M\n";
  return ExitCode::ok;
}

ExitCode decide(const CommonOptions& common, const SuggestionChoice& choice, bool accepts) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  const auto one = one_entity(opened->book, choice.one);
  if (!one) return fail_decision(one.error());
  const auto other = one_entity(opened->book, choice.other);
  if (!other) return fail_decision(other.error());
  bool changed = false;
  if (accepts) {
    const auto report = storage::accept_suggestion(opened->book, one->id, other->id, long_deadline());
    if (!report) return fail_decision(report.error());
    changed = report->changed;
  } else {
    const auto report = storage::reject_suggestion(opened->book, one->id, other->id, long_deadline());
    if (!report) return fail_decision(report.error());
    changed = *report;
  }
  if (common.json) {
    print_json({{"left", found_entity_json(*one)}, {"right", found_entity_json(*other)}, {"accepted", accepts}, {"changed", changed}});
  } else if (!changed) {
    std::cout << (accepts ? "these two are merged already\n" : "these two are kept apart already\n");
  } else {
    std::cout << (accepts ? "merged\n  " : "kept apart\n  ") << entity_text(*one) << "\n  " << entity_text(*other) << '\n';
    if (accepts)
      std::cout << "  take it back with: commonbook unmerge entity:" << one->id << " entity:" << other->id << '\n';
  }
  return ExitCode::ok;
}

void add_decision(CLI::App& verb, Invocation& invocation, bool accepts) {
  CLI::App& part = add_verb(
      verb, invocation, accepts ? "accept" : "reject",
      accepts ? "Merge the two, as `merge` does" : "The two are two: nothing suggests or merges them again");
  auto choice = std::make_shared<SuggestionChoice>();
  part.add_option("A", choice->one, "As `list` shows it, or any name that leads to it")->required();
  part.add_option("B", choice->other, "The other one")->required();
  part.callback([&invocation, choice, accepts] {
    invocation.action = [choice, accepts](const CommonOptions& common, Interrupt&) {
      return decide(common, *choice, accepts);
    };
  });
}

}  // namespace

void add_suggestions(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = *app.add_subcommand("suggestions", "Names that may be one: list, accept, reject");
  verb.require_subcommand(1);
  verb.footer(exit_status_text);
  CLI::App& part = add_verb(verb, invocation, "list", "Print suggestions with their reasons, the best first");
  auto choice = std::make_shared<SuggestionChoice>();
  part.add_option("--decision", choice->decision, "open, accepted, rejected, or merged (silently, above merge_threshold)")
      ->check(CLI::IsMember({"open", "accepted", "rejected", "merged"}))
      ->capture_default_str();
  part.add_option("--limit", choice->limit, "At most so many")->check(CLI::Range(1, 100'000))->capture_default_str();
  part.callback([&invocation, choice] {
    invocation.action = [choice](const CommonOptions& common, Interrupt&) { return list(common, *choice); };
  });
  add_decision(verb, invocation, true);
  add_decision(verb, invocation, false);
}

}  // namespace commonbook::apps
