# How a run is told: verdicts, the table, JSON, JUnit and the HTML file.
include(${PROJECT_SOURCE_DIR}/cmake/EmbedFile.cmake)
find_file(COMMONBOOK_CHART_SCRIPT chart.min.js PATHS /usr/share/javascript/chart.js NO_DEFAULT_PATH
  DOC "Chart.js 3, built into HTML reports")
if(NOT COMMONBOOK_CHART_SCRIPT)
  message(FATAL_ERROR "Chart.js is missing: run scripts/setup, install the package libjs-chart.js, or set "
    "COMMONBOOK_CHART_SCRIPT to chart.min.js of Chart.js 3")
endif()
file(STRINGS ${COMMONBOOK_CHART_SCRIPT} chart_version LIMIT_COUNT 1 REGEX "Chart\\.js v[0-9.]+")
string(REGEX REPLACE ".*Chart\\.js v([0-9.]+).*" "\\1" chart_version "${chart_version}")

set(report_source ${CMAKE_CURRENT_SOURCE_DIR}/src/report)
add_library(commonbook_sim_report STATIC
  ${report_source}/chart_library.cpp ${report_source}/html.cpp ${report_source}/html_charts.cpp
  ${report_source}/html_tables.cpp ${report_source}/json.cpp ${report_source}/judge.cpp ${report_source}/junit.cpp
  ${report_source}/markup.cpp ${report_source}/plain_text.cpp ${report_source}/table.cpp ${report_source}/versions.cpp)
target_include_directories(commonbook_sim_report PUBLIC ${sim_include} PRIVATE ${report_source})
commonbook_embed(commonbook_sim_report chart_script ${COMMONBOOK_CHART_SCRIPT})
commonbook_embed(commonbook_sim_report report_script ${report_source}/report.js)
commonbook_embed(commonbook_sim_report report_style ${report_source}/report.css)
target_compile_definitions(commonbook_sim_report PRIVATE COMMONBOOK_VERSION="${PROJECT_VERSION}"
  COMMONBOOK_CHART_VERSION="${chart_version}")
target_link_libraries(commonbook_sim_report
  PUBLIC commonbook_agents_toml commonbook::model commonbook_sim_figures
  PRIVATE nlohmann_json::nlohmann_json SQLite::SQLite3 CAF::core commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_report)
