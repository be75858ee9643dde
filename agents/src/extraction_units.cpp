// Tables of units and currencies.
#include "extraction_values.hpp"

#include <algorithm>
#include <array>

namespace commonbook::agents {
namespace {

struct Spelling {
  std::string_view written;
  std::string_view symbol;
};

// Symbols are written in their own case. Single letters that are words of other things (A, K, t, N, B) are left out.
constexpr std::array units{Spelling{"V", "V"},
                           Spelling{"mV", "mV"},
                           Spelling{"kV", "kV"},
                           Spelling{"mA", "mA"},
                           Spelling{"W", "W"},
                           Spelling{"mW", "mW"},
                           Spelling{"kW", "kW"},
                           Spelling{"MW", "MW"},
                           Spelling{"kWh", "kWh"},
                           Spelling{"Wh", "Wh"},
                           Spelling{"Ah", "Ah"},
                           Spelling{"mAh", "mAh"},
                           Spelling{"Hz", "Hz"},
                           Spelling{"kHz", "kHz"},
                           Spelling{"MHz", "MHz"},
                           Spelling{"GHz", "GHz"},
                           Spelling{"kg", "kg"},
                           Spelling{"g", "g"},
                           Spelling{"mg", "mg"},
                           Spelling{"km", "km"},
                           Spelling{"m", "m"},
                           Spelling{"cm", "cm"},
                           Spelling{"mm", "mm"},
                           Spelling{"nm", "nm"},
                           Spelling{"ml", "ml"},
                           Spelling{"l", "l"},
                           Spelling{"h", "h"},
                           Spelling{"min", "min"},
                           Spelling{"s", "s"},
                           Spelling{"ms", "ms"},
                           Spelling{"ns", "ns"},
                           Spelling{"Pa", "Pa"},
                           Spelling{"kPa", "kPa"},
                           Spelling{"hPa", "hPa"},
                           Spelling{"bar", "bar"},
                           Spelling{"mbar", "mbar"},
                           Spelling{"dB", "dB"},
                           Spelling{"ppm", "ppm"},
                           Spelling{"rpm", "rpm"},
                           Spelling{"kB", "kB"},
                           Spelling{"KB", "kB"},
                           Spelling{"MB", "MB"},
                           Spelling{"GB", "GB"},
                           Spelling{"TB", "TB"},
                           Spelling{"KiB", "KiB"},
                           Spelling{"MiB", "MiB"},
                           Spelling{"GiB", "GiB"},
                           Spelling{"TiB", "TiB"},
                           Spelling{"hour", "h"},
                           Spelling{"hours", "h"},
                           Spelling{"hrs", "h"},
                           Spelling{"minute", "min"},
                           Spelling{"minutes", "min"},
                           Spelling{"mins", "min"},
                           Spelling{"second", "s"},
                           Spelling{"seconds", "s"},
                           Spelling{"day", "days"},
                           Spelling{"days", "days"},
                           Spelling{"week", "weeks"},
                           Spelling{"weeks", "weeks"},
                           Spelling{"month", "months"},
                           Spelling{"months", "months"},
                           Spelling{"year", "years"},
                           Spelling{"years", "years"},
                           Spelling{"degree", "degrees"},
                           Spelling{"degrees", "degrees"},
                           Spelling{"percent", "%"},
                           Spelling{"gram", "g"},
                           Spelling{"grams", "g"},
                           Spelling{"kilo", "kg"},
                           Spelling{"kilos", "kg"},
                           Spelling{"kilogram", "kg"},
                           Spelling{"kilograms", "kg"},
                           Spelling{"metre", "m"},
                           Spelling{"metres", "m"},
                           Spelling{"meter", "m"},
                           Spelling{"meters", "m"},
                           Spelling{"kilometres", "km"},
                           Spelling{"kilometers", "km"},
                           Spelling{"litre", "l"},
                           Spelling{"litres", "l"},
                           Spelling{"liter", "l"},
                           Spelling{"liters", "l"},
                           Spelling{"volt", "V"},
                           Spelling{"volts", "V"},
                           Spelling{"watt", "W"},
                           Spelling{"watts", "W"},
                           Spelling{"bytes", "bytes"},
                           Spelling{"megabytes", "MB"},
                           Spelling{"gigabytes", "GB"},
                           Spelling{"miles", "miles"},
                           Spelling{"inches", "inches"}};

constexpr std::array currencies{Spelling{"EUR", "EUR"},    Spelling{"USD", "USD"},      Spelling{"GBP", "GBP"},
                                Spelling{"CHF", "CHF"},    Spelling{"JPY", "JPY"},      Spelling{"SEK", "SEK"},
                                Spelling{"NOK", "NOK"},    Spelling{"DKK", "DKK"},      Spelling{"PLN", "PLN"},
                                Spelling{"CZK", "CZK"},    Spelling{"HUF", "HUF"},      Spelling{"CAD", "CAD"},
                                Spelling{"AUD", "AUD"},    Spelling{"NZD", "NZD"},      Spelling{"CNY", "CNY"},
                                Spelling{"INR", "INR"},    Spelling{"euro", "EUR"},     Spelling{"euros", "EUR"},
                                Spelling{"Euro", "EUR"},   Spelling{"Euros", "EUR"},    Spelling{"dollars", "USD"},
                                Spelling{"dollar", "USD"}, Spelling{"yen", "JPY"},      Spelling{"\xE2\x82\xAC", "EUR"},
                                Spelling{"$", "USD"},      Spelling{"\xC2\xA3", "GBP"}, Spelling{"\xC2\xA5", "JPY"}};

template <class Table>
std::string_view symbol_of(const Table& table, std::string_view written) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Spelling& each) { return each.written == written; });
  return found == table.end() ? std::string_view{} : found->symbol;
}

}  // namespace

std::string_view unit_symbol(std::string_view written) { return symbol_of(units, written); }
std::string_view currency_code(std::string_view written) { return symbol_of(currencies, written); }

}  // namespace commonbook::agents
