# Sources of this folder; included by storage/CMakeLists.txt. A library of objects of its own, so that the engine and
# its tests build without the folders above it.
add_library(commonbook_storage_engine OBJECT
  src/engine/connection.cpp src/engine/disk_room.cpp src/engine/error_class.cpp src/engine/file_guard.cpp src/engine/file_system.cpp src/engine/foreign_readers.cpp
  src/engine/header_peek.cpp src/engine/jitter.cpp src/engine/log_pin.cpp src/engine/online_copy.cpp
  src/engine/process_turnstile.cpp
  src/engine/scratch_folder.cpp src/engine/settings.cpp src/engine/shim_vfs.cpp src/engine/snapshot_barrier.cpp
  src/engine/sqlite_facts.cpp src/engine/statement.cpp src/engine/transaction.cpp src/engine/wal_reset_probe.cpp
  src/engine/vacuum.cpp src/engine/word_rank.cpp src/engine/write_gate.cpp)
target_include_directories(commonbook_storage_engine PUBLIC src include)
target_link_libraries(commonbook_storage_engine
  PUBLIC commonbook::model SQLite::SQLite3 Threads::Threads
  PRIVATE spdlog::spdlog commonbook::warnings)
target_sources(commonbook_storage PRIVATE src/engine/checkpointer.cpp $<TARGET_OBJECTS:commonbook_storage_engine>)
