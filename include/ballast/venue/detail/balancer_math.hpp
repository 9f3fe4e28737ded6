/// The fixed-point arithmetic of Balancer v2: numbers of 18 decimals in 256 bits, with logarithm, exponential and power, as its contracts have
/// them, to the last unit (FixedPoint and LogExpMath of balancer-v2-monorepo; Martinelli, Yuhjtman, Fernandez 2021).
#pragma once

#include <cstdint>

#include "../../numeric/wide_uint.hpp"
#include "../contract/concept.hpp"

namespace ballast::inline v0::detail::balancer {

inline constexpr uint256 one = 1'000'000'000'000'000'000_u256;                             ///< 1 with 18 decimals
inline constexpr uint256 one_20 = 100'000'000'000'000'000'000_u256;                        ///< with 20, inside of logarithms and powers
inline constexpr uint256 one_36 = 1'000'000'000'000'000'000'000'000'000'000'000'000_u256;  ///< with 36, for logarithms near 0

/// A number and its sign. Solidity's quotients round towards 0, so the two can be reckoned apart.
struct signed_number {
    uint256 size{};
    bool negative = false;
};

/// A power of e: e^(exponent) = value.
struct power_of_e {
    uint256 exponent;
    uint256 value;
};
/// e^128 and e^64 as whole numbers, with the exponents in 18 decimals.
inline constexpr power_of_e whole_powers[] = {
    {128'000'000'000'000'000'000_u256, 38877084059945950922200000000000000000000000000000000000_u256},
    {64'000'000'000'000'000'000_u256, 6235149080811616882910000000_u256},
};
/// e^32, e^16 ... e^(1/16), both sides with 20 decimals. The digits are the contract's, which ends some of them early.
inline constexpr power_of_e powers[] = {
    {3200000000000000000000_u256, 7896296018268069516100000000000000_u256},
    {1600000000000000000000_u256, 888611052050787263676000000_u256},
    {800000000000000000000_u256, 298095798704172827474000_u256},
    {400000000000000000000_u256, 5459815003314423907810_u256},
    {200000000000000000000_u256, 738905609893065022723_u256},
    {100000000000000000000_u256, 271828182845904523536_u256},
    {50000000000000000000_u256, 164872127070012814685_u256},
    {25000000000000000000_u256, 128402541668774148407_u256},
    {12500000000000000000_u256, 113314845306682631683_u256},
    {6250000000000000000_u256, 106449445891785942956_u256},
};
inline constexpr int powers_of_exp = 8;  ///< the exponential needs none below e^(1/4)

/// 2·artanh(z) = ln((1 + z)/(1 − z)) by the odd terms up to z^last, in units of `unit`.
constexpr uint256 twice_artanh(const uint256& z, const uint256& unit, std::uint64_t last) noexcept {
    const uint256 square = z * z / unit;
    uint256 power = z;
    uint256 sum = z;
    for (std::uint64_t k = 3; k <= last; k += 2) {
        power = power * square / unit;
        sum += power / k;
    }
    return sum * 2;
}

/// ln of a number at or above 1, both with 18 decimals.
constexpr uint256 ln_above_one(uint256 a) noexcept {
    uint256 sum = 0;
    for (const power_of_e& p : whole_powers)
        if (a >= p.value * one) {
            a /= p.value;
            sum += p.exponent;
        }
    sum *= 100;
    a *= 100;
    for (const power_of_e& p : powers)
        if (a >= p.value) {
            a = a * one_20 / p.value;
            sum += p.exponent;
        }
    const uint256 z = (a - one_20) * one_20 / (a + one_20);
    return (sum + twice_artanh(z, one_20, 11)) / 100;
}
/// ln of a number above 0, with 18 decimals.
constexpr signed_number ln(const uint256& a) noexcept {
    if (a < one) return {ln_above_one(one_36 / a), true};
    return {ln_above_one(a), false};
}
/// The same with 36 decimals, for numbers near 1.
constexpr signed_number ln_36(const uint256& a) noexcept {
    const bool negative = a < one;
    const uint256 distance = (negative ? one - a : a - one) * one;
    return {twice_artanh(distance * one_36 / (a * one + one_36), one_36, 15), negative};
}
/// Between these, not at them, the longer logarithm is taken.
/// @{
inline constexpr uint256 ln_36_above = 900'000'000'000'000'000_u256;
inline constexpr uint256 ln_36_below = 1'100'000'000'000'000'000_u256;
/// @}

/// e^x of x from 0 to 130, both with 18 decimals.
constexpr uint256 exp_above_zero(uint256 x) noexcept {
    uint256 whole = 1;
    for (const power_of_e& p : whole_powers)
        if (whole == uint256{1} && x >= p.exponent) {
            x -= p.exponent;
            whole = p.value;
        }
    x *= 100;
    uint256 product = one_20;
    for (int k = 0; k < powers_of_exp; ++k)
        if (x >= powers[k].exponent) {
            x -= powers[k].exponent;
            product = product * powers[k].value / one_20;
        }
    uint256 sum = one_20 + x;
    uint256 term = x;
    for (std::uint64_t k = 2; k <= 12; ++k) {
        term = term * x / one_20 / k;
        sum += term;
    }
    return product * sum / one_20 * whole / 100;
}
inline constexpr uint256 largest_exponent = 130'000'000'000'000'000'000_u256;          ///< of e, in powers
inline constexpr uint256 largest_negative_exponent = 41'000'000'000'000'000'000_u256;  ///< of 1/e

/// Checked operations. The first that the contract would refuse leaves its reason, and what follows has no meaning.
class fixed_point {
public:
    venue::contract::refusal why = venue::contract::refusal::none;  ///< of the first operation without a result

