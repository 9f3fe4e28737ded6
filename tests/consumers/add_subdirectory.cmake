# ballast as a subdirectory (or through FetchContent, which does the same).
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

consume(add_subdirectory "-DBALLAST_SOURCE=${SOURCE_DIR}")
