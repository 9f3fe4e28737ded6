# Standard headers that are slow to compile or pull in locale, streams or exceptions stay out of every header but those named here.
include("${CMAKE_CURRENT_LIST_DIR}/headers.cmake")

set(forbidden iostream memory functional ranges regex chrono stdexcept)
set(free any.hpp ostream.hpp chrono.hpp spec.hpp)

foreach(header IN LISTS ballast_headers)
  if(header IN_LIST free)
    continue()
  endif()
  ballast_includes("${header}" own other)
  foreach(name IN LISTS other)
    if(name IN_LIST forbidden)
      message(SEND_ERROR "${header} includes <${name}>")
    endif()
  endforeach()
endforeach()
