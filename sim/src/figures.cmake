# Figures and histograms, which every part of sim/ speaks.
add_library(commonbook_sim_figures STATIC ${CMAKE_CURRENT_SOURCE_DIR}/src/figures.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/duration_histogram.cpp)
target_include_directories(commonbook_sim_figures PUBLIC ${sim_include})
target_link_libraries(commonbook_sim_figures PUBLIC commonbook::model PRIVATE commonbook::warnings)
target_link_libraries(commonbook_sim INTERFACE commonbook_sim_figures)
