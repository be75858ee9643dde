# The C++ Actor Framework as Debian ships it: headers and libraries without a CMake package file.
#   find_package(CAF 0.17.6 COMPONENTS core io)   ->  CAF::core, CAF::io
# CAF_ROOT (variable or environment) points to another build, e.g. one made with -fsanitize=thread.
include(FindPackageHandleStandardArgs)
find_package(Threads REQUIRED)
find_path(CAF_INCLUDE_DIR NAMES caf/config.hpp)

set(CAF_VERSION "")
if(CAF_INCLUDE_DIR)
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" caf_version_line REGEX "define CAF_VERSION +[0-9]+")
  if(caf_version_line MATCHES "([0-9]+)$")  # major * 10000 + minor * 100 + patch
    math(EXPR caf_major "${CMAKE_MATCH_1} / 10000")
    math(EXPR caf_minor "(${CMAKE_MATCH_1} / 100) % 100")
    math(EXPR caf_patch "${CMAKE_MATCH_1} % 100")
    set(CAF_VERSION "${caf_major}.${caf_minor}.${caf_patch}")
  endif()
endif()

foreach(component IN LISTS CAF_FIND_COMPONENTS)
  find_library(CAF_${component}_LIBRARY NAMES "caf_${component}")
  mark_as_advanced(CAF_${component}_LIBRARY)
  if(CAF_INCLUDE_DIR AND CAF_${component}_LIBRARY)
    set(CAF_${component}_FOUND TRUE)
    if(NOT TARGET CAF::${component})
      add_library(CAF::${component} UNKNOWN IMPORTED)  # imported targets' headers count as system headers
      set_target_properties(CAF::${component} PROPERTIES
        IMPORTED_LOCATION "${CAF_${component}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
        INTERFACE_LINK_LIBRARIES Threads::Threads)
      # CAF's spawn() without arguments binds a reference to the tuple of none, which is a null pointer. What follows a
      # real one is still a crash that AddressSanitizer reports.
      if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[a-z,]*undefined")
        set_target_properties(CAF::${component} PROPERTIES INTERFACE_COMPILE_OPTIONS -fno-sanitize=null)
      endif()
    endif()
  endif()
endforeach()
if(TARGET CAF::io)
  set_property(TARGET CAF::io APPEND PROPERTY INTERFACE_LINK_LIBRARIES CAF::core)
endif()

find_package_handle_standard_args(CAF REQUIRED_VARS CAF_INCLUDE_DIR VERSION_VAR CAF_VERSION HANDLE_COMPONENTS)
mark_as_advanced(CAF_INCLUDE_DIR)
