# Sources of this folder; included by storage/CMakeLists.txt.
