// JSON and JUnit: complete, well-formed, and valid whatever names a run brings.
#include "commonbook/testing/support.hpp"
#include "program.hpp"
#include "report_testing.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

/// Tags close in the order in which they opened, and no character stands where XML forbids it. Enough of XML for what
/// to_junit() writes. @returns an empty text, or what is wrong.
std::string well_formed_problem(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < xml.size(); ++at) {
    const auto byte = static_cast<unsigned char>(xml[at]);
    if (byte < 0x20 && byte != '\n') return "a control character at " + std::to_string(at);
    if (xml.compare(at, 3, "]]>") == 0) return "]]> in a text";
    if (xml[at] == '&' && xml.find(';', at) > at + 6) return "a bare & at " + std::to_string(at);
    if (xml[at] != '<') continue;
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos) return "an open tag";
    const std::string tag = xml.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos) return "< in a tag";
    if (tag.front() == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return "</" + tag.substr(1) + "> closes nothing";
      open.pop_back();
    } else if (tag.front() != '?' && tag.back() != '/') {
      open.push_back(tag.substr(0, tag.find_first_of(" \n")));
    }
    if (count_of(tag, "\"") % 2 != 0) return "an attribute that does not end";
    at = end;
  }
  return open.empty() ? "" : "<" + open.back() + "> stays open";
}

void check_against_schema(const std::string& xml) {
  const std::string xmllint = find_program({"xmllint"});
  if (xmllint.empty()) {
    WARN("xmllint is not installed: the output is not checked against the schema");
    return;
  }
  const TemporaryFolder folder;
  const auto file = folder.path() / "report.xml";
  std::ofstream{file, std::ios::binary} << xml;
  const auto schema = source_folder() / "tests/sim/report/junit.xsd";
  const int status = run_program({xmllint, "--noout", "--nonet", "--schema", schema, file}, folder.path() / "log");
  INFO(file_text(folder.path() / "log"));
  CHECK(status == 0);
}

}  // namespace

TEST_CASE("JUnit output is a suite a scenario and a case an expectation") {
  const std::string xml = to_junit({plain_report(), plain_report()});
  INFO(xml);
  CHECK(well_formed_problem(xml).empty());
  CHECK(count_of(xml, "<testsuite ") == 2);
  CHECK(count_of(xml, "<testcase ") == 4);
  CHECK(count_of(xml, "<failure ") == 2);
  CHECK(xml.find("tests=\"2\" failures=\"1\" errors=\"0\"") != std::string::npos);
  CHECK(xml.find("timestamp=\"2026-01-01T00:00:00\"") != std::string::npos);
  CHECK(xml.find("--seed 42") != std::string::npos);
  check_against_schema(xml);
}

TEST_CASE("hostile names stay inside JUnit's texts and attributes") {
  const std::string xml = to_junit({hostile_report(), plain_report()});
  INFO(xml);
  CHECK(well_formed_problem(xml).empty());
  CHECK(xml.find("<script>") == std::string::npos);
  check_against_schema(xml);
}

TEST_CASE("no report, and one without expectations, are valid too") {
  check_against_schema(to_junit({}));
  check_against_schema(to_junit({ScenarioReport{}}));
  CHECK(nlohmann::json::parse(to_json({}))["scenarios"].empty());
}

TEST_CASE("JSON holds every figure that expectations know, and survives hostile texts") {
  const auto json = nlohmann::json::parse(to_json({plain_report(), hostile_report()}));
  CHECK(json["ok"] == false);
  REQUIRE(json["scenarios"].size() == 2);
  const auto& row = json["scenarios"][0]["rows"][0];
  for (const std::string& name : figure_names()) {
    INFO(name);
    CHECK(row.contains(name));
  }
  CHECK(row["asked"] == 12'345);
  CHECK(row["operations_per_second"] == 4'800.4);
  CHECK(row["acknowledge_buckets_us"][0] == nlohmann::json({500, 3'000}));
  CHECK(json["scenarios"][0]["expectations"][1]["held"] == false);
  CHECK(json["scenarios"][0]["seed"] == 42);
  CHECK(json["scenarios"][1]["versions"].size() == 2);
}
