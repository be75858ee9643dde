// How often entities are spelled how, by all observations that name them, in bounded memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace commonbook::storage {

/// The spellings of one entity.
struct NameCount {
  std::int64_t observations = 0;  ///< that name the entity
  std::int64_t own = 0;           ///< how often it was spelled as its row says
  std::vector<std::pair<std::string, std::int64_t>> others;  ///< each other text once, as often as it was said
  bool is_complete = true;        ///< false: there was no room for some of the texts
  std::int64_t last_observation = 0;
};

/// Filled by one thread. Of entities that find no room nothing is known: those that are met first stay.
class NameCounts {
 public:
  /// @param bytes_max  of texts, but for those in entities' own rows.
  NameCounts(std::size_t entities_max, std::size_t bytes_max)
      : entities_max_(entities_max), bytes_max_(bytes_max) {}

  /// Counts one text of an observation, empty: as the entity's row spells it. Each observation is added once, all its texts
  /// of an entity one after another.
  void add(std::int64_t entity, std::string_view text, std::int64_t observation);
  /// Lets all go but those that most observations name, and takes no others any more.
  void keep_most_named(std::size_t entities_max);
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }
  [[nodiscard]] const NameCount* find(std::int64_t entity) const;
  /// All entities that something is known of, ascending.
  [[nodiscard]] std::vector<std::int64_t> entities() const;

 private:
  std::size_t entities_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  bool is_closed_ = false;
  std::unordered_map<std::int64_t, NameCount> counts_;
};

}  // namespace commonbook::storage
