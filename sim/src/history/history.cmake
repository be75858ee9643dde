# What was asked and answered, kept in files that survive a killed process, and the checker that judges it.
add_library(commonbook_sim_history STATIC
  ${CMAKE_CURRENT_LIST_DIR}/history_file.cpp ${CMAKE_CURRENT_LIST_DIR}/history_log.cpp
  ${CMAKE_CURRENT_LIST_DIR}/history_reader.cpp ${CMAKE_CURRENT_LIST_DIR}/history_checker.cpp
  ${CMAKE_CURRENT_LIST_DIR}/key_registers.cpp ${CMAKE_CURRENT_LIST_DIR}/stored_items.cpp
  ${CMAKE_CURRENT_LIST_DIR}/session_order.cpp ${CMAKE_CURRENT_LIST_DIR}/read_order.cpp)
target_include_directories(commonbook_sim_history PUBLIC ${sim_include} PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(commonbook_sim_history PUBLIC commonbook::model PRIVATE commonbook::warnings)

# The same against a book, apart from the checker, which needs to know nothing of storage.
add_library(commonbook_sim_book_history STATIC ${CMAKE_CURRENT_LIST_DIR}/book_history.cpp)
target_link_libraries(commonbook_sim_book_history
  PUBLIC commonbook_sim_history commonbook::storage PRIVATE commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_history commonbook_sim_book_history)
