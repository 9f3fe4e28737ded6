/// The equation that the region of long-run growth under proportional costs comes down to.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "../../core/arithmetic.hpp"

namespace ballast::inline v0::detail {

/// Finds x in 0..most with value(x) = goal, for a rising `value` with value(0) = 0 that behaves like x³ at 0 and may be infinite from some
/// point on. `start`: a first guess, `slope`: about d ∛value/dx there. Secant steps on the cube root, kept in a bracket that is halved where
/// they are slow. Deterministic; to the last digits of x.
template <class Value>
[[nodiscard]] double root_of_cubic_growth(const Value& value, double goal, double most, double start, double slope) noexcept {
    const double wanted = std::cbrt(goal);
    double low = 0.0;
    double high = most;
    double x = start < 0.9 * most ? start : 0.9 * most;
    double before = 0.0;
    double g_before = -wanted;
    double width = high;
    for (int step = 0; step < 200; ++step) {
        const double v = value(x);
        const double g = v < std::numeric_limits<double>::infinity() ? std::cbrt(v) - wanted : v;
        if (g == 0.0) return x;
        (g > 0.0 ? high : low) = x;
        const bool infinite = !(g < std::numeric_limits<double>::infinity());
        double next = step == 0 ? x - g / slope : x - g * ((x - before) / (g - g_before));
        bool halved = infinite || !(next > low && next < high);
        if (step % 4 == 3) {
            halved = halved || high - low > 0.25 * width;
            width = high - low;
        }
        if (halved) next = 0.5 * (low + high);
        // Beyond the rounding of `value` there is nothing to be found; and a secant's error is about the product of the last two
        // (times less than 1e4 where `value` is steepest).
        const double moved = detail::absolute(next - x);
        if (moved <= 2e-16 * x || high - low <= 4e-16 * high) return next;
        if (step > 0 && !halved && detail::absolute(g * g_before) < 1e-18 * wanted * wanted) return next;
        if (!infinite) {
            before = x;
            g_before = g;
        }
        x = next;
    }
    return x;
}

/// 1, 1/3, 1/5, ...
template <std::size_t Count>
struct reciprocals_of_odd {
    double inverse[Count]{};
    constexpr reciprocals_of_odd() noexcept {
        for (std::size_t k = 0; k < Count; ++k) inverse[k] = 1.0 / static_cast<double>(2 * k + 1);
    }
};

/// What a round trip must cost (the logarithm of buying price over selling price) for the region π* ± h to be the best, as a function of h.
/// With w the share in the asset at a shadow price between both, w′ = Q(w) along the logarithm of the price, and w′ = w(1−w) where one
/// trades (Gerhold, Guasoni, Muhle-Karbe and Schachermayer 2014); as Q(w) = w(1−w) − γ(h² − (w−π*)²),
///
///     cost(h) = ∫ 1/Q(w) − 1/(w(1−w)) dw  over  π* − h < w < π* + h,
///
/// which hangs on π* and γ alone, rises with h, and is 4γh³/(3π*²(1−π*)²) to leading order. Both integrals are logarithms or arcs; where
/// they nearly cancel, their difference is a series.
struct region_equation {
    double target;         ///< π*, neither 0 nor 1
    double risk_aversion;  ///< γ

    /// π*(1−π*)
    [[nodiscard]] double spread() const noexcept { return target * (1.0 - target); }

    /// h is below |π*| and |1−π*|, and where π* lies between 0 and 1, below √(π*(1−π*)/γ) too: Q(π*) must be above 0.
    [[nodiscard]] double most() const noexcept {
        double least = detail::absolute(target);
        if (const double b = detail::absolute(1.0 - target); b < least) least = b;
        if (const double c = std::sqrt(spread() / risk_aversion); c < least) least = c;
        return least;
    }

    [[nodiscard]] double cost(double h) const noexcept {
        const double gamma = risk_aversion;
        const double width = 2.0 * h;
        const double sign = spread() > 0.0 ? 1.0 : -1.0;
        // ∫dw/(quadratic) over an interval = 2·width/x·A(z), z = width²·discriminant/x², x = the sum of its values at both ends less
        // width² times the coefficient of w²; A(z) = artanh(√z)/√z.
        const double y = sign * 2.0 * (spread() + h * h);                        // of w(1−w), whose discriminant is 1
        const double x = sign * 2.0 * (spread() + h * h - 2.0 * gamma * h * h);  // of Q
        const double d = -4.0 * gamma * (spread() + h * h - gamma * h * h);      // discriminant of Q, less 1
        const double zy = (width / y) * (width / y);
        const double zx = (width / x) * (width / x) * (1.0 + d);
        const double z = detail::absolute(zx) > zy ? detail::absolute(zx) : zy;
        if (x > 0.5 * y && z < 0.1) return sign * 2.0 * width * nearly_equal(x, y, zx, zy, d, gamma, sign, width, terms_for(z));
        // (x/2)² − (width/2)²·discriminant is the product of the values at both ends, which are the same for both.
        const double lower = target - h;
        const double upper = target + h;
        const double ends = (lower * (1.0 - lower)) * (upper * (1.0 - upper));
        if (!(ends > 0.0)) return std::numeric_limits<double>::infinity();
        return sign * (of_quadratic(x, 1.0 + d, width, ends) - of_quadratic(y, 1.0, width, ends));
    }

private:
    /// ∫dw/(quadratic), positive in between; infinite where it has a root there.
    [[nodiscard]] static double of_quadratic(double x, double discriminant, double width, double ends) noexcept {
        const double z = (width / x) * (width / x) * discriminant;
        if (x > 0.0 && z < 0.1 && z > -0.1) return 2.0 * width / x * series(z, terms);
        const double root = std::sqrt(detail::absolute(discriminant));
        if (discriminant < 0.0) return 2.0 * std::atan2(width * root, x) / root;
        if (!(x > 0.0)) return std::numeric_limits<double>::infinity();
        const double sum = 0.5 * (x + width * root);
        return std::log(sum * sum / ends) / root;
    }
    [[nodiscard]] static double series(double z, int last) noexcept {
        double sum = 0.0;
        for (int k = last; k >= 0; --k) sum = sum * z + odd.inverse[k];
        return sum;
    }
    /// A(zx)/x − A(zy)/y without cancellation.
    [[nodiscard]] static double nearly_equal(double x, double y, double zx, double zy, double d, double gamma, double sign, double width,
                                             int last) noexcept {
        const double square = width * width;
        const double apart = sign * gamma * square;  // y − x
        const double z_apart = square * (d + apart * (x + y) / (y * y)) / (x * x);
        double difference = 0.0;  // Σ (zx^k − zy^k)/(zx − zy)/(2k+1)
        double quotient = 1.0;
        double power = 1.0;
        for (int k = 1; k <= last; ++k) {
            difference += quotient * odd.inverse[k];
            power *= zy;
            quotient = zx * quotient + power;
        }
        return (z_apart * difference + apart / y * series(zy, last)) / x;
    }

    static constexpr int terms = 16;  ///< 0.1^17/35 is below 2^-53, as are 0.02^11/23 and 0.002^7/15
    [[nodiscard]] static constexpr int terms_for(double z) noexcept { return z < 0.002 ? 6 : z < 0.02 ? 10 : terms; }
    static constexpr reciprocals_of_odd<terms + 1> odd{};
};

}  // namespace ballast::inline v0::detail
