// The facts of an answer by subject and predicate, and the documents that they stand in.
#pragma once
#include "commonbook/model/answer.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// Points into an Answer, which must outlive it and keep its facts where they are.
class FactIndex {
 public:
  explicit FactIndex(const Answer& answer);

  /// Values in force: superseded ones are left out. Best evidence first for single-valued predicates.
  [[nodiscard]] std::vector<const Fact*> current(std::int64_t subject, std::string_view predicate) const;
  /// All values, superseded ones included.
  [[nodiscard]] std::vector<const Fact*> all(std::int64_t subject, std::string_view predicate) const;
  /// The one value in force, or nullptr.
  [[nodiscard]] const Fact* one(std::int64_t subject, std::string_view predicate) const;
  /// The literal in force, or an empty text.
  [[nodiscard]] std::string text(std::int64_t subject, std::string_view predicate) const;
  /// Every subject that has facts, by id.
  [[nodiscard]] const std::map<std::int64_t, EntityView>& subjects() const noexcept { return subjects_; }

 private:
  std::map<std::pair<std::int64_t, std::string>, std::vector<const Fact*>, std::less<>> facts_;
  std::map<std::int64_t, EntityView> subjects_;
};

/// The object as a person reads it: an entity's spelling, or the literal's text.
[[nodiscard]] std::string shown(const Fact& fact);
/// A person's name rather than an address: the words before the @ where only an address is known.
[[nodiscard]] std::string person_name(const EntityView& person);

}  // namespace commonbook::agents
