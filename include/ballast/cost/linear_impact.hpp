/// Market impact in proportion to the size.
#pragma once

#include "detail/impact.hpp"

namespace ballast::inline v0::cost {

/// The price moves by η·|x|/V relative to itself while a notional x is traded in a market of the daily volume V, in a straight line: the trade
/// pays half of the move on average,
///   cost(x) = a·|x| + η/2·x²/V
/// (Kyle 1985, "Continuous auctions and insider trading", whose λ is η/V times the price). η is the relative move of a trade of a whole
/// day's volume; where all of the trade is done at the last price, double it. The quadratic cost of most theory: Gârleanu and Pedersen
/// 2013, Almgren and Chriss 2000.
///
/// V is `daily_volume` where it is given, or else the market's (`market_view::volume`, units a day, at the price). Without volume, or where it
/// is NaN, infinite or below 0, every unit costs `untradable_rate`: no solver trades the asset, and the others go on. Convex; answers prices in
/// closed form. O(1).
struct linear_impact {
    per_asset coefficient{};   ///< η, relative price move for a day's volume; to be given
    per_asset daily_volume{};  ///< V, base currency per day; not given: the market's
    per_asset rate = 0.0;      ///< a, fraction of the notional: half the spread, fees

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "linear_impact";

    using view = detail::impact_view<linear_impact>;
    [[nodiscard]] view bind(const look& l) const noexcept { return {this, &l}; }
    /// What the view asks.
    [[nodiscard]] detail::impact_curve<detail::linear_move> curve(const look& l, std::size_t i) const noexcept {
        return {detail::volume_of(l, daily_volume, i), rate[i], {0.5 * coefficient[i]}};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return coefficient.covers(n) && daily_volume.covers(n) && rate.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!coefficient.given()) return {"linear_impact.coefficient", 0.0, "has to be given"};
        if (const double* v = detail::find_no_amount(coefficient))
            return {"linear_impact.coefficient", *v, "must be a finite number at or above 0"};
        if (const double* v = detail::find_no_amount(daily_volume))
            return {"linear_impact.daily_volume", *v, "must be a finite amount at or above 0"};
        if (const double* v = detail::find_no_rate(rate)) return {"linear_impact.rate", *v, "must be a fraction at or above 0 and below 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
