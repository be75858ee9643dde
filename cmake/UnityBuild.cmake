# Compiles eight sources of a target as one: most of a build goes into reading the same headers again. For builds from
# nothing, as a CI makes them (preset `release`); while one works at a few files, the ordinary build is faster.
option(COMMONBOOK_UNITY "Compile several sources of a target as one" OFF)

# These use a name that a neighbour uses too, each in its own unnamed namespace, and are compiled alone. A new source
# that clashes belongs here.
set(commonbook_alone
  actors/src/intake_state.cpp
  agents/src/extraction_values.cpp agents/src/icalendar_components.cpp agents/src/mail_text.cpp agents/src/mail_text_decoding.cpp
  agents/src/question_events.cpp
  apps/src/run_report.cpp
  sim/src/crash/care_loop.cpp sim/src/deterministic/search.cpp sim/src/explorer/variants/naive.cpp
  storage/src/book/purge.cpp storage/src/book/writer_check.cpp storage/src/care/import_records.cpp storage/src/care/purge_forgotten.cpp
  storage/src/care/verify_rows.cpp
  tests/actors/liveness_test.cpp tests/agents/mail/mail_message_test.cpp tests/agents/question/question_understanding_test.cpp
  tests/agents/untrusted/sender_rules_test.cpp
  tests/process/only_sqlite_opens_test.cpp tests/property/order_test.cpp tests/sim/report/html_test.cpp tests/sim/runner/parts_test.cpp
  tests/storage/care/identity_test.cpp tests/storage/care/migrate_test.cpp tests/storage/care/repair_test.cpp tests/storage/care/restore_test.cpp
  tests/storage/faults/log_readers_test.cpp tests/storage/faults/new_memory_test.cpp
  tests/storage/read/resolution_test.cpp tests/storage/write/failed_writer_test.cpp)

function(commonbook_unite folder)
  get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(NOT type MATCHES "^(STATIC_LIBRARY|EXECUTABLE)$")
      continue()
    endif()
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    # It warns of types in unnamed namespaces, which are a fault in headers; united sources look like headers.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
    get_target_property(sources ${target} SOURCES)
    get_target_property(source_folder ${target} SOURCE_DIR)
    foreach(source IN LISTS sources)
      cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${source_folder}" NORMALIZE OUTPUT_VARIABLE path)
      cmake_path(RELATIVE_PATH path BASE_DIRECTORY "${PROJECT_SOURCE_DIR}" OUTPUT_VARIABLE name)
      if(name IN_LIST commonbook_alone OR path MATCHES "/embedded_files/")
        set_source_files_properties("${path}" TARGET_DIRECTORY ${target} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endforeach()
  endforeach()
  get_property(below DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
  foreach(each IN LISTS below)
    commonbook_unite("${each}")
  endforeach()
endfunction()

if(COMMONBOOK_UNITY)
  commonbook_unite("${PROJECT_SOURCE_DIR}")
endif()
