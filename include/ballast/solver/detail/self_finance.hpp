/// Costs are paid out of the portfolio: the wealth that is left after them, and which trades are worth their fixed part.
///
/// For a set of assets that trade, W′ is the largest wealth with W′ + Σ φᵢ(sᵢ·(W′ − A) − vᵢ) ≤ W, where sᵢ are the wanted shares, vᵢ the
/// positions held, φᵢ the costs and A what is set aside. For costs that are linear on both sides the left side is convex, increasing and
/// piecewise linear, and Newton's method from above ends on the piece that holds the root after a few passes.
#pragma once

#include <cstddef>

#include "../../numeric/sum.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Trades below this share of the portfolio are rounding noise, not trades.
inline constexpr double dust = 1.0 / 1099511627776.0;  // 2^-40

struct wealth_pass {
    double cost = 0.0;
    double slope = 0.0;  ///< d cost / d wealth
    double moved = 0.0;  ///< Σ|x|
};

/// Cost of bringing all moving assets to their shares of `wealth`. O(n).
template <class View>
[[nodiscard]] wealth_pass cost_at(const problem& p, const View& view, const solution& s, double wealth) noexcept {
    lanes cost, slope, moved;
    const auto step = [&](std::size_t i, std::size_t lane) {
        if (s.move[i] == 0) return;
        const double x = s.trade(p.look, p.limits, i, wealth);
        if constexpr (linear_bound_cost<View>) {
            const linear_cost c = view.linear(i);
            const double rate = x > 0.0 ? c.buy : -c.sell;
            cost.at[lane] += x == 0.0 ? 0.0 : c.fixed + rate * x;
            slope.at[lane] += rate * s.share[i];
        } else {
            const slope_interval m = view.marginal(i, x);
            cost.at[lane] += view.cost(i, x);
            slope.at[lane] += (x > 0.0 ? m.high : m.low) * s.share[i];
        }
        moved.at[lane] += absolute(x);
    };
    const std::size_t n = p.look.assets();
    std::size_t i = 0;
    for (; i + lanes::width <= n; i += lanes::width)
        for (std::size_t lane = 0; lane < lanes::width; ++lane) step(i + lane, lane);
    for (std::size_t lane = 0; i < n; ++i, ++lane) step(i, lane);
    return {cost.sum(), s.fraction * slope.sum(), moved.sum()};
}

/// The wealth that is left, for the assets that move now. Newton steps within a bracket; bisection where a step leaves it.
template <class View>
[[nodiscard]] double wealth_after(const problem& p, const View& view, const solution& s) noexcept {
    const double before = p.look.value;
    double low = 0.0;
    double high = 0.0;
    bool have_low = false;
    bool have_high = false;
    double w = before;
    for (int pass = 0; pass < 80; ++pass) {
        const wealth_pass at = cost_at(p, view, s, w);
        const double over = (w - before) + at.cost;
        if (over == 0.0) return w;
        if (over > 0.0) {
            high = w;
            have_high = true;
        } else {
            low = w;
            have_low = true;
        }
        double next = w - over / (1.0 + at.slope);
        if (!finite(next) || (have_low && next < low) || (have_high && next > high))
            next = have_low && have_high ? low + 0.5 * (high - low) : w - over;
        if (absolute(next - w) <= before * (snap / 4)) return next;
        w = next;
    }
    return have_low ? low : w;
}

