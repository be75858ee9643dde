# The runner: one row of the table, in threads or in processes of this machine.
add_library(commonbook_sim_runner STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/agent_loop.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/board.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/child.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/collect.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/error_kind.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/fault_vfs.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/names.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/namespaces.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/plan.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/run_row.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/stranger.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/supervisor.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/task.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/timeline.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/worker.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner/workload.cpp)
target_include_directories(commonbook_sim_runner PUBLIC ${sim_include} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src/runner)
target_link_libraries(commonbook_sim_runner
  PUBLIC commonbook::model commonbook_agents_synthetic commonbook_sim_figures commonbook_sim_history
         commonbook_sim_designs
  PRIVATE commonbook_agents_calendar commonbook_agents_mail SQLite::SQLite3 nlohmann_json::nlohmann_json
          Threads::Threads commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_runner)
