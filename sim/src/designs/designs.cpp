// The presets, and which class stands behind a choice.
#include "audits.hpp"
#include "commonbook/sim/design.hpp"
#include "commonbook/storage/normalise.hpp"
#include "naive_design.hpp"
#include "our_design.hpp"

#include <algorithm>

namespace commonbook::sim {
namespace {

DesignChoice naive(std::string name, const DesignAxes& axes) {
  DesignChoice choice;
  choice.name = std::move(name);
  choice.axes = axes;
  return choice;
}

/// What the article's listing and its package do; see naive_client.cpp for the order of steps.
DesignAxes article_axes() {
  DesignAxes axes;
  axes.journal = Journal::wal;
  axes.busy_timeout_ms = 30'000;
  axes.lock = Locking::per_store;
  axes.uniqueness = Uniqueness::raw_spelling;
  axes.fallback = true;
  axes.foreign_keys = true;
  axes.atomic_creation = true;
  return axes;
}

std::vector<DesignChoice> make_presets() {
  std::vector<DesignChoice> made;
  made.push_back(naive("default", {}));

  DesignAxes axes;
  axes.connection = Sharing::shared;
  axes.transactions = Transactions::deferred;
  made.push_back(naive("shared-connection", axes));

  axes = {};
  axes.journal = Journal::wal;
  made.push_back(naive("wal-only", axes));

  axes.busy_timeout_ms = 30'000;
  axes.transactions = Transactions::deferred;
  made.push_back(naive("wal-deferred", axes));

  axes = article_axes();
  axes.lock = Locking::none;
  made.push_back(naive("article-without-lock", axes));

  axes = article_axes();
  axes.fallback = false;
  made.push_back(naive("article-without-fallback", axes));

  made.push_back(naive("article", article_axes()));

  axes = article_axes();
  axes.store_per_agent = true;
  made.push_back(naive("article-store-per-agent", axes));

  DesignChoice ours;
  ours.name = "commonbook";
  ours.is_ours = true;
  made.push_back(ours);
  return made;
}

}  // namespace

const std::vector<DesignChoice>& presets() {
  static const std::vector<DesignChoice> all = make_presets();
  return all;
}

std::optional<DesignChoice> preset(const std::string& name) {
  const auto found = std::find_if(presets().begin(), presets().end(),
                                  [&name](const DesignChoice& choice) { return choice.name == name; });
  if (found == presets().end()) return std::nullopt;
  return *found;
}

Result<std::unique_ptr<Design>> open_design(const DesignChoice& choice, const std::filesystem::path& file,
                                            Clock::SteadyPoint deadline) {
  if (choice.is_ours) return OurDesign::open(choice, file);
  auto design = NaiveDesign::open({file, {choice.axes, choice.ack_class}, storage::ngram_embedder()}, deadline);
  if (!design) return design.error();
  return std::unique_ptr<Design>{std::move(*design)};
}

Result<Audit> audit(const DesignChoice& choice, const std::filesystem::path& file, Clock::SteadyPoint deadline) {
  return choice.is_ours ? audit_ours(file, deadline) : audit_naive(file);
}

std::string normal_form(const std::string& spelling) {
  auto normal = storage::normalise_name(spelling);
  return normal ? std::move(*normal) : spelling;
}

}  // namespace commonbook::sim
