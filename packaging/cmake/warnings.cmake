# The warnings that ballast's own programs are built with. They see the headers through an ordinary include directory, so the headers
# are held to the same list; users of ballast::ballast get none of it.
add_library(ballast_warnings INTERFACE)
target_compile_options(
  ballast_warnings
  INTERFACE "$<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wsign-conversion;-Wshadow;-Wold-style-cast;-Wdouble-promotion>"
            "$<$<AND:$<BOOL:${BALLAST_WERROR}>,$<CXX_COMPILER_ID:GNU,Clang,AppleClang>>:-Werror>"
            "$<$<CXX_COMPILER_ID:MSVC>:/W4>")

# Under a sanitizer g++ 12 warns of uninitialised values in its own standard library.
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  target_compile_options(ballast_warnings INTERFACE "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>")
endif()
