/// Exact decimal steps: quantities that can be sent are whole numbers of them.
#pragma once

#include <cstdint>

namespace ballast::inline v0 {

__extension__ typedef __int128 int128;            ///< Signed 128 bits: counts of steps up to 1.7e38.
__extension__ typedef unsigned __int128 uint128;  ///< Unsigned 128 bits.

namespace detail {
inline constexpr double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr double two_to_52 = 4503599627370496.0;
/// Two doubles within this of each other, relatively, stand for the same decimal number (4 units in the last place).
inline constexpr double snap = 1.0 / 1125899906842624.0;

constexpr double absolute(double x) noexcept { return __builtin_fabs(x); }
constexpr bool finite(double x) noexcept { return x - x == 0.0; }

/// x rounded toward zero, |x| < 2^52.
constexpr double whole(double x) noexcept { return static_cast<double>(static_cast<std::int64_t>(x)); }
}  // namespace detail

/// A decimal number mantissa × 10^exponent, at or above zero, with exponent in -18..6: the smallest amount by which a quantity or price may
/// change. Zero means "no step": any double will do.
class decimal_step {
public:
    constexpr decimal_step() noexcept = default;

    /// Exactly mantissa × 10^exponent.
    constexpr decimal_step(std::int64_t mantissa, int exponent) noexcept : mantissa_{mantissa}, exponent_{exponent} {
        const auto m = static_cast<double>(mantissa);
        value_ = exponent < 0 ? m / detail::power_of_ten[-exponent] : m * detail::power_of_ten[exponent];
    }

    /// The decimal number with the fewest digits that the double stands for: 0.01 is 1 × 10^-2. A number that is no decimal of at
    /// most 18 places keeps the nearest one; a negative or not finite one gives a step that is not `valid()`.
    constexpr decimal_step(double x) noexcept {
        if (!(x >= 0.0) || !detail::finite(x) || x > 9e15) {
            mantissa_ = -1;
            return;
        }
        for (int places = 0; places <= 18; ++places) {
            const double scaled = x * detail::power_of_ten[places];
            const auto nearest = static_cast<std::int64_t>(scaled + 0.5);
            const double off = detail::absolute(scaled - static_cast<double>(nearest));
            if (scaled > 9e15 || places == 18 || (off <= scaled * detail::snap && (nearest > 0 || x == 0.0))) {
                *this = decimal_step{nearest, -places};
                return;
            }
        }
    }

    [[nodiscard]] constexpr std::int64_t mantissa() const noexcept { return mantissa_; }
    [[nodiscard]] constexpr int exponent() const noexcept { return exponent_; }
    /// The nearest double.
    [[nodiscard]] constexpr double value() const noexcept { return value_; }
    [[nodiscard]] constexpr bool continuous() const noexcept { return mantissa_ == 0; }
    [[nodiscard]] constexpr bool valid() const noexcept { return mantissa_ >= 0 && exponent_ >= -18 && exponent_ <= 6; }

    friend constexpr bool operator==(const decimal_step& a, const decimal_step& b) noexcept {
        return a.mantissa_ == b.mantissa_ && a.exponent_ == b.exponent_;
    }

private:
    std::int64_t mantissa_ = 0;
    int exponent_ = 0;
    double value_ = 0.0;
};

/// A number of steps, or the news that it does not fit in 127 bits.
struct step_count {
    int128 steps = 0;
    bool overflow = false;
};

namespace detail {
/// Number of the highest set bit plus one.
constexpr int bit_length(uint128 x) noexcept {
    int n = 0;
    for (; x != 0; x >>= 1) ++n;
    return n;
}

/// Whole steps in the exact value of `x` >= 0, rounded down, by integer arithmetic: x is m·2^e, so x / (k·10^-p) is m·10^p·2^e / k.
constexpr step_count exact_steps(double x, const decimal_step& step) noexcept {
    if (x == 0.0) return {};
    int e = 0;
    while (x >= 2.0 * two_to_52) {
        x *= 0.5;
        ++e;
        if (e > 200) return {0, true};
    }
    while (x < two_to_52) {
        x *= 2.0;
        --e;
        if (e < -300) return {};
    }
    auto numerator = static_cast<uint128>(x);  // below 2^53
    auto divisor = static_cast<uint128>(static_cast<std::uint64_t>(step.mantissa()));
    for (int i = step.exponent(); i < 0; ++i) numerator *= 10;  // below 2^53 · 10^18 < 2^113
    for (int i = step.exponent(); i > 0; --i) divisor *= 10;
    if (e >= 0) {
        if (bit_length(numerator) + e > 127) {
            // Divide first: what is lost by it is below one unit of numerator's last place, which the double does not know either.
            const uint128 q = numerator / divisor;
            if (bit_length(q) + e > 126) return {0, true};
            return {static_cast<int128>(q << e), false};
        }
        return {static_cast<int128>((numerator << e) / divisor), false};
    }
    const uint128 q = numerator / divisor;
    return {-e > 127 ? 0 : static_cast<int128>(q >> -e), false};
}
}  // namespace detail

/// Whole steps in `quantity`, rounded toward zero. A double stands for every real number within 2^-50 of it, relatively: where one of these is a
/// whole number of steps, that number is the answer (4.35 at 0.01 is 435). O(1); overflow where the count does not fit.
[[nodiscard]] constexpr step_count steps_toward_zero(double quantity, const decimal_step& step) noexcept {
    const double size = detail::absolute(quantity);
    const double ratio = size / step.value();
    if (ratio < detail::two_to_52 / 8) [[likely]] {
        const double nearest = detail::whole(ratio + 0.5);
        const double count = detail::absolute(ratio - nearest) <= ratio * detail::snap ? nearest : detail::whole(ratio);
        return {static_cast<int128>(static_cast<std::int64_t>(quantity < 0 ? -count : count)), false};
    }
    if (!(ratio < 1.7e38)) return {0, true};
    const auto exact = detail::exact_steps(size, step);
    return {quantity < 0 ? -exact.steps : exact.steps, exact.overflow};
}

/// The double nearest to `steps` whole steps: one rounding where steps × mantissa is below 2^53.
[[nodiscard]] constexpr double quantity_of(int128 steps, const decimal_step& step) noexcept {
    const double count = static_cast<double>(steps * static_cast<int128>(step.mantissa()));
    return step.exponent() < 0 ? count / detail::power_of_ten[-step.exponent()] : count * detail::power_of_ten[step.exponent()];
}

}  // namespace ballast::inline v0
