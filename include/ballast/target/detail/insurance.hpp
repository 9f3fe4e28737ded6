/// What the two ways of keeping a floor have in common: the exposure to a cushion, and the chance that a gap breaks through.
#pragma once

#include <cmath>
#include <limits>

#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Of an exposure of multiplier·cushion that is set `per_year` times a year to a risky part that follows geometric Brownian motion, while what
/// is safe and the floor grow at the same rate (Balder, Brandl and Mahayni 2009). Over Δ = 1/per_year the cushion is gone
/// where the risky part's price multiplies by less than e^(rate·Δ)·(m − 1)/m, which has the chance
///   p = Φ(−(ln(m/(m − 1)) + (drift − rate − σ²/2)·Δ)/(σ√Δ))
/// and 1 − (1 − p)^(horizon·per_year) for all periods, as they are independent while the floor holds. A cap on the exposure only makes it
/// smaller; a multiplier at or below 1 can not break the floor. drift, rate and volatility are per year, continuous; the horizon is in
/// years.
[[nodiscard]] inline target::gap_risk gap_risk_of(double multiplier, double drift, double rate, double volatility, double per_year,
                                                  double horizon) noexcept {
    if (!(multiplier > 1.0)) return {};
    const double step = 1.0 / per_year;
    const double margin = -std::log1p(-1.0 / multiplier) + (drift - rate - 0.5 * volatility * volatility) * step;
    const double p = volatility > 0.0 ? 0.5 * std::erfc(margin / (volatility * std::sqrt(2.0 * step))) : margin < 0.0 ? 1.0 : 0.0;
    return {p, p < 1.0 ? -std::expm1(horizon * per_year * std::log1p(-p)) : 1.0};
}

/// The gross exposure, a share of the value: multiplier times what the value is above the floor, not below 0 and not above the cap.
[[nodiscard]] inline double insured_exposure(double value, double floor, double multiplier, double cap) noexcept {
    const double cushion = value - floor;
    if (!(cushion > 0.0)) return 0.0;
    const double e = multiplier * cushion / value;
    return e < cap ? e : cap;
}
/// e^(rate·years), without a power where there is no rate.
[[nodiscard]] inline double grown(double rate, double years) noexcept { return rate == 0.0 ? 1.0 : std::exp(rate * years); }

}  // namespace ballast::inline v0::detail
