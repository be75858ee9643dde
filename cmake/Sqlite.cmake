# SQLite::SQLite3: the system's SQLite, or a newer one that `scripts/setup --sqlite latest` has fetched. Either way a
# program has one of them: two in one process would drop each other's locks on a file.
set(COMMONBOOK_SQLITE "" CACHE STRING "system, latest (pinned in cmake/SqlitePin.cmake), or empty: what scripts/setup chose")
set_property(CACHE COMMONBOOK_SQLITE PROPERTY STRINGS "" system latest)

set(commonbook_sqlite_folder "${PROJECT_SOURCE_DIR}/build/vendor")
set(sqlite_chosen "${COMMONBOOK_SQLITE}")
if(NOT sqlite_chosen)
  set(sqlite_chosen system)
  if(EXISTS "${commonbook_sqlite_folder}/chosen")
    file(STRINGS "${commonbook_sqlite_folder}/chosen" sqlite_chosen LIMIT_COUNT 1)
  endif()
endif()

if(sqlite_chosen STREQUAL "system")
  find_package(SQLite3 3.40 REQUIRED)
  return()
elseif(NOT sqlite_chosen STREQUAL "latest")
  message(FATAL_ERROR "COMMONBOOK_SQLITE is \"${sqlite_chosen}\"; it can be system or latest")
endif()

include(SqlitePin)
string(APPEND commonbook_sqlite_folder "/sqlite-${commonbook_sqlite_version}")
foreach(ending c h)
  if(NOT EXISTS "${commonbook_sqlite_folder}/sqlite3.${ending}")
    message(FATAL_ERROR "SQLite ${commonbook_sqlite_version} is not there yet; fetch it: scripts/setup --sqlite latest")
  endif()
  file(SHA256 "${commonbook_sqlite_folder}/sqlite3.${ending}" hash)
  if(NOT hash STREQUAL commonbook_sqlite_sha256_${ending})
    message(FATAL_ERROR "${commonbook_sqlite_folder}/sqlite3.${ending} is not the pinned one; fetch it anew: scripts/setup --sqlite latest")
  endif()
endforeach()
message(STATUS "SQLite ${commonbook_sqlite_version} is compiled from ${commonbook_sqlite_folder}")

enable_language(C)
add_library(commonbook_sqlite STATIC "${commonbook_sqlite_folder}/sqlite3.c")
add_library(SQLite::SQLite3 ALIAS commonbook_sqlite)
set_source_files_properties("${commonbook_sqlite_folder}/sqlite3.c" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
target_include_directories(commonbook_sqlite SYSTEM INTERFACE "${commonbook_sqlite_folder}")
# Hidden, so that a host that loads a SQLite of its own does not get functions of the one and of the other.
set_target_properties(commonbook_sqlite PROPERTIES C_VISIBILITY_PRESET hidden C_CLANG_TIDY ""
  COMPILE_OPTIONS "-O3;-w")  # replaces what the folder sets: no sanitizer, as in the system's
# What Debian's has and our code or its tests lean on. Without HAVE_USLEEP a wait takes whole seconds, without
# HAVE_FDATASYNC each sync also writes the file's times. MEMSTATUS: counting memory takes a lock for each allocation,
# and nothing here asks for the count.
target_compile_definitions(commonbook_sqlite PRIVATE
  NDEBUG SQLITE_THREADSAFE=1 SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_SECURE_DELETE SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_MAX_VARIABLE_NUMBER=250000 SQLITE_ENABLE_FTS5 SQLITE_ENABLE_DBSTAT_VTAB SQLITE_ENABLE_MATH_FUNCTIONS
  HAVE_FDATASYNC=1 HAVE_USLEEP=1 HAVE_ISNAN=1 HAVE_LOCALTIME_R=1 HAVE_STRCHRNUL=1
  HAVE_MALLOC_H=1 HAVE_MALLOC_USABLE_SIZE=1 _GNU_SOURCE)
target_link_libraries(commonbook_sqlite PUBLIC Threads::Threads ${CMAKE_DL_LIBS} m)
