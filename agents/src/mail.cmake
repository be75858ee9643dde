# Mail: GMime is seen by these sources only.
add_library(commonbook_agents_mail STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/src/file_watcher.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/following_source.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/html_text.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_attachments.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_items.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_message_headers.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_message_parts.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_message_reader.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_sender_rules.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_source.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_text.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_text_decoding.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_thread.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mail_triples.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/maildir_reader.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/mbox_reader.cpp)
target_include_directories(commonbook_agents_mail PUBLIC ${agents_include})
target_link_libraries(commonbook_agents_mail PUBLIC commonbook::model commonbook_agents_calendar
  PRIVATE PkgConfig::GMIME commonbook::warnings)

# Made-up observations: needs no library.
add_library(commonbook_agents_synthetic STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/src/synthetic_source_names.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/synthetic_source.cpp)
target_include_directories(commonbook_agents_synthetic PUBLIC ${agents_include})
target_link_libraries(commonbook_agents_synthetic PUBLIC commonbook::model PRIVATE commonbook::warnings)

target_link_libraries(commonbook_agents INTERFACE commonbook_agents_mail commonbook_agents_synthetic)
