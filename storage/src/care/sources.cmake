# Sources of this folder; included by storage/CMakeLists.txt.
target_sources(commonbook_storage PRIVATE
  src/care/backup.cpp src/care/checked_copy.cpp src/care/copy_book.cpp src/care/doctor.cpp src/care/export_book.cpp
  src/care/forget.cpp
  src/care/forget_plan.cpp src/care/identity_find.cpp src/care/identity_merge.cpp src/care/identity_rename.cpp
  src/care/import_book.cpp src/care/import_observation.cpp src/care/import_records.cpp
  src/care/listing.cpp src/care/migrate.cpp src/care/process_list.cpp
  src/care/purge_forgotten.cpp src/care/repair.cpp src/care/repair_mirror.cpp src/care/restore.cpp
  src/care/vacuum.cpp)
