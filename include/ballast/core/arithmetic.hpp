/// What the library asks of the compiler's arithmetic, and the few functions on doubles that the C library's header would be too much for.
#pragma once

#include <cstdint>

// Compensated sums, tests for NaN and promises about bits do not survive a compiler that reorders additions, multiplies by reciprocals or assumes
// that no value is infinite. What no macro tells (clang's -fassociative-math alone) can not be refused.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) ||                                             \
    (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0)
#error "ballast: build without -ffast-math, -Ofast, -funsafe-math-optimizations, -ffinite-math-only: its results would be wrong"
#endif

namespace ballast::inline v0 {

__extension__ typedef __int128 int128;            ///< Signed 128 bits: counts of steps up to 1.7e38.
__extension__ typedef unsigned __int128 uint128;  ///< Unsigned 128 bits.

namespace detail {
inline constexpr double two_to_52 = 4503599627370496.0;
/// 2^-50: two doubles within this of each other, relatively, stand for the same decimal number (4 units in the last place).
inline constexpr double snap = 1.0 / 1125899906842624.0;

/// |x|; NaN for NaN.
constexpr double absolute(double x) noexcept { return __builtin_fabs(x); }
/// Neither infinite nor NaN.
constexpr bool finite(double x) noexcept { return x - x == 0.0; }
/// What was lost when a + b was rounded to `sum`, exactly (Knuth, The Art of Computer Programming, vol. 2, 4.2.2, theorem B). Without a branch: the larger of
/// the two is not asked for.
constexpr double rounding_error(double a, double b, double sum) noexcept {
    const double of_b = sum - a;
    return (a - (sum - of_b)) + (b - of_b);
}
/// x rounded toward zero, |x| < 2^63.
constexpr double whole(double x) noexcept { return static_cast<double>(static_cast<std::int64_t>(x)); }
}  // namespace detail

}  // namespace ballast::inline v0
