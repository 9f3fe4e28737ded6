# For the self-tests of the checks. A self-test plants a faultless tree, which CHECK must accept, and then, one at a time on a fresh copy
# of it, faults that CHECK must refuse with the words given.
cmake_minimum_required(VERSION 3.25)

set(good "${WORK_DIR}/good")
set(bad "${WORK_DIR}/bad")

macro(run_check root)
  execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${root}" "-DCLANG_FORMAT=${CLANG_FORMAT}" -P "${CHECK}"
                  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
endmacro()

# faultless(<path> <text> ...)
function(faultless)
  file(REMOVE_RECURSE "${WORK_DIR}")
  foreach(i RANGE 0 ${ARGC} 2)
    if(i LESS ARGC)
      math(EXPR j "${i} + 1")
      file(WRITE "${good}/${ARGV${i}}" "${ARGV${j}}\n")
    endif()
  endforeach()
  run_check("${good}")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "the faultless tree is refused\n${output}")
  endif()
endfunction()

# refused(<words> <path> <text>): with this file on top of the faultless tree (the text REMOVED: without that file), CHECK fails and its
# answer holds the words.
function(refused words path text)
  file(REMOVE_RECURSE "${bad}")
  file(COPY "${good}/" DESTINATION "${bad}")
  if(text STREQUAL "REMOVED")
    file(REMOVE "${bad}/${path}")
  else()
    file(WRITE "${bad}/${path}" "${text}\n")
  endif()
  run_check("${bad}")
  string(FIND "${output}" "${words}" at)
  if(result EQUAL 0)
    message(SEND_ERROR "not found: ${words}")
  elseif(at EQUAL -1)
    message(SEND_ERROR "refused, but not with the words '${words}':\n${output}")
  endif()
endfunction()
