// The whole library compiles where exceptions and run-time type information are off (preset no-exceptions), and without streams and clocks,
// which take long to compile.
#include <ballast/ballast.hpp>

// The include guards of libstdc++ and libc++.
#if defined(_GLIBCXX_OSTREAM) || defined(_GLIBCXX_CHRONO) || defined(_LIBCPP_OSTREAM) || defined(_LIBCPP_CHRONO)
#error "ballast.hpp includes <ostream> or <chrono>"
#endif

int main() { return ballast::version.major_number == BALLAST_VERSION_MAJOR ? 0 : 1; }
