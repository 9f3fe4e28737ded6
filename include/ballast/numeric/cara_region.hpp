/// The amounts of money between which it is best not to trade: constant absolute risk aversion, costs in proportion.
#pragma once

#include <cmath>
#include <limits>

#include "../core/arithmetic.hpp"
#include "detail/cara_equation.hpp"
#include "detail/region_equation.hpp"

namespace ballast::inline v0 {

/// An investor of constant absolute risk aversion who holds an asset for good. Without costs the best position is an amount, whatever the
/// wealth: excess return / (risk_aversion·volatility²). With several uncorrelated assets each has its own problem, exactly (Liu 2004).
struct cara_problem {
    double target = std::numeric_limits<double>::quiet_NaN();         ///< the best position without costs, base currency; below 0: short
    double risk_aversion = std::numeric_limits<double>::quiet_NaN();  ///< per unit of base currency, of wealth: Liu's r·γ
    double buy = 0.0;                                                 ///< rate of buys, 0..1: a share of the notional
    double sell = 0.0;                                                ///< rate of sales, 0..1
    double interest = 0.0;                                            ///< of cash, per year, at or above 0
    double volatility = 1.0;                                          ///< per year; counts where there is interest

    /// False where a number is none, or out of its range.
    [[nodiscard]] constexpr bool valid() const noexcept {
        return detail::absolute(target) < std::numeric_limits<double>::infinity() && risk_aversion > 0.0 && detail::finite(risk_aversion) &&
               buy >= 0.0 && buy < 1.0 && sell >= 0.0 && sell < 1.0 && interest >= 0.0 && detail::finite(interest) && volatility > 0.0 &&
               detail::finite(volatility);
    }

    /// False where the exact region is not found either: risk_aversion·|target| has to be at most 1000, and interest at most 20·volatility²
    /// (beyond, the equation is too stiff for the way it is solved here).
    [[nodiscard]] constexpr bool within_reach() const noexcept {
        return valid() && risk_aversion * detail::absolute(target) <= 1000.0 && interest <= 20.0 * volatility * volatility;
    }
};

/// Where not to trade: amounts at the mid price. Trades end at the edge.
struct cara_region {
    double lower = std::numeric_limits<double>::quiet_NaN();  ///< buy below
    double upper = std::numeric_limits<double>::quiet_NaN();  ///< sell above
};

/// The region solved to about 12 digits: Liu 2004, "Optimal consumption and investment with transaction costs and multiple risky assets".
/// Nothing is traded where the target is 0. NaN where the problem is not within reach. 5 to 20 µs; costs above a tenth take longer, some
/// milliseconds at worst. An edge within 1e-10 of the target's size from 0 is told as that.
[[nodiscard]] inline cara_region exact_cara_region(const cara_problem& p) noexcept {
    if (!p.within_reach()) return {};
    const double round_trip = std::log1p(p.buy) - std::log1p(-p.sell);
    const double kappa = p.risk_aversion * p.target;
    if (kappa == 0.0 || round_trip == 0.0) return {p.target, p.target};
    const detail::cara_equation equation{kappa, p.interest > 0.0 ? p.interest / (p.volatility * p.volatility) : 0.0};
    const double slope = std::cbrt(4.0 / 3.0 * detail::absolute(kappa));
    constexpr double most = 1.0 - 1e-10;  // an edge nearer to 0 is none, and the other one does not hang on it
    const double h = detail::root_of_cubic_growth([&](double x) { return equation.shoot(x, 4.0 * round_trip).cost; }, round_trip, most,
                                                  std::cbrt(round_trip) / slope, slope);
    const double nearer = p.target * (1.0 - h);
    const double further = p.target * (1.0 + equation.shoot(h, std::numeric_limits<double>::infinity()).last);
    if (p.target > 0.0) return {nearer / (1.0 + p.buy), further / (1.0 - p.sell)};
    return {further / (1.0 + p.buy), nearer / (1.0 - p.sell)};
}

/// The region to leading order in the costs: target ± (3/(4·risk_aversion)·target²·(buy + sell))^⅓. NaN where the problem is not valid.
[[nodiscard]] inline cara_region expanded_cara_region(const cara_problem& p) noexcept {
    if (!p.valid()) return {};
    const double h = std::cbrt(0.75 / p.risk_aversion * p.target * p.target * (p.buy + p.sell));
    return {p.target - h, p.target + h};
}

}  // namespace ballast::inline v0
