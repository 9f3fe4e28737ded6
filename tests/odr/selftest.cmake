# The ODR test on planted trees: a faultless one must pass, and each planted fault must be found.
cmake_minimum_required(VERSION 3.25)

set(version_header "#pragma once\nnamespace ballast { struct info { int major_number = 0; }; inline constexpr info version{}; }\n")

function(outcome variable)
  execute_process(COMMAND "${CMAKE_COMMAND}" "-DINCLUDE_DIR=${WORK_DIR}/include" "-DOUTPUT_DIR=${WORK_DIR}/generated" -P "${CMAKE_CURRENT_LIST_DIR}/generate.cmake"
                  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0)
    execute_process(COMMAND "${CXX}" -std=c++20 "-I${WORK_DIR}/include" "-I${CMAKE_CURRENT_LIST_DIR}" generated/forward.cpp generated/backward.cpp -o odr
                    WORKING_DIRECTORY "${WORK_DIR}" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  endif()
  set(${variable} ${result} PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

# planted(<what> <pattern> <text>): with a header of that text beside the version header, the build fails and says the pattern;
# with an empty pattern it passes.
function(planted what pattern text)
  file(REMOVE_RECURSE "${WORK_DIR}")
  file(WRITE "${WORK_DIR}/include/ballast/version.hpp" "${version_header}")
  file(WRITE "${WORK_DIR}/include/ballast/planted.hpp" "#pragma once\n${text}\n")
  outcome(result)
  if(pattern STREQUAL "")
    if(NOT result EQUAL 0)
      message(SEND_ERROR "${what}: refused\n${output}")
    endif()
  elseif(result EQUAL 0)
    message(SEND_ERROR "${what}: not found")
  elseif(NOT output MATCHES "${pattern}")
    message(SEND_ERROR "${what}: failed for another reason\n${output}")
  endif()
endfunction()

planted("a faultless header" "" "#include <algorithm>\ninline int least(int a, int b) { return (std::min)(a, b); }")
planted("a function that is not inline" "multiple definition|duplicate symbol" "int twice(int a) { return 2 * a; }")
planted("std::min that a macro can break" "BALLAST_POISONED|took_this_name" "#include <algorithm>\ninline int least(int a, int b) { return std::min(a, b); }")
planted("a parameter named small" "BALLAST_POISONED|took_this_name" "inline int same(int small) { return small; }")

# A header that the generated files do not name.
planted("a faultless header" "" "")
file(WRITE "${WORK_DIR}/include/ballast/forgotten.hpp" "#pragma once\n")
execute_process(COMMAND "${CMAKE_COMMAND}" "-DINCLUDE_DIR=${WORK_DIR}/include" "-DGENERATED_DIR=${WORK_DIR}/generated" -P "${CMAKE_CURRENT_LIST_DIR}/check_complete.cmake"
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0 OR NOT output MATCHES "ballast/forgotten.hpp is not in")
  message(SEND_ERROR "a forgotten header: not found\n${output}")
endif()
