include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

set(program "int main() { return a[0]; }")
set(shown "buy 3\n[sell] 4;")
faultless(
  examples/quickstart.cpp "${program}"
  examples/expected/quickstart.txt "${shown}"
  README.md "# x\n\n```cpp\n${program}\n```\n\nprints\n\n```\n${shown}\n```\n")

refused("README.md does not hold examples/quickstart.cpp" examples/quickstart.cpp "int main() { return 1 }")
refused("README.md does not hold examples/expected/quickstart.txt" examples/expected/quickstart.txt "buy 3")
refused("README.md does not hold examples/expected/quickstart.txt" examples/expected/quickstart.txt "buy 3\n[sell]  4;")
refused("README.md does not hold examples/quickstart.cpp" README.md "# x\n\n```cpp\n${program}\nmore()\n```\n\n```\n${shown}\n```\n")
refused("examples/quickstart.cpp is missing" examples/quickstart.cpp REMOVED)
refused("README.md is missing" README.md REMOVED)
