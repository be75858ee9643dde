# commonbook::warnings: what every target of ours is compiled with.
add_library(commonbook_warnings INTERFACE)
add_library(commonbook::warnings ALIAS commonbook_warnings)
target_compile_options(commonbook_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<BOOL:${COMMONBOOK_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
