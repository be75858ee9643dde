# How a run is told: verdicts, the table, JSON, JUnit and the HTML file.
add_library(commonbook_sim_report STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/src/report/json.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/report/judge.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/report/junit.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/report/markup.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/report/plain_text.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/report/table.cpp)
target_include_directories(commonbook_sim_report PUBLIC ${sim_include} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src/report)
target_link_libraries(commonbook_sim_report
  PUBLIC commonbook_agents_toml commonbook::model commonbook_sim_figures
  PRIVATE nlohmann_json::nlohmann_json commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_report)
