# The schedule explorer and what it explores. It drives SQLite itself and storage's public interface.
add_library(commonbook_sim_explorer STATIC
  ${CMAKE_CURRENT_LIST_DIR}/depth_first.cpp
  ${CMAKE_CURRENT_LIST_DIR}/explore.cpp
  ${CMAKE_CURRENT_LIST_DIR}/pct.cpp
  ${CMAKE_CURRENT_LIST_DIR}/storage_steps.cpp
  ${CMAKE_CURRENT_LIST_DIR}/virtual_threads.cpp
  ${CMAKE_CURRENT_LIST_DIR}/variants/book_stage.cpp
  ${CMAKE_CURRENT_LIST_DIR}/variants/find_or_create.cpp
  ${CMAKE_CURRENT_LIST_DIR}/variants/naive.cpp
  ${CMAKE_CURRENT_LIST_DIR}/variants/pair.cpp
  ${CMAKE_CURRENT_LIST_DIR}/variants/variants.cpp)
target_include_directories(commonbook_sim_explorer PUBLIC ${sim_include} PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(commonbook_sim_explorer PUBLIC commonbook::model
  PRIVATE commonbook::storage SQLite::SQLite3 Threads::Threads commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_explorer)
