# The top of the tree holds what a reader expects there and nothing else. Names that begin with a dot are the tools' own.
cmake_minimum_required(VERSION 3.25)

set(allowed CMakeLists.txt CMakePresets.json README.md LICENSE conanfile.py include tests bench examples packaging)
set(of_one_user build CMakeUserPresets.json)  # .gitignore names them

file(GLOB entries RELATIVE "${ROOT}" "${ROOT}/*")
foreach(entry IN LISTS entries)
  if(NOT entry MATCHES "^\\." AND NOT entry IN_LIST allowed AND NOT entry IN_LIST of_one_user)
    message(SEND_ERROR "${entry} does not belong at the top of the tree")
  endif()
endforeach()
foreach(entry IN ITEMS CMakeLists.txt README.md LICENSE include)
  if(NOT EXISTS "${ROOT}/${entry}")
    message(SEND_ERROR "${entry} is missing at the top of the tree")
  endif()
endforeach()
