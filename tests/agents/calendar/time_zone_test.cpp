// Zones by name, against the system's own idea of local time.
#include "commonbook/agents/time_zone.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <ctime>
#include <random>

using namespace commonbook;
using commonbook::agents::TimeZone;

namespace {

std::string utc_of(const char* zone, const char* local) {
  const auto found = TimeZone::find(zone);
  REQUIRE(found.has_value());
  return format_utc(found->to_utc(*parse_time(local)));
}

/// Offsets as the C library reads the same zone.
class SystemZone {
 public:
  explicit SystemZone(const std::string& name) {
    const char* before = std::getenv("TZ");
    if (before != nullptr) before_ = before;
    ::setenv("TZ", name.c_str(), 1);
    ::tzset();
  }
  ~SystemZone() {
    if (before_.empty()) {
      ::unsetenv("TZ");
    } else {
      ::setenv("TZ", before_.c_str(), 1);
    }
    ::tzset();
  }
  [[nodiscard]] static long offset(std::int64_t seconds) {
    const std::time_t at = seconds;
    std::tm local{};
    ::localtime_r(&at, &local);
    return local.tm_gmtoff;
  }

 private:
  std::string before_;
};

}  // namespace

TEST_CASE("a zone gives the offsets that the system gives, from 1900 to 2100") {
  std::mt19937_64 generator{20'260'120};
  for (const char* name : {"Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney",
                           "America/Sao_Paulo", "Africa/Casablanca", "Europe/Dublin", "America/St_Johns",
                           "Pacific/Apia", "Asia/Kathmandu", "US/Eastern", "Etc/GMT+5", "America/Nuuk"}) {
    const SystemZone system{name};
    const auto zone = TimeZone::find(name);
    REQUIRE(zone.has_value());
    for (int sample = 0; sample < 2000; ++sample) {
      const std::int64_t seconds = -2'208'988'800 + static_cast<std::int64_t>(generator() % 6'311'433'600U);
      INFO(name << " at " << format_utc({seconds * 1000}));
      REQUIRE(zone->offset_seconds({seconds * 1000}) == SystemZone::offset(seconds));
    }
  }
}

TEST_CASE("a local time of a clock change is read as RFC 5545 says") {
  CHECK(utc_of("Europe/Berlin", "2026-03-29T02:30:00") == "2026-03-29T01:30:00Z");  // in the gap: offset before it
  CHECK(utc_of("Europe/Berlin", "2026-10-25T02:30:00") == "2026-10-25T00:30:00Z");  // exists twice: the first
  CHECK(utc_of("Europe/Berlin", "2026-10-25T03:00:00") == "2026-10-25T02:00:00Z");
  CHECK(utc_of("America/New_York", "2026-03-08T02:30:00") == "2026-03-08T07:30:00Z");
  CHECK(utc_of("America/New_York", "2026-11-01T01:30:00") == "2026-11-01T05:30:00Z");
  CHECK(utc_of("Australia/Sydney", "2026-01-15T12:00:00") == "2026-01-15T01:00:00Z");
}

TEST_CASE("every local time that exists comes back from UTC") {
  for (const char* name : {"Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"}) {
    const auto zone = TimeZone::find(name);
    REQUIRE(zone.has_value());
    for (std::int64_t hour = 0; hour < 24 * 366; ++hour) {
      const Timestamp at{1'767'225'600'000 + hour * 3'600'000};
      const CivilTime local = zone->to_local(at);
      const Timestamp back = zone->to_utc(local);
      INFO(name << ' ' << format_utc(at));
      REQUIRE(zone->to_local(back) == local);
      REQUIRE(back <= at);
    }
  }
}

TEST_CASE("names of Windows, fixed offsets and UTC are zones too") {
  CHECK(TimeZone::find("W. Europe Standard Time")->name() == "Europe/Berlin");
  CHECK(TimeZone::find("Eastern Standard Time")->name() == "America/New_York");
  CHECK(TimeZone::find("UTC")->name() == "UTC");
  CHECK(TimeZone::find("Etc/UTC")->name() == "UTC");
  CHECK(TimeZone::find("+05:30")->offset_seconds({0}) == 19'800);
  CHECK(TimeZone::find("-0330")->offset_seconds({0}) == -12'600);
}

TEST_CASE("a name that is no zone is not known, and no name leaves the folder of zones") {
  for (const char* name : {"", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Europe/../Europe/Berlin", "Europe",
                           "zone.tab", "tzdata.zi", "Europe/Berlin\n", "+25:00", "+1", "Middle Earth Standard Time"}) {
    INFO('"' << name << '"');
    CHECK_FALSE(TimeZone::find(name).has_value());
  }
}

TEST_CASE("large cities have the zone of their clocks") {
  const auto zone_of = [](std::string_view city) {
    const auto zone = TimeZone::of_city(city);
    return zone ? zone->name() : std::string{"unknown"};
  };
  CHECK(zone_of("Berlin") == "Europe/Berlin");
  CHECK(zone_of("new york") == "America/New_York");
  CHECK(zone_of("New_York") == "America/New_York");
  CHECK(zone_of("  BOSTON ") == "America/New_York");
  CHECK(zone_of("St. Louis") == "America/Chicago");
  CHECK(zone_of("Washington, D.C.") == "America/New_York");
  CHECK(zone_of("MÜNCHEN") == "Europe/Berlin");
  CHECK(zone_of("Osaka") == "Asia/Tokyo");
  CHECK(zone_of("Buenos Aires") == "America/Argentina/Buenos_Aires");
  CHECK(zone_of("Rivendell") == "unknown");
  CHECK(zone_of("") == "unknown");
  CHECK(zone_of(std::string(10'000, 'x')) == "unknown");
}
