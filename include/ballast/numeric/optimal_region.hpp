/// The weights between which it is best not to trade: one risky asset beside cash, long-run growth, costs in proportion and per trade.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "../core/arithmetic.hpp"
#include "detail/region_equation.hpp"

namespace ballast::inline v0 {

/// How a region is reckoned.
enum class region_method : std::uint8_t {
    exact,      ///< the free-boundary problem solved; proportional costs alone
    expansion,  ///< leading order in the costs: cube root, quartic root, or both
};

/// An investor of constant relative risk aversion γ who wants long-run growth (the certainty equivalent of wealth, per year), one asset
/// beside cash, and what trading costs. Without costs the best weight is the excess return / (γ·volatility²), which is all that the region
/// hangs on besides γ and the costs: excess return and volatility do not matter beyond it.
struct growth_problem {
    double target = std::numeric_limits<double>::quiet_NaN();         ///< the best weight without costs: below 0 and above 1 too
    double risk_aversion = std::numeric_limits<double>::quiet_NaN();  ///< γ above 0; 1: logarithmic utility
    double buy = 0.0;                                                 ///< rate of buys, 0..1: a share of the notional
    double sell = 0.0;                                                ///< rate of sales, 0..1
    double fixed = 0.0;                                               ///< a share of the wealth per trade, whatever its size

