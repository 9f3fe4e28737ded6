/// The equation that the region of constant absolute risk aversion under proportional costs comes down to.
#pragma once

#include <cmath>
#include <limits>

#include "../../core/arithmetic.hpp"

namespace ballast::inline v0::detail {

/// With f(y) the marginal worth of a position y (1 + buy where one buys, 1 − sell where one sells, f′ = 0 at both), 1 + x = y·f/y* and
/// p = −d log f/d log y, the equation of the value function (Liu 2004), differentiated, is autonomous in t = log y:
///
///     x′ = (1+x)(1−p),   p′ = (2κx − 1 − 2ρ)p − 2κx + p²,   κ = risk aversion · y*,  ρ = interest/volatility²
///
/// from x = −h, p = 0 until p is 0 again; what a round trip costs is ∫ p dt. Integrated by Taylor series in t.
struct cara_equation {
    double kappa;  ///< κ, not 0; below 0 where the best position is short
    double carry;  ///< ρ at or above 0

    /// What a round trip costs (a logarithm), and x where p is 0 again. 0 < h < 1. A cost above `most` is told as infinite.
    struct outcome {
        double cost = std::numeric_limits<double>::infinity();
        double last = std::numeric_limits<double>::quiet_NaN();
    };
    [[nodiscard]] outcome shoot(double h, double most) const noexcept {
        const double sign = kappa > 0.0 ? 1.0 : -1.0;
        const double size = detail::absolute(kappa);
        // In the first step x must not pass 0, so that p is not 0 again within it.
        const double longest = h / (1.0 + 4.0 * size * h * h);
        double x[order + 1] = {-h};
        double p[order + 1] = {};
        double sum = 0.0;
        for (int step = 0; step < 20000; ++step) {
            expand(x, p);
            double s = longest;
            s = shortened(s, x[order], 1e-17 * h);
            s = shortened(s, p[order], 1e-17 * size * h * h);
            const double p_end = at(p, s);
            if (sign * p_end <= 0.0 && step > 0) {
                s = zero_of(p, s);
                return {detail::absolute(sum + integral(p, s)), at(x, s)};
            }
            sum += integral(p, s);
            if (sign * sum > most) break;
            x[0] = at(x, s);
            p[0] = p_end;
        }
        return {};
    }

private:
    static constexpr int order = 20;

    void expand(double (&x)[order + 1], double (&p)[order + 1]) const noexcept {
        for (int k = 0; k < order; ++k) {
            double xp = 0.0;
            double pp = 0.0;
            for (int i = 0; i <= k; ++i) {
                xp += x[i] * p[k - i];
                pp += p[i] * p[k - i];
            }
            x[k + 1] = ((k == 0 ? 1.0 : 0.0) + x[k] - p[k] - xp) / (k + 1);
            p[k + 1] = (2.0 * kappa * (xp - x[k]) - (1.0 + 2.0 * carry) * p[k] + pp) / (k + 1);
        }
    }
    /// The step at which the last term is as large as `allowed`, where that is shorter.
    [[nodiscard]] static double shortened(double s, double last, double allowed) noexcept {
        const double most = std::pow(allowed / detail::absolute(last), 1.0 / order);
        return most < s ? most : s;
    }
    [[nodiscard]] static double at(const double (&c)[order + 1], double s) noexcept {
        double sum = 0.0;
        for (int k = order; k >= 0; --k) sum = sum * s + c[k];
        return sum;
    }
    [[nodiscard]] static double integral(const double (&c)[order + 1], double s) noexcept {
        double sum = 0.0;
        for (int k = order; k >= 0; --k) sum = (sum + c[k] / (k + 1)) * s;
        return sum;
    }
    /// Where the series changes its sign in 0..s: Newton's steps within a bracket.
    [[nodiscard]] static double zero_of(const double (&c)[order + 1], double s) noexcept {
        const bool falls = c[0] > 0.0;
        double low = 0.0;
        double high = s;
        double t = s;
        for (int step = 0; step < 100; ++step) {
            double value = 0.0;
            double slope = 0.0;
            for (int k = order; k >= 0; --k) {
                slope = slope * t + value;
                value = value * t + c[k];
            }
            ((value > 0.0) == falls ? low : high) = t;
            double next = t - value / slope;
            if (!(next >= low && next <= high)) next = 0.5 * (low + high);
            if (detail::absolute(next - t) <= 2e-16 * t) return next;
            t = next;
        }
        return t;
    }
};

}  // namespace ballast::inline v0::detail
