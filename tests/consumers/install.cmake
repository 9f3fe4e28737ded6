# Configures ballast as a packager does (no tests, no examples), installs it, and moves what was installed.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

set(build "${WORK_DIR}/install")
file(REMOVE_RECURSE "${build}" "${WORK_DIR}/prefix" "${moved_prefix}")
run("configure" "${CMAKE_COMMAND}" -S "${SOURCE_DIR}" -B "${build}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}" -DBALLAST_BUILD_TESTS=OFF
    -DBALLAST_BUILD_EXAMPLES=OFF -DBALLAST_BUILD_BENCHMARKS=OFF)
run("install" "${CMAKE_COMMAND}" --install "${build}" --prefix "${WORK_DIR}/prefix")
file(RENAME "${WORK_DIR}/prefix" "${moved_prefix}")

# All headers arrived, and nothing but headers, the CMake package and the .pc file.
file(GLOB_RECURSE source_headers RELATIVE "${SOURCE_DIR}/include" "${SOURCE_DIR}/include/ballast/*.hpp")
file(GLOB_RECURSE installed RELATIVE "${moved_prefix}" "${moved_prefix}/*")
foreach(header IN LISTS source_headers)
  if(NOT "include/${header}" IN_LIST installed)
    message(SEND_ERROR "${header} was not installed")
  endif()
  list(REMOVE_ITEM installed "include/${header}")
endforeach()
foreach(file IN LISTS installed)
  if(NOT file MATCHES "^share/ballast/ballast-(config|config-version|targets)\\.cmake$" AND NOT file STREQUAL "share/pkgconfig/ballast.pc")
    message(SEND_ERROR "installed, but not expected: ${file}")
  endif()
  file(READ "${moved_prefix}/${file}" text)
  string(FIND "${text}" "${WORK_DIR}" at)
  if(NOT at EQUAL -1)
    message(SEND_ERROR "${file} names the folder it was built in")
  endif()
endforeach()
