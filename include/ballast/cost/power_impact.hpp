/// Market impact by any power of the size.
#pragma once

#include "detail/impact.hpp"

namespace ballast::inline v0::cost {

/// A trade of the notional x moves its price, on average, by b·σ·(|x|/V)^{p−1}, with the volatility σ and the volume V of a day:
///   cost(x) = a·|x| + b·σ·|x|·(|x|/V)^{p−1}
/// (powers of the size: Almgren 2003, "Optimal execution with nonlinear impact functions and trading-enhanced risk"; in the units of the
/// square root law). p = 3/2 is that law, p = 2 the straight line, p = 8/5 the temporary part of Almgren et al. 2005.
///
/// V is `daily_volume` where it is given, or else the market's (`market_view::volume`, units a day, at the price). σ is `daily_volatility`
/// where it is given, or else the market's (`market_view::volatility`, per year) over √days_per_year. Without volume, or where either is not
/// known (NaN, infinite, below 0), every unit costs `untradable_rate`: no solver trades the asset, and the others go on. With σ = 0 only
/// a·|x| is left. Convex; answers prices: without curvature in closed form, otherwise by a handful of Newton's steps, which come down to the
/// answer and never pass it. One power a number, two for each of those steps.
struct power_impact {
    double exponent = 1.5;          ///< p, of the cost; above 1
    per_asset coefficient = 1.0;    ///< b
    per_asset daily_volatility{};   ///< σ, per day; not given: the market's
    per_asset daily_volume{};       ///< V, base currency per day; not given: the market's
    per_asset rate = 0.0;           ///< a, fraction of the notional: half the spread, fees
    double days_per_year = 365.25;  ///< that make up the market's volatility per year; 252 where markets close on weekends

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "power_impact";

    using view = detail::impact_view<power_impact>;
    [[nodiscard]] view bind(const look& l) const noexcept { return {this, &l}; }
    /// What the view asks.
    [[nodiscard]] detail::impact_curve<detail::power_moves<1>> curve(const look& l, std::size_t i) const noexcept {
        const double sigma = detail::volatility_of(l, daily_volatility, days_per_year, i);
        if (sigma < 0.0) return {};
        return {detail::volume_of(l, daily_volume, i), rate[i], {{coefficient[i] * sigma}, {exponent - 1.0}}};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        return coefficient.covers(n) && daily_volatility.covers(n) && daily_volume.covers(n) && rate.covers(n);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(exponent > 1.0) || !detail::finite(exponent)) return {"power_impact.exponent", exponent, "must be a finite number above 1"};
        if (!coefficient.given()) return {"power_impact.coefficient", 0.0, "has to be given"};
        if (const double* v = detail::find_no_amount(coefficient))
            return {"power_impact.coefficient", *v, "must be a finite number at or above 0"};
        if (const double* v = detail::find_no_amount(daily_volatility))
            return {"power_impact.daily_volatility", *v, "must be a finite volatility at or above 0"};
        if (const double* v = detail::find_no_amount(daily_volume))
            return {"power_impact.daily_volume", *v, "must be a finite amount at or above 0"};
        if (const double* v = detail::find_no_rate(rate)) return {"power_impact.rate", *v, "must be a fraction at or above 0 and below 1"};
        if (detail::no_days(days_per_year)) return {"power_impact.days_per_year", days_per_year, "must be a finite number above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
