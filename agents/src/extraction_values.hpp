// Sums of money, quantities and reference numbers in running text.
#pragma once
#include "extraction_text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// A value in its normal form, and the words that say it.
struct ValueMention {
  FactKind kind = FactKind::amount;
  std::size_t token_begin = 0;
  std::size_t token_end = 0;
  std::string value;  ///< "1250 EUR", "2.5 %RH", "12 apples", "RX-20391"
  double confidence = 0.95;
};

/// Every value of a sentence, in order, none within another. Thread: any.
[[nodiscard]] std::vector<ValueMention> find_values(const Sentence& sentence);

/// The unit that people write for one ("hours", "kg", "volts"), as its symbol or word; empty: no unit. Thread: any.
[[nodiscard]] std::string_view unit_symbol(std::string_view written);
/// "EUR" of "EUR", "euros", "€"; empty: no currency. Thread: any.
[[nodiscard]] std::string_view currency_code(std::string_view written);

}  // namespace commonbook::agents
