# Scenario files.
add_library(commonbook_sim_scenario STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/src/scenario/scenario.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/scenario/scenario_agents.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/scenario/scenario_designs.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/scenario/scenario_expectations.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/scenario/scenario_faults.cpp)
target_include_directories(commonbook_sim_scenario PUBLIC ${sim_include}
  PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src/scenario)
target_link_libraries(commonbook_sim_scenario
  PUBLIC commonbook_agents_toml commonbook::model commonbook_sim_figures commonbook_sim_presets
  PRIVATE commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_scenario)
