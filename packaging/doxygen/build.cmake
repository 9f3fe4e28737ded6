# Builds the documentation and fails where Doxygen warns:
#
#   cmake -DOUTPUT=<folder> -P packaging/doxygen/build.cmake
#
# ROOT may name another tree than the one that this file lies in, DOXYGEN another program than the one in the path. Start at
# <folder>/html/index.html.
cmake_minimum_required(VERSION 3.25)

if(NOT ROOT)
  get_filename_component(ROOT "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
endif()
if(NOT DOXYGEN)
  find_program(DOXYGEN doxygen REQUIRED)
endif()
if(NOT OUTPUT)
  message(FATAL_ERROR "say where to write: cmake -DOUTPUT=<folder> -P packaging/doxygen/build.cmake")
endif()
get_filename_component(OUTPUT "${OUTPUT}" ABSOLUTE)

set(guide "${ROOT}/packaging/doxygen/guide")
set(prepared "${OUTPUT}/headers")
file(REMOVE_RECURSE "${OUTPUT}/html")
execute_process(COMMAND "${CMAKE_COMMAND}" "-DFROM=${ROOT}/include" "-DTO=${prepared}" -P "${CMAKE_CURRENT_LIST_DIR}/prepare.cmake" COMMAND_ERROR_IS_FATAL ANY)

set(version "")
foreach(part IN ITEMS MAJOR MINOR PATCH)
  file(STRINGS "${ROOT}/include/ballast/version.hpp" line REGEX "^#define BALLAST_VERSION_${part} [0-9]+$")
  string(REGEX MATCH "[0-9]+$" number "${line}")
  list(APPEND version "${number}")
endforeach()
list(JOIN version "." version)

configure_file("${CMAKE_CURRENT_LIST_DIR}/Doxyfile.in" "${OUTPUT}/Doxyfile" @ONLY)
execute_process(COMMAND "${DOXYGEN}" "${OUTPUT}/Doxyfile" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
# The headers are copies, line for line.
string(REPLACE "${prepared}/" "include/" output "${output}")
if(NOT result EQUAL 0 OR output MATCHES "warning:")
  message("${output}")
  message(FATAL_ERROR "Doxygen is not content: see above")
endif()
message(STATUS "documentation: ${OUTPUT}/html/index.html")
