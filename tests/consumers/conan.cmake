# ballast through Conan (CONAN: the program), with a home of its own and no remote: the package is made and consumed, and a profile that
# Conan writes unasked, with gnu17, is refused with the way out.
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

set(folder "${WORK_DIR}/conan")
file(REMOVE_RECURSE "${folder}")
set(ENV{CONAN_HOME} "${folder}/home")
set(ENV{CXX} "${CXX}")
unset(ENV{CC})
run("conan profile detect" "${CONAN}" profile detect)
set(create "${CONAN}" create "${SOURCE_DIR}" --no-remote -c "tools.cmake.cmake_layout:test_folder=${folder}/test"
           --test-folder "${SOURCE_DIR}/packaging/conan/test_package")

run("conan create" ${create} -s compiler.cppstd=20)
if(NOT output MATCHES "ballast ${VERSION}: trade")
  message(SEND_ERROR "the test package did not run\n${output}")
endif()
# One package for all settings: its identity is that of no setting at all.
run("conan create with other settings" ${create} -s compiler.cppstd=gnu20 -s build_type=Debug)
run("conan list" "${CONAN}" list "ballast/${VERSION}:*" --format=compact)
string(REGEX MATCHALL "ballast/${VERSION}#[0-9a-f]+[^:\n]*:[0-9a-f]+\n" packages "${output}\n")
list(LENGTH packages count)
if(NOT count EQUAL 1)
  message(SEND_ERROR "${count} packages instead of one\n${output}")
endif()

execute_process(COMMAND ${create} -s compiler.cppstd=gnu17 RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
  message(SEND_ERROR "a profile with gnu17 is accepted")
elseif(NOT output MATCHES "Invalid: ballast needs C\\+\\+20, and the profile says compiler.cppstd=gnu17: pass -s compiler.cppstd=20")
  message(SEND_ERROR "a profile with gnu17 is refused without the way out\n${output}")
endif()
