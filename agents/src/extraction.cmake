# Knowledge from text: the built-in rules and what carries their findings; a language model over HTTP (libcurl).
add_library(commonbook_agents_extraction STATIC
  ${CMAKE_CURRENT_LIST_DIR}/extracting_source.cpp
  ${CMAKE_CURRENT_LIST_DIR}/extraction_clauses.cpp
  ${CMAKE_CURRENT_LIST_DIR}/extraction_dates.cpp
  ${CMAKE_CURRENT_LIST_DIR}/extraction_events.cpp
  ${CMAKE_CURRENT_LIST_DIR}/extraction_statements.cpp
  ${CMAKE_CURRENT_LIST_DIR}/extraction_queue.cpp
  ${CMAKE_CURRENT_LIST_DIR}/extraction_undertakings.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rule_extractor.cpp)
add_library(commonbook_agents_model STATIC
  ${CMAKE_CURRENT_LIST_DIR}/http_post.cpp ${CMAKE_CURRENT_LIST_DIR}/model_extractor.cpp)
target_include_directories(commonbook_agents_model PUBLIC ${agents_include})
target_link_libraries(commonbook_agents_model
  PUBLIC commonbook_agents_extraction PRIVATE PkgConfig::CURL nlohmann_json::nlohmann_json commonbook::warnings)
target_link_libraries(commonbook_agents INTERFACE commonbook_agents_model)
target_include_directories(commonbook_agents_extraction PUBLIC ${agents_include} PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(commonbook_agents_extraction
  PUBLIC commonbook::model
  PRIVATE commonbook_agents_calendar commonbook_agents_question commonbook::warnings)
target_link_libraries(commonbook_agents INTERFACE commonbook_agents_extraction)
