// expect: not_a_number_of_this_size
#include <ballast/numeric/wide_uint.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
constexpr uint256 largest = 0xffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff'ffff_u256;
#else
constexpr uint256 largest = 0x1'0000'0000'0000'0000'0000'0000'0000'0000'0000'0000'0000'0000'0000'0000'0000'0000_u256;
#endif

int main() { return largest == 0 ? 1 : 0; }
