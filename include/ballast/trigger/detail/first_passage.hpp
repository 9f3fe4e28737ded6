/// When a Brownian motion first leaves an interval.
#pragma once

#include <cmath>

namespace ballast::inline v0::detail {

/// exp(a)·erfc(z), where e is a − z²: also where exp(a) is infinite and erfc(z) 0.
[[nodiscard]] inline double exp_erfc(double a, double z, double e) noexcept {
    constexpr double inverse_root_pi = 0.56418958354775628695;
    if (z < 8.0) return std::exp(a) * std::erfc(z);
    // erfc(z) = exp(−z²)/√π · 1/(z + ½/(z + 1/(z + 1½/(z + …)))): from z = 8 on so many terms are enough for the last digit.
    double tail = z;
    for (int k = 24; k > 0; --k) tail = z + 0.5 * k / tail;
    return std::exp(e) * inverse_root_pi / tail;
}

/// exp(a) times the chance that a Brownian motion of drift d and variance 1 per unit of time reaches the level c ≥ 0 within one unit (the
/// inverse Gaussian law: Folks and Chhikara 1978, Journal of the Royal Statistical Society B 40, 263-289).
[[nodiscard]] inline double passage(double c, double d, double a) noexcept {
    constexpr double half_root = 0.70710678118654752440;
    const double e = a - 0.5 * (c - d) * (c - d);
    return 0.5 * (exp_erfc(a, (c - d) * half_root, e) + exp_erfc(a + 2.0 * c * d, (c + d) * half_root, e));
}

/// The chance that a Brownian motion of drift d and variance 1 per unit of time leaves (−below, above) within one unit, for widths at or
/// above 0, also infinite ones: by first passage, whether or not it comes back.
///
/// With L = below + above, two expansions, both exact, each where it converges fast and nothing cancels (Darling and Siegert 1953, Annals of
/// Mathematical Statistics 24, 624-639; Borodin and Salminen 2002, Handbook of Brownian Motion, part II, section 2.3). Where L > √2, the
/// first passage of a level by reflections: with F(c, δ) the chance of reaching c with drift δ toward it, through the lower end
///   Σₖ e^(δ(c₀ − aₖ)) F(aₖ, δ) − e^(δ(c₀ − bₖ)) F(bₖ, δ),  c₀ = below, δ = −d, aₖ = 2kL + c₀, bₖ = 2(k + 1)L − c₀,  k = 0, 1, …
/// and through the upper one with c₀ = above, δ = d. Where L ≤ √2, what stays inside by the interval's own modes: with y = below/L, m = dL
///   1 − Σₖ 2 sin(kπy)·kπ·(1 − (−1)ᵏ eᵐ)/(m² + k²π²)·e^(−my − (m² + k²π²)/(2L²)),  k = 1, 2, …
/// Within 1e-13 of the truth. O(1): a few exponentials, at most some hundred.
[[nodiscard]] inline double exit_probability(double below, double above, double drift) noexcept {
    constexpr double pi = 3.14159265358979323846;
    constexpr double endless = 1e100;  // beyond it a drift is as good as infinite, and its square is still a number
    const double d = drift > endless ? endless : drift < -endless ? -endless : drift;
    if (!(below > 0.0) || !(above > 0.0)) return 1.0;
    const double length = below + above;
    double out = 0.0;
    if (length > 1.41421356237309504880) {
        // Levels further away than 40 and the drift are not reached within the time.
        const double reach = 40.0 + (d < 0.0 ? -d : d);
        const bool alone = length > reach;
        const auto side = [&](double level, double toward) {
            double sum = 0.0;
            for (int k = 0; k < 64; ++k) {
                const double first = (k == 0 ? 0.0 : 2.0 * k * length) + level;
                if (first > reach) break;
                sum += passage(first, toward, toward * (level - first));
                if (alone) break;
                const double second = 2.0 * (k + 1) * length - level;
                if (second > reach) break;
                sum -= passage(second, toward, toward * (level - second));
            }
            return sum;
        };
        out = side(below, -d) + side(above, d);
    } else {
        const double y = below / length;
        const double m = d * length;
        const double t = 1.0 / (length * length);
        double inside = 0.0;
        for (int k = 1; k < 64; ++k) {
            const double kp = k * pi;
            const double fade = 0.5 * (kp * kp + m * m) * t;
            const double mode = 2.0 * std::sin(kp * y) * kp / (m * m + kp * kp);
            const double even = std::exp(-m * y - fade);
            const double odd = std::exp(m * (1.0 - y) - fade);
            inside += mode * (even + (k % 2 == 1 ? odd : -odd));
            if (0.5 * kp * kp * t > 45.0) break;
        }
        out = 1.0 - inside;
    }
    return out < 0.0 ? 0.0 : out > 1.0 ? 1.0 : out;
}

}  // namespace ballast::inline v0::detail
