# Every C++ file is laid out as .clang-format says. To repair: clang-format -i on the files named.
cmake_minimum_required(VERSION 3.25)

if(NOT CLANG_FORMAT)
  find_program(CLANG_FORMAT NAMES clang-format-14 clang-format REQUIRED)
endif()

set(files "")
foreach(folder IN ITEMS include tests bench examples packaging)
  file(GLOB_RECURSE found RELATIVE "${ROOT}" "${ROOT}/${folder}/*.hpp" "${ROOT}/${folder}/*.cpp")
  list(FILTER found EXCLUDE REGEX "/build/")  # what .gitignore names
  list(APPEND files ${found})
endforeach()
if(NOT files)
  message(FATAL_ERROR "there are no C++ files under ${ROOT}")
endif()

execute_process(COMMAND "${CLANG_FORMAT}" --style=file --dry-run -Werror --ferror-limit=1 ${files}
                WORKING_DIRECTORY "${ROOT}" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "not laid out as .clang-format says:\n${output}")
endif()
