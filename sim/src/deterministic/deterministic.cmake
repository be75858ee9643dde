# Deterministic runs: simulated agents over a runtime on one thread, traces, checkpoints and the seed search.
set(deterministic_src ${CMAKE_CURRENT_SOURCE_DIR}/src/deterministic)
add_library(commonbook_sim_deterministic STATIC
  ${deterministic_src}/agent_actor.cpp ${deterministic_src}/checkpoint.cpp ${deterministic_src}/file_audit.cpp
  ${deterministic_src}/leg.cpp ${deterministic_src}/memory_log.cpp ${deterministic_src}/outgoing.cpp ${deterministic_src}/question_list.cpp
  ${deterministic_src}/run.cpp ${deterministic_src}/search.cpp ${deterministic_src}/simulated_agent.cpp
  ${deterministic_src}/simulation.cpp ${deterministic_src}/trace.cpp)
target_include_directories(commonbook_sim_deterministic PUBLIC ${sim_include} PRIVATE ${deterministic_src})
target_link_libraries(commonbook_sim_deterministic
  PUBLIC commonbook_sim_figures $<TARGET_NAME_IF_EXISTS:commonbook_sim_scenario>
         $<TARGET_NAME_IF_EXISTS:commonbook_sim_report> commonbook::agents commonbook::actors
         commonbook::model
  PRIVATE commonbook::storage SQLite::SQLite3 nlohmann_json::nlohmann_json spdlog::spdlog Threads::Threads
          commonbook::warnings)
target_precompile_headers(commonbook_sim_deterministic PRIVATE <caf/all.hpp>)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_deterministic)
