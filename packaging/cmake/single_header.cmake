# All headers as one: the target ballast_amalgamation writes <build>/single/ballast/ballast.hpp. With <build>/single in the include path,
# programs that include <ballast/ballast.hpp> need nothing else.
set(ballast_single_header "${PROJECT_BINARY_DIR}/single/ballast/ballast.hpp")
add_custom_command(
  OUTPUT "${ballast_single_header}"
  COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${ballast_single_header}" -P "${PROJECT_SOURCE_DIR}/packaging/amalgamate.cmake"
  DEPENDS "${PROJECT_SOURCE_DIR}/packaging/amalgamate.cmake" "${PROJECT_SOURCE_DIR}/LICENSE" ${ballast_headers}
  COMMENT "All headers as one: ${ballast_single_header}"
  VERBATIM)
add_custom_target(ballast_amalgamation DEPENDS "${ballast_single_header}")
