// An independent model of the reader: executes query plans over observations kept in plain vectors. Simple and slow.
#pragma once
#include "commonbook/agents/source.hpp"
#include "commonbook/model/answer.hpp"
#include "commonbook/model/query_plan.hpp"

#include <map>
#include <string>
#include <vector>

namespace commonbook::testing {

class MemoryBook {
 public:
  void add(const Observation& observation, const std::string& agent);
  /// Every item of a source.
  void add_all(agents::Source& source, const std::string& agent);
  [[nodiscard]] Answer answer(const QueryPlan& plan) const;
  [[nodiscard]] std::size_t documents() const noexcept { return documents_.size(); }

 private:
  struct Row {
    std::int64_t subject;
    std::string predicate;
    std::variant<std::int64_t, Literal> object;
    std::size_t observation;
  };
  struct StoredDocument {
    Document document;
    Citation citation;
    std::int64_t subject;  // 0: none
    std::map<std::string, int> words;
    int length = 0;
  };
  struct Evidence {
    Citation citation;
    std::int64_t revision;
    Timestamp valid_from;
    std::uint8_t specificity;
    std::string hash;
  };
  std::int64_t entity(const EntityName& name);
  [[nodiscard]] EntityView view(std::int64_t id) const;
  [[nodiscard]] std::vector<std::pair<double, const StoredDocument*>> search(
      const std::vector<std::string>& terms) const;
  [[nodiscard]] std::vector<std::int64_t> starts_of(const QueryPlan& plan,
                                                    const std::vector<std::int64_t>& found) const;
  [[nodiscard]] std::vector<Fact> facts_of(std::int64_t subject, int distance) const;

  std::map<Key, std::int64_t> ids_;
  std::vector<EntityView> entities_;
  std::vector<Row> rows_;
  std::vector<Evidence> evidence_;
  std::vector<StoredDocument> documents_;
  std::map<std::string, bool> single_valued_;
  std::multimap<std::string, std::int64_t> claims_;
};

}  // namespace commonbook::testing
