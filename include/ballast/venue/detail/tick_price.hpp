/// Prices at ticks and what lies between them, to twice the digits of a double.
#pragma once

#include <cstdint>

#include "double_double.hpp"

namespace ballast::inline v0::detail {

inline constexpr std::int32_t last_tick = 887272;  ///< the highest of Uniswap v3; the lowest is its opposite

/// a^n, for n at or above 0.
[[nodiscard]] constexpr double_double power(double_double a, std::int32_t n) noexcept {
    double_double r{1.0};
    for (; n > 0; n >>= 1) {
        if ((n & 1) != 0) r = r * a;
        a = a * a;
    }
    return r;
}

/// √(1.0001^index), within 2^-80.
[[nodiscard]] constexpr double_double root_of_tick(std::int32_t index) noexcept {
    constexpr double_double root{1.0000499987500624, 9.946990697168432e-17};  // √1.0001
    const double_double r = power(root, index < 0 ? -index : index);
    return index < 0 ? double_double{1.0} / r : r;
}

/// 10^(n/2).
[[nodiscard]] constexpr double_double root_of_ten(int n) noexcept {
    constexpr double_double root{3.1622776601683795, -1.9078816970716603e-16};  // √10
    const double_double r = power(root, n < 0 ? -n : n);
    return n < 0 ? double_double{1.0} / r : r;
}

/// What a range of concentrated liquidity holds between two square roots of prices: units of asset 0 where the price is at the lower, of asset 1
/// where it is at the upper one.
struct held_between {
    double_double zero{};  ///< L·(1/√a − 1/√b)
    double_double one{};   ///< L·(√b − √a)

    [[nodiscard]] static constexpr held_between of(double liquidity, double low, double high) noexcept {
        const double_double one = double_double{liquidity} * double_double::sum(high, -low);
        return {one / double_double::product(low, high), one};
    }
};

}  // namespace ballast::inline v0::detail
