# No header is over 700 lines.
include("${CMAKE_CURRENT_LIST_DIR}/headers.cmake")

foreach(header IN LISTS ballast_headers)
  file(READ "${ROOT}/include/ballast/${header}" text)
  string(REGEX REPLACE "[^\n]+" "" newlines "${text}")
  string(LENGTH "${newlines}" lines)
  if(lines GREATER 700)
    message(SEND_ERROR "${header} has ${lines} lines")
  endif()
endforeach()
