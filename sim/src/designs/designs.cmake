# The naive designs, the article's among them, and ours, behind one interface. Only what is deliberately wrong, and the
# audit of a closed file, speaks to SQLite itself.
set(designs_source ${CMAKE_CURRENT_SOURCE_DIR}/src/designs)
add_library(commonbook_sim_presets STATIC ${designs_source}/presets.cpp)
target_include_directories(commonbook_sim_presets PUBLIC ${sim_include})
target_link_libraries(commonbook_sim_presets PUBLIC commonbook::model PRIVATE commonbook::warnings)
add_library(commonbook_sim_designs STATIC
  ${designs_source}/audit_naive.cpp ${designs_source}/audit_ours.cpp ${designs_source}/designs.cpp
  ${designs_source}/naive_client.cpp ${designs_source}/naive_design.cpp ${designs_source}/naive_store.cpp
  ${designs_source}/our_design.cpp ${designs_source}/raw_sqlite.cpp ${designs_source}/simple_alias.cpp
  ${designs_source}/store_lock.cpp)
target_include_directories(commonbook_sim_designs PUBLIC ${sim_include} PRIVATE ${designs_source})
target_link_libraries(commonbook_sim_designs
  PUBLIC commonbook_sim_presets commonbook::model
  PRIVATE commonbook::actors commonbook::storage SQLite::SQLite3 Threads::Threads commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_designs)
