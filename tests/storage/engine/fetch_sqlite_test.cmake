# `scripts/setup --sqlite latest` takes the pinned package or nothing: an archive with another hash is refused with both
# hashes and what to do, and leaves no file behind.
#   cmake -D source=PROJECT -D folder=SCRATCH -P fetch_sqlite_test.cmake
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}/made/package/deps/sqlite3")
file(WRITE "${folder}/made/package/deps/sqlite3/sqlite3.c" "int sqlite3_open_v2;")
file(WRITE "${folder}/made/package/deps/sqlite3/sqlite3.h" "")
execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf "${folder}/other.tgz" package
  WORKING_DIRECTORY "${folder}/made" COMMAND_ERROR_IS_FATAL ANY)

foreach(archive other.tgz missing.tgz)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -D into=${folder}/vendor -D archive=${folder}/${archive} -P ${source}/cmake/FetchSqlite.cmake
    RESULT_VARIABLE status ERROR_VARIABLE said)
  if(status EQUAL 0)
    message(FATAL_ERROR "${archive} was taken")
  endif()
  file(GLOB_RECURSE left "${folder}/vendor/*")
  if(left)
    message(FATAL_ERROR "${archive} was refused, but left ${left}")
  endif()
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  set(expected_other.tgz "is not the pinned package.*its SHA-512 [0-9a-f]+ the pinned one [0-9a-f]+ .*scripts/setup --sqlite system")
  set(expected_missing.tgz "there is no file .*missing.tgz")
  if(NOT said MATCHES "${expected_${archive}}")
    message(FATAL_ERROR "${archive} was refused with another message: ${said}")
  endif()
endforeach()
file(REMOVE_RECURSE "${folder}")