    /// False where a number is none, or out of its range; targets are below 1e60.
    [[nodiscard]] constexpr bool valid() const noexcept {
        return detail::absolute(target) < 1e60 && risk_aversion > 0.0 && detail::finite(risk_aversion) && buy >= 0.0 && buy < 1.0 &&
               sell >= 0.0 && sell < 1.0 && fixed >= 0.0 && detail::finite(fixed);
    }
};

/// Where not to trade. Weights are at the mid price, at which a unit is bought for 1 + buy and sold for 1 − sell.
struct optimal_region {
    double lower = std::numeric_limits<double>::quiet_NaN();       ///< buy below
    double upper = std::numeric_limits<double>::quiet_NaN();       ///< sell above
    double lower_goal = std::numeric_limits<double>::quiet_NaN();  ///< where buys end: at `lower`, further inside with fixed costs
    double upper_goal = std::numeric_limits<double>::quiet_NaN();  ///< where sales end
    /// Half of the width. Exact: `lower` valued at the buying price is target − half_width, `upper` at the selling price target + half_width.
    double half_width = std::numeric_limits<double>::quiet_NaN();
};

/// The region solved exactly, to some 1e-14: Taksar, Klass and Assaf 1988; Gerhold, Guasoni, Muhle-Karbe and Schachermayer
/// 2014 (theorem 2.2), here with both rates and for every cost. With a target of 0 or 1 there is nothing to trade again, and the region is
/// that point; without costs it is the target. Everything is NaN where the problem is not valid or has a fixed cost. Some 0.3 µs.
[[nodiscard]] inline optimal_region exact_region(const growth_problem& p) noexcept {
    optimal_region r;
    if (!p.valid() || p.fixed != 0.0) return r;
    const detail::region_equation equation{p.target, p.risk_aversion};
    const double round_trip = std::log1p(p.buy) - std::log1p(-p.sell);
    const double spread = equation.spread();
    if (spread == 0.0 || round_trip == 0.0) {
        r.half_width = 0.0;
    } else {
        // cost = 4γh³/(3·spread²)·(1 + c·h² + ...)
        const double gamma = p.risk_aversion;
        const double slope = std::cbrt(4.0 / 3.0 * gamma / (spread * spread));
        const double leading = std::cbrt(round_trip) / slope;
        const double skew = (1.0 - 2.0 * p.target) / spread;
        const double c = (0.4 + 0.8 * gamma) / spread + 0.6 * skew * skew;
        const double square = c * leading * leading;
        const bool close = square < 0.5 && square > -0.5;
        r.half_width =
            detail::root_of_cubic_growth([&](double h) { return equation.cost(h); }, round_trip, equation.most(),
                                         close ? leading * (1.0 - square / 3.0) : leading, close ? slope * (1.0 + square) : slope);
    }
    const double at_ask = p.target - r.half_width;
    const double at_bid = p.target + r.half_width;
    r.lower = r.lower_goal = at_ask / (1.0 + p.buy * (1.0 - at_ask));
    r.upper = r.upper_goal = at_bid / (1.0 - p.sell * (1.0 - at_bid));
    return r;
}

/// The region to leading order in the costs, target ± half_width. Proportional costs alone: the cube root (3/(4γ)·π²(1−π)²·(buy + sell))^⅓
/// (Shreve and Soner 1994; Gerhold and others 2014). Fixed costs alone: the quartic root (12/γ·π²(1−π)²·fixed)^¼, and a trade ends at the
/// target (Korn 1998; Altarovici, Muhle-Karbe and Soner 2015). Both: a trade from the edge, target ± h, ends at target ± x, where with
/// A = γ/(3π²(1−π)²), m = (h + x)/2, d = h − x:  A·m·d³ = 2·fixed and A·m·(2m² − d²/2) = (buy + sell)/2 (the smooth fits of the
/// leading-order quasi-variational inequality, as in Altarovici, Reppen and Soner 2017). NaN where the problem is not valid. Good for
/// widths well below |π| and |1−π|.
[[nodiscard]] inline optimal_region expanded_region(const growth_problem& p) noexcept {
    optimal_region r;
    if (!p.valid()) return r;
    const double spread = p.target * (1.0 - p.target);
    const double inverse = 3.0 * spread * spread / p.risk_aversion;  // 1/A
    const double cube = std::cbrt(0.25 * inverse * (p.buy + p.sell));
    const double width = std::cbrt(2.0 * p.fixed * inverse);
    double end = r.half_width = cube;
    if (width > 0.0) {
        // With m = c³ and d = width/c: c⁹ − c·width²/4 = (buy + sell)/(4A), convex, and Newton's steps from above fall to the root.
        const double half = 0.25 * inverse * (p.buy + p.sell);
        const double least = std::sqrt(std::sqrt(0.5 * width));  // c where x is 0
        double c = half == 0.0 ? least : std::cbrt(cube + least * least * least);
        for (int step = 0; half > 0.0 && step < 60; ++step) {
            const double eighth = (c * c) * (c * c) * (c * c) * (c * c);
            const double next = c - (c * eighth - 0.25 * c * width * width - half) / (9.0 * eighth - 0.25 * width * width);
            if (!(next < c)) break;
            c = next;
        }
        const double m = c * c * c;
        const double d = width / c;
        r.half_width = m + 0.5 * d;
        end = m > 0.5 * d ? m - 0.5 * d : 0.0;
    }
    r.lower = p.target - r.half_width;
    r.upper = p.target + r.half_width;
    r.lower_goal = p.target - end;
    r.upper_goal = p.target + end;
    return r;
}

/// What living with the costs is like, per year.
struct growth_rates {
    double growth = 0.0;             ///< certainty equivalent of the growth rate, above that of cash
    double growth_loss = 0.0;        ///< what the costs take of it
    double liquidity_premium = 0.0;  ///< by how much less an asset without costs might return and be as good
    double share_turnover = 0.0;     ///< units traded as a share of the units held, buys and sales
    double wealth_turnover = 0.0;    ///< value traded as a share of the wealth, both at the price of the trade, buys and sales
    double bought = 0.0;             ///< of that the buys, both at the mid price; exact only
    double sold = 0.0;               ///< the sales, both at the mid price; exact only
};

/// Of the exact region under proportional costs, at a volatility per year (Gerhold and others 2014, theorem 2.2). All 0 where there is
/// nothing to trade, but for the growth; turnovers are infinite without costs.
[[nodiscard]] inline growth_rates exact_rates(const growth_problem& p, double volatility) noexcept {
    const optimal_region r = exact_region(p);
    const double variance = volatility * volatility;
    const double h = r.half_width;
    const double target = detail::absolute(p.target);
    growth_rates g;
    g.growth_loss = 0.5 * p.risk_aversion * variance * h * h;
    g.growth = 0.5 * p.risk_aversion * variance * (target - h) * (target + h);
    if (p.target == 0.0 || p.target == 1.0) return g;
    g.liquidity_premium = p.risk_aversion * variance * h * h / (target + std::sqrt((target - h) * (target + h)));
    if (h == 0.0) {
        g.share_turnover = g.wealth_turnover = g.bought = g.sold = std::numeric_limits<double>::infinity();
        return g;
    }
    const double lower = p.target - h;
    const double upper = p.target + h;
    // The range of the logarithm of the price between two trades on different sides.
    const double range = std::log1p(p.buy) - std::log1p(-p.sell) + std::log1p(2.0 * h / (lower * (1.0 - upper)));
    const double power = 2.0 * p.risk_aversion * p.target - 1.0;
    const double at_lower = power == 0.0 ? 1.0 / range : power / std::expm1(power * range);
    const double at_upper = power == 0.0 ? 1.0 / range : power / -std::expm1(-power * range);
    const double buys = 0.5 * variance * detail::absolute((1.0 - lower) * at_lower);
    const double sales = 0.5 * variance * detail::absolute((1.0 - upper) * at_upper);
    g.share_turnover = buys + sales;
    g.bought = buys * detail::absolute(lower);
    g.sold = sales * detail::absolute(upper);
    g.wealth_turnover = g.bought + g.sold;
    g.bought *= (1.0 + p.buy * r.lower) / (1.0 + p.buy);
    g.sold *= (1.0 - p.sell * r.upper) / (1.0 - p.sell);
    return g;
}

/// The same to leading order in proportional costs (Gerhold and others 2014, theorem 2.2); a fixed cost is left out.
[[nodiscard]] inline growth_rates expanded_rates(const growth_problem& p, double volatility) noexcept {
    const double variance = volatility * volatility;
    const double target = detail::absolute(p.target);
    growth_problem of = p;
    of.fixed = 0.0;
    const double h = expanded_region(of).half_width;
    growth_rates g;
    g.growth_loss = 0.5 * p.risk_aversion * variance * h * h;
    g.growth = 0.5 * p.risk_aversion * variance * target * target - g.growth_loss;
    if (p.target == 0.0 || p.target == 1.0) return g;
    g.liquidity_premium = 0.5 * p.risk_aversion * variance * h * h / target;
    const double rest = 1.0 - p.target;
    g.share_turnover = 0.5 * variance * rest * rest * target / h;
    g.wealth_turnover = g.share_turnover * target;
    return g;
}

}  // namespace ballast::inline v0
