# Sources of this folder; included by storage/CMakeLists.txt.
target_sources(commonbook_storage PRIVATE
  src/book/alias_cache.cpp src/book/book.cpp src/book/book_shared.cpp src/book/digest.cpp src/book/normalise.cpp
  src/book/overlay.cpp src/book/schema.cpp src/book/similarity.cpp src/book/tail_codec.cpp)
