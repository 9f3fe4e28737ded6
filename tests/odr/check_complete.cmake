# Fails if a header under INCLUDE_DIR/ballast is missing in one of the two generated files in GENERATED_DIR.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers RELATIVE "${INCLUDE_DIR}" "${INCLUDE_DIR}/*.hpp")
foreach(source IN ITEMS forward.cpp backward.cpp)
  file(READ "${GENERATED_DIR}/${source}" text)
  foreach(header IN LISTS headers)
    string(FIND "${text}" "#include <${header}>" at)
    if(at EQUAL -1)
      message(SEND_ERROR "${header} is not in ${source}")
    endif()
  endforeach()
endforeach()
