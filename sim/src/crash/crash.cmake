# The crash runner: killed processes and power failures, over the real runtime and storage.
add_library(commonbook_sim_crash STATIC
  ${CMAKE_CURRENT_LIST_DIR}/book_record.cpp
  ${CMAKE_CURRENT_LIST_DIR}/care_loop.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cold_start.cpp
  ${CMAKE_CURRENT_LIST_DIR}/content.cpp
  ${CMAKE_CURRENT_LIST_DIR}/crash_board.cpp
  ${CMAKE_CURRENT_LIST_DIR}/crash_worker.cpp
  ${CMAKE_CURRENT_LIST_DIR}/disk_log.cpp
  ${CMAKE_CURRENT_LIST_DIR}/findings.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kill_hook.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kill_plan.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kill_round.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kill_run.cpp
  ${CMAKE_CURRENT_LIST_DIR}/power_image.cpp
  ${CMAKE_CURRENT_LIST_DIR}/power_run.cpp
  ${CMAKE_CURRENT_LIST_DIR}/power_workload.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recording_vfs.cpp)
target_include_directories(commonbook_sim_crash PUBLIC ${sim_include} PRIVATE ${CMAKE_CURRENT_LIST_DIR}
  ${CMAKE_CURRENT_SOURCE_DIR}/src/runner)
target_link_libraries(commonbook_sim_crash PUBLIC commonbook::model
  PRIVATE commonbook::actors commonbook::storage commonbook_sim_runner SQLite::SQLite3 Threads::Threads
          commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_crash)
