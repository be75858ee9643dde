// commonbook merge A B, unmerge A [B]: says that two entities are one, and takes it back.
#include "command.hpp"
#include "identity_names.hpp"

#include <iostream>

namespace commonbook::apps {

namespace {

struct PairChoice {
  std::string one;
  std::string other;
  bool despite_rejection = false;
};

ExitCode merge(const CommonOptions& common, const PairChoice& choice) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  const auto kept = one_entity(opened->book, choice.one);
  if (!kept) return fail_decision(kept.error());
  const auto merged = one_entity(opened->book, choice.other);
  if (!merged) return fail_decision(merged.error());
  const auto report = storage::merge_entities(
      opened->book, {.kept = kept->id, .merged = merged->id, .despite_rejection = choice.despite_rejection},
      long_deadline());
  if (!report) return fail_decision(report.error());
  if (common.json) {
    print_json({{"kept", found_entity_json(*kept)},
                {"merged", found_entity_json(*merged)},
                {"changed", report->changed},
                {"were_one", report->were_one},
                {"set_size", report->set_size}});
  } else if (!report->changed) {
    std::cout << "these two are merged already\n";
  } else {
    std::cout << "merged\n  " << entity_text(*merged) << "\n  with\n  " << entity_text(*kept) << '\n';
    if (report->were_one)
      std::cout << "  other merges held them together already; this one counts when those are taken back\n";
    else if (report->set_size > 2)
      std::cout << "  " << report->set_size << " entities are one now\n";
    std::cout << "  take it back with: commonbook unmerge entity:" << kept->id << " entity:" << merged->id << '\n';
  }
  return ExitCode::ok;
}

ExitCode unmerge(const CommonOptions& common, const PairChoice& choice) {
  auto opened = open_book(database_path(common.database, "memory", false));
  if (!opened) return fail(opened.error());
  const auto one = one_entity(opened->book, choice.one);
  if (!one) return fail_decision(one.error());
  storage::UnmergeRequest request{.one = one->id, .other = {}};
  if (!choice.other.empty()) {
    const auto other = one_entity(opened->book, choice.other);
    if (!other) return fail_decision(other.error());
    request.other = other->id;
  }
  const auto report = storage::unmerge_entities(opened->book, request, long_deadline());
  if (!report) return fail_decision(report.error());
  if (common.json) {
    print_json({{"entity", found_entity_json(*one)},
                {"merges", report->merges},
                {"still_one", report->still_one},
                {"set_size", report->set_size}});
  } else {
    std::cout << (report->merges == 1 ? "took one merge back" : "took " + std::to_string(report->merges) + " merges back")
              << '\n';
    if (report->still_one) std::cout << "  other merges still hold the two together\n";
    if (report->set_size > 1)
      std::cout << "  " << entity_text(*one) << " is still one with " << report->set_size - 1 << " other"
                << (report->set_size == 2 ? "" : "s") << '\n';
  }
  return ExitCode::ok;
}

constexpr const char* name_help = "A name, address, Message-ID or UID, or entity:N";

}  // namespace

void add_merge(CLI::App& app, Invocation& invocation) {
  CLI::App& verb = add_verb(app, invocation, "merge", "Say that two entities are one; A is what they are shown by");
  auto choice = std::make_shared<PairChoice>();
  verb.add_option("A", choice->one, name_help)->required();
  verb.add_option("B", choice->other, name_help)->required();
  verb.add_flag("--despite-rejection", choice->despite_rejection,
                "Even where a rejected suggestion says that they are two");
  verb.callback([&invocation, choice] {
    invocation.action = [choice](const CommonOptions& common, Interrupt&) { return merge(common, *choice); };
  });
}

void add_unmerge(CLI::App& app, Invocation& invocation) {
  CLI::App& verb =
      add_verb(app, invocation, "unmerge", "Take the merge of A and B back, or every merge that A itself is in");
  auto choice = std::make_shared<PairChoice>();
  verb.add_option("A", choice->one, name_help)->required();
  verb.add_option("B", choice->other, name_help);
  verb.callback([&invocation, choice] {
    invocation.action = [choice](const CommonOptions& common, Interrupt&) { return unmerge(common, *choice); };
  });
}

}  // namespace commonbook::apps
