// Mails and calendars written by hand for tests of untrusted input, and a book that they are stored in.
#pragma once
#include "mail_items.hpp"

#include "commonbook/storage/book.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

namespace commonbook::testing {

/// "BEGIN:VEVENT ... END:VEVENT" in a calendar with this METHOD.
[[nodiscard]] std::string calendar_text(const std::string& method, const std::string& lines);
/// A message that carries `calendar` as its only part.
[[nodiscard]] std::string invitation(const std::string& from, const std::string& id, const std::string& calendar);
/// What an import of the message gives.
[[nodiscard]] std::vector<agents::ImportItem> mail_items(const std::string& raw);
/// What an import of a calendar file gives.
[[nodiscard]] std::vector<agents::ImportItem> calendar_items(const std::string& text);

/// A new book, told by agents in the order of the calls.
class ToldBook {
 public:
  ToldBook();
  /// Stores each item; fails the test where that fails.
  void tell(const std::vector<agents::ImportItem>& items, const std::string& agent);
  [[nodiscard]] Answer answer(const QueryPlan& plan);
  /// Facts about one event that hold, "predicate: object", sorted.
  [[nodiscard]] std::vector<std::string> holds(const std::string& uid);
  /// Those that do not hold.
  [[nodiscard]] std::vector<std::string> claims(const std::string& uid);
  [[nodiscard]] storage::Book& book() noexcept { return *book_; }

 private:
  [[nodiscard]] std::vector<std::string> facts(const std::string& uid, bool superseded);
  TemporaryFolder folder_;
  SystemClock clock_;
  std::optional<storage::Book> book_;
  std::optional<storage::Writer> writer_;
  std::uint64_t sequence_ = 0;
};

}  // namespace commonbook::testing
