# The calendar: libical, recurrence, time zones.
add_library(commonbook_agents_calendar STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/src/calendar_event.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/calendar_event_reader.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/calendar_triples.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/calendar_zones.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/city_zones.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/event_time.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/icalendar_components.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/icalendar_source.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/icalendar_text.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/recurrence.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/recurrence_periods.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/recurrence_rule.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/time_zone.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/time_zone_rules.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/windows_zones.cpp)
target_include_directories(commonbook_agents_calendar PUBLIC ${agents_include})
target_link_libraries(commonbook_agents_calendar PUBLIC commonbook::model PRIVATE PkgConfig::ICAL commonbook::warnings)
target_link_libraries(commonbook_agents INTERFACE commonbook_agents_calendar)
