# Question answering: words, dates, events and passages. Pure functions over a question and an answer.
add_library(commonbook_agents_question STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_line.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_line.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_order.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_order.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_parts.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_parts.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_people.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_people.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_reasons.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_reasons.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_statements.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_statements.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_values.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/answer_values.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/event_instances.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/event_instances.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/extraction_text.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/extraction_text.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/extraction_units.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/extraction_values.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/extraction_values.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/fact_index.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/fact_index.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/passage_cut.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/passage_cut.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_answers.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_answers.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_composition.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_dates.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_dates.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_details.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_details.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_events.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_events.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_excerpts.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_excerpts.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_facts.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_facts.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_passages.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_passages.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_statements.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_statements.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_synonyms.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_synonyms.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_understanding.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/question_words.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/question_words.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/reciprocal_rank.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/reciprocal_rank.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/word_index.cpp ${CMAKE_CURRENT_SOURCE_DIR}/src/word_index.hpp)
target_include_directories(commonbook_agents_question PUBLIC ${agents_include} PRIVATE src)
target_link_libraries(commonbook_agents_question
  PUBLIC commonbook::model
  PRIVATE commonbook_agents_calendar commonbook::warnings)
target_link_libraries(commonbook_agents INTERFACE commonbook_agents_question)
