/// Numbers of two doubles: some 32 digits, for sums whose differences are wanted.
#pragma once

#include "../../core/arithmetic.hpp"

namespace ballast::inline v0::detail {

/// high + low, unevaluated; |low| is at most half a unit in the last place of `high`. Sums and products are right to some 2^-100, relatively, where
/// nothing overflows or underflows: numbers are 0 or have sizes from 1e-140 to 1e140.
struct double_double {
    double high = 0.0;
    double low = 0.0;

    constexpr double_double() noexcept = default;
    constexpr double_double(double h, double l = 0.0) noexcept : high{h}, low{l} {}

    [[nodiscard]] constexpr double value() const noexcept { return high + low; }

    /// The sum of two doubles, exactly.
    [[nodiscard]] static constexpr double_double sum(double a, double b) noexcept {
        const double s = a + b;
        return {s, rounding_error(a, b, s)};
    }
    /// The product of two doubles, exactly (Dekker 1971: each is split in halves of 26 bits).
    [[nodiscard]] static constexpr double_double product(double a, double b) noexcept {
        const double p = a * b;
        const double_double x = halves(a);
        const double_double y = halves(b);
        return {p, ((x.high * y.high - p) + x.high * y.low + x.low * y.high) + x.low * y.low};
    }

    [[nodiscard]] friend constexpr double_double operator+(const double_double& a, const double_double& b) noexcept {
        const double_double s = sum(a.high, b.high);
        const double_double t = sum(a.low, b.low);
        const double_double u = normal(s.high, s.low + t.high);
        return normal(u.high, u.low + t.low);
    }
    [[nodiscard]] friend constexpr double_double operator-(const double_double& a) noexcept { return {-a.high, -a.low}; }
    [[nodiscard]] friend constexpr double_double operator-(const double_double& a, const double_double& b) noexcept { return a + -b; }
    [[nodiscard]] friend constexpr double_double operator*(const double_double& a, const double_double& b) noexcept {
        const double_double p = product(a.high, b.high);
        return normal(p.high, p.low + (a.high * b.low + a.low * b.high));
    }
    /// Two quotients of doubles, the second of what the first leaves over, and a third.
    [[nodiscard]] friend constexpr double_double operator/(const double_double& a, const double_double& b) noexcept {
        const double first = a.high / b.high;
        double_double left = a - b * double_double{first};
        const double second = left.high / b.high;
        left = left - b * double_double{second};
        return normal(first, second) + double_double{left.high / b.high};
    }
    [[nodiscard]] friend constexpr bool operator==(const double_double&, const double_double&) noexcept = default;

private:
    /// |a| ≥ |b|, or a is 0.
    [[nodiscard]] static constexpr double_double normal(double a, double b) noexcept {
        const double s = a + b;
        return {s, b - (s - a)};
    }
    [[nodiscard]] static constexpr double_double halves(double a) noexcept {
        const double scaled = 134217729.0 * a;  // 2^27 + 1
        const double high = scaled - (scaled - a);
        return {high, a - high};
    }
};

}  // namespace ballast::inline v0::detail
