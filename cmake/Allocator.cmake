# What agents allocate storage threads free. glibc's malloc is slow at that, jemalloc is not: a sixth of all CPU time of a
# write (docs/performance.md). For programs only: whoever embeds the libraries chooses an allocator of their own.
option(COMMONBOOK_JEMALLOC "Link the programs with jemalloc where it is installed" ON)
find_library(JEMALLOC_LIBRARY jemalloc)
mark_as_advanced(JEMALLOC_LIBRARY)

# Sanitizers bring an allocator of their own.
function(commonbook_use_allocator target)
  if(COMMONBOOK_JEMALLOC AND JEMALLOC_LIBRARY AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    target_link_libraries(${target} PRIVATE ${JEMALLOC_LIBRARY})
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/jemalloc_options.cpp)
  endif()
endfunction()
