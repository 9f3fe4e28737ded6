# ballast as an installed package that was moved since.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

consume(find_package "-DCMAKE_PREFIX_PATH=${moved_prefix}" "-DWANTED_VERSION=${VERSION}")
