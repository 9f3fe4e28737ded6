# Compiles FILE with CXX (of the kind CXX_ID) twice: it must fail and print what EXPECT (or the first line of FILE) says; with
# BALLAST_CONTROL defined it must compile. Source lines are left out of what the compiler prints, so that the sentence can not be found in
# the quoted source.
cmake_minimum_required(VERSION 3.25)

if("${EXPECT}" STREQUAL "")
  file(READ "${FILE}" text LIMIT 2000)
  if(NOT text MATCHES "^// expect: ([^\n]+)\n")
    message(FATAL_ERROR "${FILE}: the first line must be '// expect: <regex>'")
  endif()
  set(EXPECT "${CMAKE_MATCH_1}")
endif()

if(CXX_ID MATCHES "Clang")
  set(no_source_lines -fno-caret-diagnostics)
else()
  set(no_source_lines -fno-diagnostics-show-caret)
endif()
separate_arguments(flags NATIVE_COMMAND "${FLAGS}")
set(compile "${CXX}" -std=c++20 ${flags} -fsyntax-only ${no_source_lines} -fdiagnostics-color=never -fmessage-length=0 "-I${INCLUDE_DIR}")

execute_process(COMMAND ${compile} -DBALLAST_CONTROL "${FILE}" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${FILE}: the control does not compile\n${output}")
endif()

execute_process(COMMAND ${compile} "${FILE}" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
  message(FATAL_ERROR "${FILE}: the misuse compiles")
endif()
if(NOT output MATCHES "${EXPECT}")
  message(FATAL_ERROR "${FILE}: the compiler does not say\n  ${EXPECT}\nbut\n${output}")
endif()
