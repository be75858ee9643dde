// Which words of the search index are like a word that it does not hold, from one question to the next: what people ask
// with recurs, and each such word takes hundreds of looks into the index.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace commonbook::storage {

/// The documents that a snapshot sees: within an epoch they are only added, but while a purge is under way.
struct DocumentsSeen {
  std::int64_t epoch = 0;
  std::int64_t last = 0;  ///< the highest id; 0: none
  auto operator<=>(const DocumentsSeen&) const = default;
};

/// Holds for one set of documents, the newest that was asked about. Thread: any.
class SlipCache {
 public:
  [[nodiscard]] std::optional<std::vector<std::string>> find(const DocumentsSeen& seen, const std::string& word) const {
    const std::lock_guard guard{mutex_};
    if (seen != seen_) return std::nullopt;
    const auto found = similar_.find(word);
    return found == similar_.end() ? std::nullopt : std::optional{found->second};
  }

  void publish(const DocumentsSeen& seen, const std::string& word, std::vector<std::string> similar) {
    const std::lock_guard guard{mutex_};
    if (seen < seen_) return;
    if (seen_ < seen || similar_.size() >= words_max) similar_.clear();
    seen_ = seen;
    similar_.insert_or_assign(word, std::move(similar));
  }

 private:
  static constexpr std::size_t words_max = 4'096;  // some 200 bytes each

  mutable std::mutex mutex_;
  DocumentsSeen seen_;
  std::unordered_map<std::string, std::vector<std::string>> similar_;
};

}  // namespace commonbook::storage
