# What README.md shows first is what the tests run: examples/quickstart.cpp and its expected output stand in it, each to the letter, as a
# whole fenced block.
cmake_minimum_required(VERSION 3.25)

foreach(file IN ITEMS README.md examples/quickstart.cpp examples/expected/quickstart.txt)
  if(NOT EXISTS "${ROOT}/${file}")
    message(FATAL_ERROR "${file} is missing")
  endif()
endforeach()

file(READ "${ROOT}/README.md" readme)
foreach(file IN ITEMS examples/quickstart.cpp examples/expected/quickstart.txt)
  file(READ "${ROOT}/${file}" text)
  if(text STREQUAL "")
    message(SEND_ERROR "${file} is empty")
  endif()
  string(FIND "${readme}" "\n${text}```\n" at)
  if(at EQUAL -1)
    message(SEND_ERROR "README.md does not hold ${file} as a fenced block, to the letter")
  endif()
endforeach()
