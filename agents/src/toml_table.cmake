# How configurations and scenarios are read.
add_library(commonbook_agents_toml STATIC
  ${CMAKE_CURRENT_LIST_DIR}/toml_table.cpp ${CMAKE_CURRENT_LIST_DIR}/point_in_time.cpp)
target_include_directories(commonbook_agents_toml PUBLIC ${CMAKE_CURRENT_LIST_DIR}/../include)
target_link_libraries(commonbook_agents_toml
  PUBLIC commonbook::model tomlplusplus::tomlplusplus PRIVATE commonbook::warnings)
target_link_libraries(commonbook_agents INTERFACE commonbook_agents_toml)
