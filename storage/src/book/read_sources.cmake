# Sources of this folder that read, compact and check; included by storage/CMakeLists.txt.
target_sources(commonbook_storage PRIVATE
  src/book/bounded_reader.cpp src/book/claim_suggestions.cpp src/book/compaction.cpp src/book/compactor.cpp src/book/content_digest.cpp src/book/entity_rows.cpp
  src/book/evidence_names.cpp src/book/evidence_reader.cpp
  src/book/merged_names.cpp src/book/name_candidates.cpp src/book/name_counts.cpp src/book/name_pairs.cpp src/book/name_resolution.cpp
  src/book/name_scan.cpp src/book/pass_lease.cpp src/book/pending_names.cpp src/book/purge.cpp src/book/reader.cpp src/book/redirect_set.cpp src/book/redirect_store.cpp src/book/retrieval.cpp
  src/book/retrieval_facts.cpp src/book/retrieval_search.cpp src/book/retrieval_spelling.cpp src/book/retrieval_walk.cpp src/book/speaker_rule.cpp src/book/statistics.cpp
  src/book/suggestion_pass.cpp
  src/book/triple_reader.cpp src/book/trigram.cpp
  src/care/verify.cpp src/care/verify_rows.cpp src/care/verify_tables.cpp)
