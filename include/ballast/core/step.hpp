/// Exact decimal steps: quantities that can be sent are whole numbers of them.
#pragma once

#include <cstdint>

#include "arithmetic.hpp"

namespace ballast::inline v0 {

namespace detail {
inline constexpr double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                          1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
inline constexpr int128 whole_power_of_ten[] = {1,
                                                10,
                                                100,
                                                1'000,
                                                10'000,
                                                100'000,
                                                1'000'000,
                                                10'000'000,
                                                100'000'000,
                                                1'000'000'000,
                                                10'000'000'000,
                                                100'000'000'000,
                                                1'000'000'000'000,
                                                10'000'000'000'000,
                                                100'000'000'000'000,
                                                1'000'000'000'000'000,
                                                10'000'000'000'000'000,
                                                100'000'000'000'000'000,
                                                1'000'000'000'000'000'000};
inline constexpr int smallest_exponent = -18;
inline constexpr int largest_exponent = 6;
inline constexpr int128 largest_count = static_cast<int128>(~uint128{0} >> 1);

/// The double nearest to count × 10^exponent, |count| >= 2^53, exponent in -18..6.
constexpr double wide_decimal_value(int128 count, int exponent) noexcept {
    const bool negative = count < 0;
    const uint128 size = negative ? uint128{0} - static_cast<uint128>(count) : static_cast<uint128>(count);
    double value = 0.0;
    if (exponent >= 0) {
        // The product in two parts, of which the upper one has 63 bits or more where it is needed, and the lower one tells whether anything is left over.
        const auto factor = static_cast<uint128>(whole_power_of_ten[exponent]);
        const uint128 low = static_cast<std::uint64_t>(size) * factor;
        const uint128 high = (size >> 64) * factor + (low >> 64);
        if (high < (uint128{1} << 63))
            value = static_cast<double>(size * factor);
        else
            value = static_cast<double>(high | (static_cast<std::uint64_t>(low) != 0 ? 1u : 0u)) * 18446744073709551616.0;
    } else {
        // size / 10^k with 64 binary places (where there is room for them), the last of which tells whether anything is left over. size is above
        // 2^53 and 10^18 below 2^60, so these are 56 bits or more: enough for one correct rounding.
        const auto divisor = static_cast<uint128>(whole_power_of_ten[-exponent]);
        uint128 bits = size / divisor;
        uint128 rest = size % divisor;
        const bool places = bits < (uint128{1} << 63);
        if (places) {
            rest <<= 64;
            bits = (bits << 64) + rest / divisor;
            rest %= divisor;
        }
        value = static_cast<double>(bits | (rest != 0 ? 1u : 0u));
        if (places) value *= 1.0 / 18446744073709551616.0;
    }
    return negative ? -value : value;
}

/// The double nearest to count × 10^exponent, exponent in -18..6.
constexpr double decimal_value(int128 count, int exponent) noexcept {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    const auto narrow = static_cast<std::int64_t>(count);
    if (narrow != count || narrow > exact || narrow < -exact) [[unlikely]]
        return wide_decimal_value(count, exponent);
    // Both operands are exact: a single rounding.
    const auto value = static_cast<double>(narrow);
    return exponent < 0 ? value / power_of_ten[-exponent] : value * power_of_ten[exponent];
}
}  // namespace detail

/// A decimal number mantissa × 10^exponent, at or above zero, with exponent in -18..6: the smallest amount by which a quantity or price may
/// change. Zero means "no step": any double will do. Two steps are equal where the numbers are: {10, -3} is {1, -2}, and is kept so.
class decimal_step {
public:
    constexpr decimal_step() noexcept = default;

    /// Exactly mantissa × 10^exponent. Not `valid()` where the mantissa is negative or the number needs an exponent outside -18..6 (as far as trailing
    /// zeros of the mantissa do not bring it inside).
    constexpr decimal_step(std::int64_t mantissa, int exponent) noexcept {
        if (mantissa < 0) {
            refuse();
            return;
        }
        if (mantissa == 0) return;
        while (mantissa % 10 == 0 && exponent < detail::largest_exponent) {
            mantissa /= 10;
            ++exponent;
        }
        if (exponent < detail::smallest_exponent) {
            refuse();
            return;
        }
        for (; exponent > detail::largest_exponent; --exponent) {
            if (mantissa > INT64_MAX / 10) {
                refuse();
                return;
            }
            mantissa *= 10;
        }
        mantissa_ = mantissa;
        exponent_ = exponent;
        value_ = detail::decimal_value(mantissa, exponent);
    }

    /// The decimal number with the fewest places, 18 at most, that lies within 2^-50 of the double, relatively: 0.01 is 1 × 10^-2, and 1.0/3 is
    /// 3333333333333333 × 10^-16. Not `valid()` where there is none (1e-19, 1.5e-18), above 9e15, and where the double is negative or no number.
    constexpr decimal_step(double x) noexcept {
        if (!(x >= 0.0) || x > 9e15) {
            refuse();
            return;
        }
        if (x == 0.0) return;
        for (int places = 0; places <= -detail::smallest_exponent;
             ++places) {  // ends at 2^49 at the latest: there any number is near enough
            const double scaled = x * detail::power_of_ten[places];
            const auto nearest = static_cast<std::int64_t>(scaled + 0.5);
            const double off = detail::absolute(scaled - static_cast<double>(nearest));
            if (nearest > 0 && off <= scaled * detail::snap) {
                *this = decimal_step{nearest, -places};
                return;
            }
        }
        refuse();
    }

