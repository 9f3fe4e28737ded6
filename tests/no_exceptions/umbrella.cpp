// The whole library compiles where exceptions and run-time type information are off (preset no-exceptions).
#include <ballast/ballast.hpp>

int main() { return ballast::version.major_number == BALLAST_VERSION_MAJOR ? 0 : 1; }
