# Writes OUTPUT_DIR/forward.cpp and OUTPUT_DIR/backward.cpp for the headers under INCLUDE_DIR/ballast.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers RELATIVE "${INCLUDE_DIR}" "${INCLUDE_DIR}/ballast/*.hpp")
list(SORT headers)

set(standard "")
set(own "")
foreach(header IN LISTS headers)
  list(APPEND own "#include <${header}>")
  file(READ "${INCLUDE_DIR}/${header}" text)
  string(REGEX MATCHALL "\n[ \t]*#[ \t]*include[ \t]*<[a-z0-9_.]+>" found "\n${text}")
  foreach(line IN LISTS found)
    string(REGEX MATCH "<.*>" name "${line}")
    list(APPEND standard "#if __has_include(${name})\n#include ${name}\n#endif")
  endforeach()
endforeach()
list(REMOVE_DUPLICATES standard)
list(SORT standard)
list(JOIN standard "\n" standard)

list(JOIN own "\n" own_forward)
list(REVERSE own)
list(JOIN own "\n" own_backward)

file(WRITE "${OUTPUT_DIR}/forward.cpp" "${standard}
#include <poison.hpp>

${own_forward}

int other();

int main() { return ballast::version.major_number - other(); }
")
file(WRITE "${OUTPUT_DIR}/backward.cpp" "${standard}
#include <poison.hpp>

${own_backward}

int other();

int other() { return ballast::version.major_number; }
")
