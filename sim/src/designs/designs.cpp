// Which class stands behind a choice.
#include "audits.hpp"
#include "commonbook/sim/design.hpp"
#include "commonbook/storage/normalise.hpp"
#include "naive_design.hpp"
#include "our_design.hpp"

namespace commonbook::sim {

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