    /// The step is mantissa × 10^exponent.
    /// @{
    [[nodiscard]] constexpr std::int64_t mantissa() const noexcept { return mantissa_; }
    [[nodiscard]] constexpr int exponent() const noexcept { return exponent_; }
    /// @}
    /// The nearest double; 0 where not `valid()`.
    [[nodiscard]] constexpr double value() const noexcept { return value_; }
    /// True for "no step".
    [[nodiscard]] constexpr bool continuous() const noexcept { return mantissa_ == 0; }
    /// False where it was made of what is no step.
    [[nodiscard]] constexpr bool valid() const noexcept { return mantissa_ >= 0; }

    friend constexpr bool operator==(const decimal_step&, const decimal_step&) noexcept = default;

private:
    constexpr void refuse() noexcept { mantissa_ = -1; }

    std::int64_t mantissa_ = 0;
    int exponent_ = 0;
    double value_ = 0.0;
};

/// A number of steps, or the news that there is none: it does not fit in 127 bits, or the quantity or step is no number.
struct step_count {
    int128 steps = 0;       ///< how many
    bool overflow = false;  ///< true where 128 bits do not suffice
};

namespace detail {
/// The whole number nearest to `x` / `step`, x > 0 finite, by integer arithmetic; of two equally near ones the smaller. With x = m·2^e and step =
/// k·10^p the quotient is m·10^-p·2^e / k.
constexpr step_count nearest_steps(double x, const decimal_step& step) noexcept {
    int e = 0;
    for (; x >= 2.0 * two_to_52; ++e) x *= 0.5;
    for (; x < two_to_52; --e) x *= 2.0;
    auto numerator = static_cast<uint128>(static_cast<std::uint64_t>(x));              // below 2^53
    auto divisor = static_cast<uint128>(static_cast<std::uint64_t>(step.mantissa()));  // below 2^63
    if (step.exponent() < 0)
        numerator *= static_cast<uint128>(whole_power_of_ten[-step.exponent()]);  // below 2^53 · 10^18 < 2^113
    else
        divisor *= static_cast<uint128>(whole_power_of_ten[step.exponent()]);  // below 2^63 · 10^6 < 2^83
    uint128 q = numerator / divisor;
    uint128 rest = numerator % divisor;
    bool up = false;
    if (e >= 0) {
        for (; e > 0; --e) {  // long division, a binary digit at a time
            if (q >> 126 != 0) return {0, true};
            q <<= 1;
            rest <<= 1;
            if (rest >= divisor) {
                rest -= divisor;
                q |= 1;
            }
        }
        up = rest > divisor - rest;
    } else {
        if (-e > 126) return {};
        const uint128 half = uint128{1} << (-e - 1);
        const uint128 fraction = q & (half + (half - 1));
        up = fraction > half || (fraction == half && rest != 0);
        q >>= -e;
    }
    if (up) ++q;
    if (q >> 127 != 0) return {0, true};
    return {static_cast<int128>(q), false};
}
}  // namespace detail

/// Whole steps in `quantity`, rounded toward zero, where a double stands for every real number within 2^-50 of it, relatively. Precisely, with q = |quantity| /
/// step: where whole numbers lie within q·2^-50 of q, the one nearest to q (of two, the smaller); otherwise the one below q. So 4.35 at 0.01 is 435,
/// though the double is a little less, and 4.349 is 434.
///
/// For q below 2^49 at most one whole number is so near; whether it is, is decided in doubles, to within 2^-52·q of that border. From there on there always is one, and
/// the nearest is found by integer arithmetic from the exact value of the double. Overflow where the count does not fit in 127 bits, the quantity is not
/// finite, or the step is zero or not valid. O(1).
[[nodiscard]] constexpr step_count steps_toward_zero(double quantity, const decimal_step& step) noexcept {
    const double size = detail::absolute(quantity);
    const double ratio = size / step.value();
    if (ratio < detail::two_to_52 / 8) [[likely]] {
        const double nearest = detail::whole(ratio + 0.5);
        const double count = detail::absolute(ratio - nearest) <= ratio * detail::snap ? nearest : detail::whole(ratio);
        return {static_cast<int128>(static_cast<std::int64_t>(quantity < 0 ? -count : count)), false};
    }
    if (!(ratio < 1.8e38)) return {0, true};
    const auto exact = detail::nearest_steps(size, step);
    return {quantity < 0 ? -exact.steps : exact.steps, exact.overflow};
}

/// The double nearest to `steps` whole steps. Where steps × mantissa does not fit in 127 bits it may be off by a second rounding. O(1).
[[nodiscard]] constexpr double quantity_of(int128 steps, const decimal_step& step) noexcept {
    const auto mantissa = static_cast<int128>(step.mantissa());
    if (steps != static_cast<std::int64_t>(steps)) [[unlikely]] {
        if ((steps > 0 ? steps : -(steps + 1)) > detail::largest_count / (mantissa > 0 ? mantissa : 1))
            return static_cast<double>(steps) * step.value();
    }
    return detail::decimal_value(steps * mantissa, step.exponent());
}

namespace detail {
/// Whole steps at or above an amount, in the signed sense; what a double can not tell from a whole number is that number. The amount itself where it can not
/// be counted.
[[nodiscard]] constexpr double round_up(double amount, const decimal_step& step) noexcept {
    if (step.continuous()) return amount;
    step_count count = steps_toward_zero(amount, step);
    if (count.overflow) return amount;
    if (amount > 0.0 && quantity_of(count.steps, step) < amount * (1.0 - snap)) ++count.steps;
    return quantity_of(count.steps, step);
}
}  // namespace detail

}  // namespace ballast::inline v0
