include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

string(REPEAT "// [a line\n" 699 lines)
faultless(include/ballast/core/long.hpp "${lines}// the 700th")
refused("core/longer.hpp has 701 lines" include/ballast/core/longer.hpp "${lines}// the 700th\n// and one more")
