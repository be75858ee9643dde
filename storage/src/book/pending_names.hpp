// Names that the suggestion pass has compared and not filed yet. A name is filed under some sixteen blocks, which lie
// anywhere in their table: filed one by one, each row would write a page. So names gather here, still to be met by newer
// ones, until there are as many as an eighth of those filed (as compaction does it) or no new ones come.
#pragma once
#include "book/name_blocks.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace commonbook::storage {

/// @thread  one at a time.
class PendingNames {
 public:
  [[nodiscard]] bool empty() const noexcept { return until_ == from_ && names_.empty(); }
  /// The entities in (from, until] have been compared.
  [[nodiscard]] std::int64_t from() const noexcept { return from_; }
  [[nodiscard]] std::int64_t until() const noexcept { return until_; }
  void begin(std::int64_t from) noexcept { from_ = until_ = from; }
  void compared(std::int64_t until) noexcept { until_ = until; }

  void add(BlockedName name, std::span<const std::uint64_t> blocks);
  /// Names that were added under one of these blocks, each once, but for blocks that more have than are compared.
  /// Valid until the next name is added.
  [[nodiscard]] std::vector<const BlockedName*> meeting(std::span<const std::uint64_t> blocks) const;
  /// The blocks under which few enough names were added that others are worth looking up.
  [[nodiscard]] std::vector<std::uint64_t> uncommon(std::span<const std::uint64_t> blocks) const;

  /// @param last_entity  the newest one in the file.
  [[nodiscard]] bool is_full(std::int64_t last_entity) const noexcept;
  /// Blocks and entities that are to be filed, in the order of the table. Nothing may be added afterwards.
  [[nodiscard]] std::span<const std::pair<std::int64_t, std::int64_t>> rows_to_file();
  /// So many of them were.
  void filed(std::size_t rows) noexcept { filed_ += rows; }
  [[nodiscard]] bool is_filing() const noexcept { return is_filing_; }

 private:
  std::int64_t from_ = 0;
  std::int64_t until_ = 0;
  std::vector<BlockedName> names_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> places_;  // by block, one more than are compared at most
  std::vector<std::pair<std::int64_t, std::int64_t>> rows_;
  std::size_t filed_ = 0;
  bool is_filing_ = false;
};

}  // namespace commonbook::storage
