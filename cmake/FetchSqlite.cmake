# Run by `scripts/setup --sqlite latest`: puts sqlite3.c and sqlite3.h of the pinned version into a folder.
#   cmake -D into=FOLDER [-D archive=FILE] -P cmake/FetchSqlite.cmake
# `archive` is a copy of the package for machines without a network. Whatever it comes from, an archive with another
# hash is refused, and then the folder is as it was.
include("${CMAKE_CURRENT_LIST_DIR}/SqlitePin.cmake")

set(folder "${into}/sqlite-${commonbook_sqlite_version}")
set(is_there TRUE)
foreach(ending c h)
  set(hash "")
  if(EXISTS "${folder}/sqlite3.${ending}")
    file(SHA256 "${folder}/sqlite3.${ending}" hash)
  endif()
  if(NOT hash STREQUAL commonbook_sqlite_sha256_${ending})
    set(is_there FALSE)
  endif()
endforeach()
if(is_there AND NOT archive)
  return()
endif()

# A folder of this run alone, so that two at once do not meet; the rename at the end is one step.
string(RANDOM LENGTH 12 run)
set(work "${into}/fetch-${run}")
file(MAKE_DIRECTORY "${work}")
function(refuse)
  file(REMOVE_RECURSE "${work}")
  string(JOIN "" text ${ARGN})
  message(FATAL_ERROR "${text}")
endfunction()

set(fetched "${archive}")
if(NOT archive)
  set(fetched "${work}/package.tgz")
  file(DOWNLOAD "${commonbook_sqlite_url}" "${fetched}" STATUS status TLS_VERIFY ON INACTIVITY_TIMEOUT 60)
  list(GET status 0 code)
  list(GET status 1 reason)
  if(NOT code EQUAL 0)
    refuse("SQLite ${commonbook_sqlite_version} could not be fetched from ${commonbook_sqlite_url}: ${reason}. "
      "Try again, or fetch that file elsewhere and give it with --sqlite-archive FILE.")
  endif()
elseif(NOT EXISTS "${archive}" OR IS_DIRECTORY "${archive}")
  refuse("there is no file ${archive}")
endif()
file(SHA512 "${fetched}" hash)
if(NOT hash STREQUAL commonbook_sqlite_sha512)
  set(origin "${archive}")
  if(NOT archive)
    set(origin "${commonbook_sqlite_url}")
  endif()
  refuse("${origin} is not the pinned package, and nothing of it is used.\n"
    "  its SHA-512    ${hash}\n  the pinned one ${commonbook_sqlite_sha512}\n"
    "It was damaged on the way, or somebody changed it. Build with the system's SQLite until that is clear: "
    "scripts/setup --sqlite system")
endif()
file(ARCHIVE_EXTRACT INPUT "${fetched}" DESTINATION "${work}"
  PATTERNS "${commonbook_sqlite_inside}/sqlite3.c" "${commonbook_sqlite_inside}/sqlite3.h")
file(REMOVE_RECURSE "${folder}")
file(RENAME "${work}/${commonbook_sqlite_inside}" "${folder}" RESULT renamed)
foreach(ending c h)
  if(NOT EXISTS "${folder}/sqlite3.${ending}")
    refuse("sqlite3.${ending} could not be put into ${folder}: ${renamed}")
  endif()
endforeach()
file(REMOVE_RECURSE "${work}")
message("SQLite ${commonbook_sqlite_version} is in ${folder}")