/// Decides which of the moving assets trade, and sets `s.wealth`. With convex costs all of them do but dust. With a fixed part an asset
/// trades where it moves more than it costs, |x| > φ(x), at the wealth that results: no trade that only pays fees, none left out that would
/// be worth its fee. If all of them together cost as much as they move, nothing trades.
template <class View>
void self_finance(const problem& p, const View& view, solution& s) noexcept {
    const std::size_t n = p.look.assets();
    const double smallest = p.look.value * dust;
    s.wealth = wealth_after(p, view, s);
    if constexpr (shape_of<View>() != cost_shape::convex) {
        // Leaving one out leaves the others more wealth, which may make another worth its fee, or no longer: repeated until nothing
        // changes. From the fourth round on assets are only left out, so that it ends.
        for (std::size_t round = 0; round < n + 4; ++round) {
            bool changed = false;
            for (std::size_t i = 0; i < n; ++i) {
                if (s.move[i] == 0 && s.cause[i] != why::not_worth_cost) continue;
                const double x = s.trade(p.look, p.limits, i, s.wealth);
                const bool worth = absolute(x) > view.cost(i, x);
                if (worth == (s.move[i] != 0) || (worth && round >= 3)) continue;
                s.move[i] = worth ? 1 : 0;
                s.cause[i] = worth ? why::full : why::not_worth_cost;
                changed = true;
            }
            if (!changed) break;
            s.wealth = wealth_after(p, view, s);
        }
        const wealth_pass all = cost_at(p, view, s, s.wealth);
        if (all.cost > 0.0 && all.moved <= all.cost) {
            for (std::size_t i = 0; i < n; ++i) {
                if (s.move[i] != 0) s.cause[i] = why::not_worth_cost;
                s.move[i] = 0;
            }
            s.wealth = p.look.value;
        }
    }
    for (std::size_t i = 0; i < n; ++i)
        if (s.move[i] != 0 && absolute(s.trade(p.look, p.limits, i, s.wealth)) <= smallest) s.move[i] = 0;
}

/// The most that the one-way turnover of the trades at `s.wealth` may come to, as a share of the value, after they are rounded toward no
/// trade. With sales S, buys B and costs C it is ½·(S + B + |B + C − S|): B + C/2 or S − C/2. As rounding may save costs, those are not
/// counted in favour of S.
template <class View>
[[nodiscard]] double turnover_of(const problem& p, const View& view, const solution& s) noexcept {
    double sold = 0.0;
    double bought = 0.0;
    double cost = 0.0;
    for (std::size_t i = 0; i < p.look.assets(); ++i) {
        if (s.move[i] == 0) continue;
        const double x = s.trade(p.look, p.limits, i, s.wealth);
        (x < 0.0 ? sold : bought) += absolute(x);
        cost += view.cost(i, x);
    }
    const double as_seller = cost < 0.0 ? sold - 0.5 * cost : sold;
    const double as_buyer = cost < 0.0 ? bought : bought + 0.5 * cost;
    return (as_seller > as_buyer ? as_seller : as_buyer) / p.look.value;
}

/// Scales all trades by one factor, so that the turnover keeps to its limit. The turnover is nearly a straight line in the factor, with
/// jumps where a fixed fee is no longer worth it: steps down along the secant, and from the twelfth on ever larger ones, so that it ends at
/// or below the limit in any case. No trade is rounded up any more.
template <class View>
void keep_turnover(const problem& p, const View& view, solution& s) noexcept {
    const double limit = p.limits.turnover;
    double turnover = turnover_of(p, view, s);
    if (turnover <= limit) return;
    double last_fraction = 0.0;
    double last_turnover = 0.0;
    double shrink = 1.0 - 4.0 * snap;
    for (int round = 0; turnover > limit; ++round) {
        double next = s.fraction - (turnover - limit) * (s.fraction - last_fraction) / (turnover - last_turnover);
        if (!(next > 0.0 && next < s.fraction)) next = s.fraction * (limit / turnover);
        if (round >= 12) shrink = shrink > 0.5 ? 1.0 - 64.0 * (1.0 - shrink) : 0.0;
        last_fraction = s.fraction;
        last_turnover = turnover;
        s.fraction = next < s.fraction ? next * shrink : s.fraction * shrink;
        self_finance(p, view, s);
        turnover = turnover_of(p, view, s);
    }
    for (std::size_t i = 0; i < p.look.assets(); ++i) {
        s.round[i] = rounding::toward_no_trade;
        if (s.move[i] != 0 || s.fraction == 0.0) s.cause[i] = why::cut_by_turnover;
    }
}

}  // namespace ballast::inline v0::detail
