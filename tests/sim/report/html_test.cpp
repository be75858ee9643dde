// The HTML report is one file that loads nothing, lets no text break out, and runs without an error in a browser.
#include "commonbook/testing/support.hpp"
#include "program.hpp"
#include "report_testing.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cctype>
#include <string>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::testing;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The page without what stands in its scripts.
std::string without_scripts(const std::string& page) {
  std::string rest;
  std::size_t at = 0;
  for (std::size_t open = page.find("<script"); open != std::string::npos; open = page.find("<script", at)) {
    const std::size_t content = page.find('>', open) + 1;
    rest += page.substr(at, content - at);
    at = page.find("</script>", content);
  }
  return rest + page.substr(at);
}

struct BrowserRun {
  int status = 0;
  std::string log;
  std::string page;  ///< as it is after the scripts ran
};

/// Loads a page in a browser that can reach no other machine.
BrowserRun load(const std::string& browser, const std::string& page) {
  const TemporaryFolder folder;
  std::ofstream{folder.path() / "report.html", std::ios::binary} << page;
  BrowserRun run;
  run.status = run_program(
      {browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
       "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
       "--user-data-dir=" + (folder.path() / "profile").string(), "--host-resolver-rules=MAP * ~NOTFOUND",
       "--enable-logging=stderr", "--log-net-log=" + (folder.path() / "net.json").string(), "--timeout=20000",
       "--dump-dom", "file://" + (folder.path() / "report.html").string()},
      folder.path() / "log");
  run.log = file_text(folder.path() / "log");
  run.page = run.log;
  run.log += file_text(folder.path() / "net.json");
  return run;
}

}  // namespace

TEST_CASE("the page has the figures, the expectations, the scenario, the seed and the versions") {
  const std::string page = to_html({plain_report()});
  for (const char* part : {"<!doctype html>", "lang=\"en\"", "1 of 2 expectations failed", "article-without-fallback",
                           "a reason", "name = &quot;article&quot;", "<dd>42</dd>", "3.40.1", "--seed 42",
                           "id=\"throughput-0\"", "id=\"latency-0-0\"", "id=\"latency-0-1\"", "MIT License"}) {
    INFO(part);
    CHECK(has(page, part));
  }
}

TEST_CASE("the page names nothing to load from elsewhere") {
  const std::string page = without_scripts(to_html({plain_report(), hostile_report()}));
  std::string squeezed;
  for (const char c : page)
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      squeezed += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* attribute : {"src=", "href=", "data=", "poster=", "action="}) {
    INFO(attribute);
    CHECK_FALSE(has(squeezed, attribute));
  }
  CHECK_FALSE(has(page, "@import"));
  CHECK_FALSE(has(page, "url("));
  CHECK_FALSE(has(page, "<link"));
  CHECK(has(page, "default-src 'none'"));
}

TEST_CASE("no text breaks out of its place in the page") {
  const std::string page = to_html({hostile_report()});
  // The page's own scripts: the figures, the chart library, and what draws.
  const auto count = [&page](const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) ++found;
    return found;
  };
  CHECK(count("</script>") == 3);
  CHECK_FALSE(has(without_scripts(page), "alert(1)</script>"));
  CHECK_FALSE(has(page, "<script>alert"));
  const std::string open = "id=\"chart-data\">";
  const std::size_t begin = page.find(open) + open.size();
  const auto data = nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  CHECK(data[0]["throughput"]["designs"].size() == 1);
}

TEST_CASE("the distribution of a design ends at 100 %, and a row without writes draws nothing") {
  ScenarioReport report = plain_report();
  report.rows[0].acknowledge_buckets.clear();
  const std::string page = to_html({report});
  const std::string open = "id=\"chart-data\">";
  const std::size_t begin = page.find(open) + open.size();
  const auto data = nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  const auto& series = data[0]["distributions"][0]["series"];
  CHECK(series[0]["points"].empty());
  CHECK(series[1]["points"].back()["y"] == 100.0);
  CHECK(series[1]["points"][0]["x"] == 0.5);
  CHECK(series[1]["points"][0]["y"] == 25.0);
}

TEST_CASE("a browser shows the page without an error and asks nobody for anything", "[browser]") {
  const std::string browser = find_program({"chromium", "chromium-browser", "google-chrome"});
  if (browser.empty()) {
    WARN("no Chromium is installed: the page is not loaded in a browser");
    return;
  }
  const BrowserRun run = load(browser, to_html({plain_report(), hostile_report()}));
  INFO(run.page.substr(0, 4'000));
  CHECK(run.status == 0);
  CHECK(has(run.page, "Commonbook simulator report"));
  // Chart.js gives a canvas that it has drawn on a size of its own.
  const auto canvas = run.page.find("id=\"throughput-0\"");
  REQUIRE(canvas != std::string::npos);
  const std::string attributes = run.page.substr(canvas, run.page.find('>', canvas) - canvas);
  const auto height = attributes.find("height: ");
  REQUIRE(height != std::string::npos);
  CHECK(std::string{"123456789"}.find(attributes[height + 8]) != std::string::npos);
  CHECK_FALSE(has(run.log, "CONSOLE"));
  CHECK_FALSE(has(run.log, "URL_REQUEST_START_JOB\",\"url\":\"http"));
}

TEST_CASE("the check in the browser can fail", "[browser]") {
  const std::string browser = find_program({"chromium", "chromium-browser", "google-chrome"});
  if (browser.empty()) return;
  std::string page = to_html({plain_report()});
  page.insert(page.find("</body>"), "<script>undefinedFunction()</script>");
  CHECK(has(load(browser, page).log, "CONSOLE"));
}
