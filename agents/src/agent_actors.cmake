# The agents as actors.
add_library(commonbook_agents_actors STATIC 
  src/agent_session.cpp src/import_agent.cpp src/import_agent_state.cpp src/question_agent.cpp)
target_include_directories(commonbook_agents_actors PUBLIC "${agents_include}" PRIVATE src)
target_link_libraries(commonbook_agents_actors
  PUBLIC commonbook::actors commonbook::model
  PRIVATE commonbook_agents_question Threads::Threads commonbook::warnings)
target_precompile_headers(commonbook_agents_actors PRIVATE <caf/all.hpp>)
target_link_libraries(commonbook_agents INTERFACE commonbook_agents_actors)