    /// a·b and a/b of numbers with 18 decimals, rounded down or up.
    /// @{
    constexpr uint256 mul_down(const uint256& a, const uint256& b) noexcept { return product(a, b) / one; }
    constexpr uint256 mul_up(const uint256& a, const uint256& b) noexcept { return divided_up(product(a, b), one); }
    constexpr uint256 div_down(const uint256& a, const uint256& b) noexcept { return product(a, one) / divisor(b); }
    constexpr uint256 div_up(const uint256& a, const uint256& b) noexcept { return divided_up(product(a, one), divisor(b)); }
    /// @}
    /// Within 256 bits, and at or above 0.
    /// @{
    constexpr uint256 add(const uint256& a, const uint256& b) noexcept {
        uint256 sum;
        if (!checked_add(a, b, sum)) refuse(venue::contract::refusal::overflow);
        return sum;
    }
    constexpr uint256 subtract(const uint256& a, const uint256& b) noexcept {
        uint256 difference;
        if (!checked_subtract(a, b, difference)) refuse(venue::contract::refusal::overflow);
        return difference;
    }
    /// @}
    /// 1 − a, or 0 where a is more than 1.
    [[nodiscard]] static constexpr uint256 complement(const uint256& a) noexcept { return a < one ? one - a : uint256{}; }

    /// x^y to 2e-15 and two units (for y up to 10^4), by logarithm and exponential: 1 for y = 0, then 0 for x = 0. Refused: x from 2^255 on,
    /// y from 2^254/1e20 on, and where y·ln(x) is below −41 or above 130 (BAL#006 to BAL#008).
    constexpr uint256 power(const uint256& x, const uint256& y) noexcept {
        if (!y) return one;
        if (!x) return {};
        if (!x.fits(255) || y >= uint256::power_of_two(254) / one_20) return refuse(venue::contract::refusal::overflow);
        const bool near_one = ln_36_above < x && x < ln_36_below;
        const signed_number logarithm = near_one ? ln_36(x) : ln(x);
        uint256 exponent;
        if (near_one) {
            const auto [whole, rest] = divide(logarithm.size, one);
            exponent = (whole * y + rest * y / one) / one;
        } else {
            exponent = logarithm.size * y / one;
        }
        if (exponent > (logarithm.negative ? largest_negative_exponent : largest_exponent))
            return refuse(venue::contract::refusal::overflow);
        const uint256 e = exp_above_zero(exponent);
        return logarithm.negative ? one_36 / e : e;
    }
    /// Not above x^y, and not below it: the power less or more what it may err, 1e-14 of it and one unit. Refused besides: powers so large
    /// that 10^4 of them exceed 256 bits, from 1.15e73 units on. With short cuts the exponents 1, 2 and 4 are products, rounded down or up.
    /// @{
    constexpr uint256 power_down(const uint256& x, const uint256& y, bool short_cuts) noexcept {
        if (short_cuts) {
            if (y == one) return x;
            if (y == one * 2) return mul_down(x, x);
            if (y == one * 4) {
                const uint256 square = mul_down(x, x);
                return mul_down(square, square);
            }
        }
        const uint256 about = power(x, y);
        const uint256 error = add(mul_up(about, power_error), 1);
        return about < error ? uint256{} : about - error;
    }
    constexpr uint256 power_up(const uint256& x, const uint256& y, bool short_cuts) noexcept {
        if (short_cuts) {
            if (y == one) return x;
            if (y == one * 2) return mul_up(x, x);
            if (y == one * 4) {
                const uint256 square = mul_up(x, x);
                return mul_up(square, square);
            }
        }
        const uint256 about = power(x, y);
        return add(about, add(mul_up(about, power_error), 1));
    }
    /// @}

    /// Keeps the first reason.
    constexpr uint256 refuse(venue::contract::refusal reason) noexcept {
        if (why == venue::contract::refusal::none) why = reason;
        return {};
    }

private:
    static constexpr std::uint64_t power_error = 10'000;  // 1e-14

    constexpr uint256 product(const uint256& a, const uint256& b) noexcept {
        uint256 p;
        if (!checked_multiply(a, b, p)) refuse(venue::contract::refusal::overflow);
        return p;
    }
    constexpr uint256 divisor(const uint256& b) noexcept {
        if (!b) refuse(venue::contract::refusal::no_liquidity);
        return b;
    }
    static constexpr uint256 divided_up(const uint256& a, const uint256& b) noexcept { return a ? (a - 1) / b + 1 : a; }
};

}  // namespace ballast::inline v0::detail::balancer
