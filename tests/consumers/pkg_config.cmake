# ballast through its .pc file, in the prefix that was moved since. The prefix has a blank in its name, which pkg-config escapes.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

set(ENV{PKG_CONFIG_PATH} "${moved_prefix}/share/pkgconfig")
run("pkg-config --modversion" "${PKG_CONFIG}" --modversion ballast)
if(NOT output STREQUAL "${VERSION}\n")
  message(FATAL_ERROR "pkg-config says version ${output}")
endif()

execute_process(COMMAND "${PKG_CONFIG}" --exists "ballast >= 9.0" RESULT_VARIABLE result)
if(result EQUAL 0)
  message(FATAL_ERROR "pkg-config accepts ${VERSION} where 9.0 is asked for")
endif()

run("pkg-config --cflags" "${PKG_CONFIG}" --cflags --libs ballast)
string(STRIP "${output}" output)
separate_arguments(flags UNIX_COMMAND "${output}")
file(MAKE_DIRECTORY "${WORK_DIR}/pkg_config")
run("compile" "${CXX}" -std=c++20 ${flags} "${CMAKE_CURRENT_LIST_DIR}/main.cpp" -o "${WORK_DIR}/pkg_config/consumer")
run("run" "${WORK_DIR}/pkg_config/consumer")
if(NOT output STREQUAL "${VERSION}\n")
  message(FATAL_ERROR "the program prints '${output}' instead of ${VERSION}")
endif()
