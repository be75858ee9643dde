# commonbook_embed(TARGET NAME FILE): builds the bytes of FILE into TARGET as embedded::NAME(), a std::string_view that
# <embedded/NAME.hpp> declares.
set(commonbook_embed_script "${CMAKE_CURRENT_LIST_DIR}/embed_file_script.cmake")

function(commonbook_embed target name file)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/embedded_files")
  file(WRITE "${folder}/embedded/${name}.hpp.new" "// Generated: a file that is built in.
#pragma once
#include <string_view>

namespace commonbook::embedded {
[[nodiscard]] std::string_view ${name}() noexcept;
}  // namespace commonbook::embedded
")
  configure_file("${folder}/embedded/${name}.hpp.new" "${folder}/embedded/${name}.hpp" COPYONLY)
  add_custom_command(OUTPUT "${folder}/${name}.cpp"
    COMMAND ${CMAKE_COMMAND} -D input=${file} -D output=${folder}/${name}.cpp -D name=${name} -P ${commonbook_embed_script}
    DEPENDS "${file}" "${commonbook_embed_script}"
    COMMENT "Embedding ${file}" VERBATIM)
  target_sources(${target} PRIVATE "${folder}/${name}.cpp")
  target_include_directories(${target} PRIVATE "${folder}")
endfunction()
