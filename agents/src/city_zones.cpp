#include "city_zones.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>
#include <string>
#include <unordered_map>

namespace commonbook::agents {
namespace {

struct City {
  std::string_view name;  // as normalised() gives it
  std::string_view zone;
};

// Sorted by name. Cities that have an IANA zone of their own name are not repeated here.
constexpr auto cities = std::to_array<City>({
    {"abuja", "Africa/Lagos"},
    {"aden", "Asia/Riyadh"},
    {"ahmedabad", "Asia/Kolkata"},
    {"alexandria", "Africa/Cairo"},
    {"ankara", "Europe/Istanbul"},
    {"antwerp", "Europe/Brussels"},
    {"atlanta", "America/New_York"},
    {"austin", "America/Chicago"},
    {"baltimore", "America/New_York"},
    {"bangalore", "Asia/Kolkata"},
    {"barcelona", "Europe/Madrid"},
    {"barranquilla", "America/Bogota"},
    {"basel", "Europe/Zurich"},
    {"beijing", "Asia/Shanghai"},
    {"belo horizonte", "America/Sao_Paulo"},
    {"bengaluru", "Asia/Kolkata"},
    {"bergen", "Europe/Oslo"},
    {"bern", "Europe/Zurich"},
    {"bilbao", "Europe/Madrid"},
    {"birmingham", "Europe/London"},
    {"bombay", "Asia/Kolkata"},
    {"bonn", "Europe/Berlin"},
    {"bordeaux", "Europe/Paris"},
    {"boston", "America/New_York"},
    {"brasilia", "America/Sao_Paulo"},
    {"bremen", "Europe/Berlin"},
    {"bristol", "Europe/London"},
    {"brno", "Europe/Prague"},
    {"busan", "Asia/Seoul"},
    {"calcutta", "Asia/Kolkata"},
    {"calgary", "America/Edmonton"},
    {"cali", "America/Bogota"},
    {"cambridge", "Europe/London"},
    {"canberra", "Australia/Sydney"},
    {"cape town", "Africa/Johannesburg"},
    {"cardiff", "Europe/London"},
    {"charlotte", "America/New_York"},
    {"chengdu", "Asia/Shanghai"},
    {"chennai", "Asia/Kolkata"},
    {"chongqing", "Asia/Shanghai"},
    {"christchurch", "Pacific/Auckland"},
    {"cincinnati", "America/New_York"},
    {"cleveland", "America/New_York"},
    {"cologne", "Europe/Berlin"},
    {"columbus", "America/New_York"},
    {"cordoba", "America/Argentina/Cordoba"},
    {"cracow", "Europe/Warsaw"},
    {"dallas", "America/Chicago"},
    {"delhi", "Asia/Kolkata"},
    {"doha", "Asia/Qatar"},
    {"dortmund", "Europe/Berlin"},
    {"dresden", "Europe/Berlin"},
    {"durban", "Africa/Johannesburg"},
    {"dusseldorf", "Europe/Berlin"},
    {"düsseldorf", "Europe/Berlin"},
    {"edinburgh", "Europe/London"},
    {"eindhoven", "Europe/Amsterdam"},
    {"essen", "Europe/Berlin"},
    {"florence", "Europe/Rome"},
    {"fort worth", "America/Chicago"},
    {"frankfurt", "Europe/Berlin"},
    {"fukuoka", "Asia/Tokyo"},
    {"gdansk", "Europe/Warsaw"},
    {"geneva", "Europe/Zurich"},
    {"genoa", "Europe/Rome"},
    {"ghent", "Europe/Brussels"},
    {"glasgow", "Europe/London"},
    {"gothenburg", "Europe/Stockholm"},
    {"graz", "Europe/Vienna"},
    {"guadalajara", "America/Mexico_City"},
    {"guangzhou", "Asia/Shanghai"},
    {"göteborg", "Europe/Stockholm"},
    {"hamburg", "Europe/Berlin"},
    {"hangzhou", "Asia/Shanghai"},
    {"hanoi", "Asia/Ho_Chi_Minh"},
    {"hanover", "Europe/Berlin"},
    {"heidelberg", "Europe/Berlin"},
    {"hiroshima", "Asia/Tokyo"},
    {"houston", "America/Chicago"},
    {"hyderabad", "Asia/Kolkata"},
    {"innsbruck", "Europe/Vienna"},
    {"islamabad", "Asia/Karachi"},
    {"jeddah", "Asia/Riyadh"},
    {"kansas city", "America/Chicago"},
    {"karlsruhe", "Europe/Berlin"},
    {"kharkiv", "Europe/Kyiv"},
    {"kiev", "Europe/Kyiv"},
    {"kobe", "Asia/Tokyo"},
    {"krakow", "Europe/Warsaw"},
    {"kraków", "Europe/Warsaw"},
    {"kuwait city", "Asia/Kuwait"},
    {"kyoto", "Asia/Tokyo"},
    {"köln", "Europe/Berlin"},
    {"lahore", "Asia/Karachi"},
    {"las vegas", "America/Los_Angeles"},
    {"lausanne", "Europe/Zurich"},
    {"leeds", "Europe/London"},
    {"leipzig", "Europe/Berlin"},
    {"linz", "Europe/Vienna"},
    {"liverpool", "Europe/London"},
    {"lucerne", "Europe/Zurich"},
    {"lyon", "Europe/Paris"},
    {"malaga", "Europe/Madrid"},
    {"malmo", "Europe/Stockholm"},
    {"malmö", "Europe/Stockholm"},
    {"manchester", "Europe/London"},
    {"mannheim", "Europe/Berlin"},
    {"marrakesh", "Africa/Casablanca"},
    {"marseille", "Europe/Paris"},
    {"mecca", "Asia/Riyadh"},
    {"medellin", "America/Bogota"},
    {"memphis", "America/Chicago"},
    {"miami", "America/New_York"},
    {"milan", "Europe/Rome"},
    {"milwaukee", "America/Chicago"},
    {"minneapolis", "America/Chicago"},
    {"montreal", "America/Toronto"},
    {"mumbai", "Asia/Kolkata"},
    {"munich", "Europe/Berlin"},
    {"muscat", "Asia/Dubai"},
    {"münchen", "Europe/Berlin"},
    {"münster", "Europe/Berlin"},
    {"nagoya", "Asia/Tokyo"},
    {"nanjing", "Asia/Shanghai"},
    {"nantes", "Europe/Paris"},
    {"naples", "Europe/Rome"},
    {"nashville", "America/Chicago"},
    {"new delhi", "Asia/Kolkata"},
    {"new orleans", "America/Chicago"},
    {"nice", "Europe/Paris"},
    {"nuremberg", "Europe/Berlin"},
    {"nürnberg", "Europe/Berlin"},
    {"orlando", "America/New_York"},
    {"osaka", "Asia/Tokyo"},
    {"ottawa", "America/Toronto"},
    {"oxford", "Europe/London"},
    {"palo alto", "America/Los_Angeles"},
    {"philadelphia", "America/New_York"},
    {"pittsburgh", "America/New_York"},
    {"portland", "America/Los_Angeles"},
    {"porto", "Europe/Lisbon"},
    {"porto alegre", "America/Sao_Paulo"},
    {"poznan", "Europe/Warsaw"},
    {"pretoria", "Africa/Johannesburg"},
    {"pune", "Asia/Kolkata"},
    {"quebec", "America/Toronto"},
    {"rabat", "Africa/Casablanca"},
    {"raleigh", "America/New_York"},
    {"redmond", "America/Los_Angeles"},
    {"rio de janeiro", "America/Sao_Paulo"},
    {"rotterdam", "Europe/Amsterdam"},
    {"sacramento", "America/Los_Angeles"},
    {"saigon", "Asia/Ho_Chi_Minh"},
    {"saint louis", "America/Chicago"},
    {"saint petersburg", "Europe/Moscow"},
    {"salt lake city", "America/Denver"},
    {"salzburg", "Europe/Vienna"},
    {"san antonio", "America/Chicago"},
    {"san diego", "America/Los_Angeles"},
    {"san francisco", "America/Los_Angeles"},
    {"san jose", "America/Los_Angeles"},
    {"sapporo", "Asia/Tokyo"},
    {"seattle", "America/Los_Angeles"},
    {"seville", "Europe/Madrid"},
    {"shenzhen", "Asia/Shanghai"},
    {"st louis", "America/Chicago"},
    {"st petersburg", "Europe/Moscow"},
    {"stuttgart", "Europe/Berlin"},
    {"suzhou", "Asia/Shanghai"},
    {"tampa", "America/New_York"},
    {"tel aviv", "Asia/Jerusalem"},
    {"the hague", "Europe/Amsterdam"},
    {"tianjin", "Asia/Shanghai"},
    {"toulouse", "Europe/Paris"},
    {"turin", "Europe/Rome"},
    {"utrecht", "Europe/Amsterdam"},
    {"valencia", "Europe/Madrid"},
    {"venice", "Europe/Rome"},
    {"washington", "America/New_York"},
    {"washington dc", "America/New_York"},
    {"wellington", "Pacific/Auckland"},
    {"wroclaw", "Europe/Warsaw"},
    {"wuhan", "Asia/Shanghai"},
    {"xi'an", "Asia/Shanghai"},
    {"yokohama", "Asia/Tokyo"},
    {"zürich", "Europe/Zurich"},
});
static_assert(std::is_sorted(cities.begin(), cities.end(), [](const City& a, const City& b) { return a.name < b.name; }));

/// ASCII in lower case, separators as single spaces, dots dropped ("St. Louis", "Washington, D.C.").
std::string normalised(std::string_view name) {
  std::string out;
  for (const char letter : name) {
    const bool separator = std::isspace(static_cast<unsigned char>(letter)) != 0 || letter == '_' || letter == '-';
    if (separator) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (letter != '.' && letter != ',') {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  // The table is UTF-8 in lower case: capital umlauts at the start of a word ("ZÜRICH") are the same letters.
  for (std::size_t at = 0; at + 1 < out.size(); ++at) {
    const auto lead = static_cast<unsigned char>(out[at]);
    const auto trail = static_cast<unsigned char>(out[at + 1]);
    if (lead == 0xC3 && trail >= 0x80 && trail <= 0x9E && trail != 0x97) out[at + 1] = static_cast<char>(trail + 0x20);
  }
  return out;
}

/// Zones by the city in which their name ends, from the system's list of zones.
std::unordered_map<std::string, std::string> read_zones() {
  std::unordered_map<std::string, std::string> zones;
  std::ifstream table{"/usr/share/zoneinfo/zone.tab"};
  std::string line;
  while (std::getline(table, line)) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream columns{line};
    std::string country, coordinates, zone;
    if (!(columns >> country >> coordinates >> zone)) continue;
    const auto slash = zone.rfind('/');
    if (slash != std::string::npos) zones.try_emplace(normalised(std::string_view{zone}.substr(slash + 1)), zone);
  }
  return zones;
}

/// Read once in a process: a question asks for each of its words.
std::optional<std::string> zone_named_after(const std::string& city) {
  static const std::unordered_map<std::string, std::string> zones = read_zones();
  const auto found = zones.find(city);
  return found == zones.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace

std::optional<std::string> zone_of_city(std::string_view city) {
  constexpr std::size_t city_bytes_max = 64;
  if (city.size() > city_bytes_max) return std::nullopt;
  const std::string name = normalised(city);
  const auto found = std::lower_bound(cities.begin(), cities.end(), name,
                                      [](const City& entry, const std::string& wanted) { return entry.name < wanted; });
  if (found != cities.end() && found->name == name) return std::string{found->zone};
  return name.empty() ? std::nullopt : zone_named_after(name);
}

}  // namespace commonbook::agents
