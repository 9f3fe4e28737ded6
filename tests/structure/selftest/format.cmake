include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

file(READ "${STYLE}" style)
faultless(.clang-format "${style}" include/ballast/core/x.hpp "#pragma once\n\ninline int f() { return 1; }" tests/x.test.cpp "int* p = nullptr;")
refused("not laid out as .clang-format says: include/ballast/core/y.hpp:1" include/ballast/core/y.hpp "inline int  f() { return 1; }")
refused("not laid out as .clang-format says: tests/x.test.cpp:1" tests/x.test.cpp "int *p = nullptr;")
