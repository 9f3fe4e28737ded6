# The documentation: the target docs writes <build>/docs/html. It fails where Doxygen warns.
find_program(BALLAST_DOXYGEN doxygen)
mark_as_advanced(BALLAST_DOXYGEN)
if(BALLAST_DOXYGEN)
  add_custom_target(
    docs
    COMMAND "${CMAKE_COMMAND}" "-DDOXYGEN=${BALLAST_DOXYGEN}" "-DOUTPUT=${PROJECT_BINARY_DIR}/docs" -P "${PROJECT_SOURCE_DIR}/packaging/doxygen/build.cmake"
    COMMENT "The documentation"
    VERBATIM)
endif()
