include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

faultless(
  include/ballast/version.hpp "#pragma once"
  include/ballast/core/order.hpp "#pragma once"
  include/ballast/core/detail/own.hpp "#pragma once"
  include/ballast/detail/low.hpp "#pragma once"
  tests/version.test.cpp "#include <ballast/version.hpp>\nTEST_CASE(\"version\") {}"
  tests/core/order.test.cpp "#include \"ballast/core/order.hpp\"\nstatic_assert(true);")

refused("include/ballast/core/reason.hpp has no test file tests/core/reason.test.cpp" include/ballast/core/reason.hpp "#pragma once")
refused("include/ballast/version.hpp has no test file tests/version.test.cpp" tests/version.test.cpp REMOVED)
refused("tests/version.test.cpp does not include <ballast/version.hpp>" tests/version.test.cpp "TEST_CASE(\"version\") {}")
refused("tests/version.test.cpp tests nothing" tests/version.test.cpp "#include <ballast/version.hpp>")
