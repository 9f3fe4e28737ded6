# Which versions the installed package answers to: its own minor version, and no other.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

# asked(<version> <found|refused> <configure arguments>...)
function(asked wanted answer)
  set(build "${WORK_DIR}/versions")
  file(REMOVE_RECURSE "${build}")
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE_DIR}/tests/consumers/versions" -B "${build}" -G "${GENERATOR}" "-DCMAKE_PREFIX_PATH=${moved_prefix}"
                          "-DWANTED_VERSION=${wanted}" ${ARGN}
                  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(answer STREQUAL "found")
    if(NOT result EQUAL 0)
      message(SEND_ERROR "version ${wanted} is not found\n${output}")
    endif()
  elseif(result EQUAL 0)
    message(SEND_ERROR "version ${wanted} is found, but ${VERSION} is installed")
  elseif(NOT output MATCHES "considered but not[ \n]+accepted:[ \n]+[^\n]*ballast-config.cmake, version: ${VERSION}")
    message(SEND_ERROR "version ${wanted} is refused for another reason\n${output}")
  endif()
endfunction()

string(REGEX MATCH "^([0-9]+)\\.([0-9]+)\\.([0-9]+)$" ignored "${VERSION}")
set(major "${CMAKE_MATCH_1}")
set(minor "${CMAKE_MATCH_2}")
set(patch "${CMAKE_MATCH_3}")
math(EXPR next_major "${major} + 1")
math(EXPR next_minor "${minor} + 1")
math(EXPR next_patch "${patch} + 1")

asked("" found)
asked("${VERSION}" found)
asked("${major}.${minor}" found)
asked("9.0" refused)
asked("${next_major}.${minor}" refused)
asked("${major}.${next_minor}" refused)
asked("${major}.${minor}.${next_patch}" refused)
# Header-only: a consumer with another pointer size than the packager's finds it too.
asked("${VERSION}" found -DPOINTER_SIZE=2)
