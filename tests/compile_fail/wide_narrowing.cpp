// expect: wide_uint
#include <ballast/numeric/wide_uint.hpp>

using namespace ballast;

// A wider number is cut by a cast alone.
uint256 half(const uint512& n) {
#ifdef BALLAST_CONTROL
    return uint256{n >> 256};
#else
    return n >> 256;
#endif
}

int main() { return half(uint512{5}) == 0 ? 0 : 1; }
