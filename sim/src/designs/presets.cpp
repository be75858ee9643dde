// The presets: which designs a scenario can name. Apart from the designs themselves, so that reading a scenario needs
// none of them.
#include "commonbook/sim/design.hpp"

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

}  // namespace commonbook::sim
