include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

faultless(
  CMakeLists.txt "" CMakePresets.json "" README.md "" LICENSE "" conanfile.py "" .gitignore "" .ci/run "" build/anything ""
  include/ballast/version.hpp "" tests/CMakeLists.txt "" bench/CMakeLists.txt "" examples/CMakeLists.txt "" packaging/x "")

refused("notes.md does not belong at the top of the tree" notes.md "")
refused("cmake does not belong at the top of the tree" cmake/anything.cmake "")
refused("LICENSE is missing at the top of the tree" LICENSE REMOVED)
