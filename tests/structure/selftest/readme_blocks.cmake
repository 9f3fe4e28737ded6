include("${CMAKE_CURRENT_LIST_DIR}/planting.cmake")

set(program "#include <x>\nint f();\nint main() { return a[0]; }")
set(shown "buy 3\n[sell] 4;\nhold")
faultless(
  examples/a.cpp "${program}"
  examples/expected/a.txt "${shown}"
  README.md "# x\n\n```cpp\nint f();\nint main() { return a[0]; }\n```\n\nprints\n\n```text\nbuy 3\n[sell] 4;\n```\n\n```\nhold\n```\n\n```sh\nls\n```\n")

refused("this block is no part of any program" examples/a.cpp "int f();")
refused("this block is no part of any program" README.md "```cpp\nint f();\nint main() { return a[0]; } // so\n```\n")
refused("this block is no part of any program" README.md "```cpp\nf();\n```\n")
refused("this block is no part of any file" README.md "```\nbuy 4\n```\n")
refused("this block is no part of any file" README.md "```text\nhold \n```\n")
refused("this block is no part of any file" examples/expected/a.txt "buy 3\nhold")
refused("a fenced block has no end" README.md "```cpp\nint f();")
refused("README.md has no fenced block" README.md "nothing")
