# ballast through FetchContent: from an archive that holds no more than a user needs, and from a folder that stands for it.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

set(program "-DBALLAST_PROGRAM=${SOURCE_DIR}/examples/quickstart.cpp")

# A release as it is packed: one folder with everything under it, but without what only developers need.
set(release "${WORK_DIR}/release")
file(REMOVE_RECURSE "${release}")
foreach(entry IN ITEMS CMakeLists.txt LICENSE include packaging)
  file(COPY "${SOURCE_DIR}/${entry}" DESTINATION "${release}/ballast-${VERSION}")
endforeach()
execute_process(COMMAND "${CMAKE_COMMAND}" -E tar czf "${release}/ballast.tar.gz" "ballast-${VERSION}" WORKING_DIRECTORY "${release}" RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the archive was not packed: ${result}")
endif()

consume(fetch_content "-DBALLAST_ARCHIVE=${release}/ballast.tar.gz" "${program}")

run("run consumer_warned" "${WORK_DIR}/fetch_content/consumer_warned")
file(READ "${SOURCE_DIR}/examples/expected/quickstart.txt" expected)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "the quick start prints\n${output}")
endif()
file(READ "${WORK_DIR}/fetch_content/compile_commands.json" commands)
if(NOT commands MATCHES "-I[^ ]*/ballast-src/include" OR commands MATCHES "-isystem")
  message(FATAL_ERROR "the headers are system headers: the compiler was not asked to warn of them\n${commands}")
endif()

# With FETCHCONTENT_SOURCE_DIR_BALLAST nothing is downloaded.
run("configure with a folder" "${CMAKE_COMMAND}" -S "${SOURCE_DIR}/tests/consumers/fetch_content" -B "${WORK_DIR}/fetch_content_folder" -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DFETCHCONTENT_SOURCE_DIR_BALLAST=${SOURCE_DIR}" -DFETCHCONTENT_FULLY_DISCONNECTED=ON
    "-DBALLAST_ARCHIVE=${WORK_DIR}/no such archive.tar.gz" "${program}")
