// What the processes of a crash run store. An observation follows from its numbers alone, so that whoever looks at the
// file afterwards can make it again: to know its keys, and to send it once more under its operation id.
#pragma once
#include "commonbook/model/observation.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::sim::crash {

/// The agents of a process are numbered from 0. This one's observations are there to be retracted.
inline constexpr std::uint32_t keeper_agent = 90;

/// Which observation of a file: the life of a process that stored it, and its number there.
struct ItemId {
  std::uint32_t round = 0;
  std::uint32_t process = 0;
  std::uint32_t agent = 0;
  std::uint32_t number = 0;  ///< from 1, in the order in which its agent asked
  auto operator<=>(const ItemId&) const = default;
};

/// "round/process/agent/number": what stands in Observation::position.
[[nodiscard]] std::string position_of(const ItemId& item);
[[nodiscard]] std::optional<ItemId> item_at(std::string_view position);

/// Names that many share, now and then a document, a claim and an operation id.
/// @param durable_share  of observations that ask for a durable receipt, 0 to 1.
[[nodiscard]] Observation make_item(std::uint64_t seed, const ItemId& item, double durable_share);

/// The keys that it names, in normal form and each once: in the order of Receipt::entities.
[[nodiscard]] std::vector<Key> keys_of(const Observation& observation);

}  // namespace commonbook::sim::crash
