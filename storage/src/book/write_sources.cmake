# Sources of this folder; included by storage/CMakeLists.txt.
target_sources(commonbook_storage PRIVATE
  src/book/alias_cache.cpp src/book/book.cpp src/book/book_shared.cpp src/book/derivation_store.cpp src/book/digest.cpp
  src/book/document_store.cpp src/book/entity_store.cpp src/book/long_copy.cpp src/book/name_blocks.cpp src/book/name_evidence.cpp src/book/name_profile.cpp
  src/book/name_tables.cpp src/book/record_evidence.cpp src/book/normalise.cpp src/book/observation_store.cpp
  src/book/overlay.cpp src/book/retract.cpp src/book/schema.cpp src/book/schema_objects.cpp src/book/similarity.cpp src/book/spelling_codec.cpp
  src/book/tail_codec.cpp src/book/write_batch.cpp src/book/writer.cpp
  src/book/writer_check.cpp src/book/writer_interning.cpp src/book/writer_novelty.cpp src/book/writer_payload.cpp src/book/writer_prepare.cpp)
