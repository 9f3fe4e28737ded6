/// Costs are paid out of the portfolio: the wealth that is left after them, and which trades are worth their cost.
///
/// For a set of assets that trade, W′ is the largest wealth with W′ + Σ φᵢ(sᵢ·(W′ − A) − vᵢ) ≤ W, where sᵢ are the wanted shares, vᵢ the positions held, φᵢ the
/// costs and A what is set aside. For costs that are linear on both sides the left side is convex, increasing and piecewise linear, and Newton's
/// method from above ends on the piece that holds the root after a few passes.
///
/// Which set: a trade xᵢ is worth its cost where |xᵢ| > φᵢ(xᵢ): it moves more than it pays. A set is stable where each of its trades is worth its cost
/// at its W′, and each trade left out would not be, were it added. Trades lean on each other only through W′, so by no more than their costs times their
/// shares: away from |x| = φ(x) by that little, every row decides for itself, and the stable set is the only one. Where two rows hang on each other
/// there may be several such sets, or none; then no trade that is not worth its cost is made, and one that would be may be left out.
#pragma once

#include <cstddef>

#include "../../numeric/sum.hpp"
#include "../concept.hpp"
#include "rounding.hpp"

namespace ballast::inline v0::detail {

struct wealth_pass {
    double cost = 0.0;
    double slope = 0.0;      ///< d cost / d wealth
    bool worthless = false;  ///< some trade costs as much as it moves
};

/// Cost of bringing all moving assets to their shares of `wealth`. O(n).
template <class View>
[[nodiscard]] wealth_pass cost_at(const problem& p, const View& view, const solution& s, double wealth) noexcept {
    lanes cost, slope, least;
    const auto step = [&](std::size_t i, std::size_t lane) {
        if (s.move[i] == 0) return;
        const double x = s.trade(p.look, p.limits, i, wealth);
        double c = 0.0;
        if constexpr (linear_bound_cost<View>) {
            const linear_cost of_i = view.linear(i);
            const double rate = x > 0.0 ? of_i.buy : -of_i.sell;
            c = x == 0.0 ? 0.0 : of_i.fixed + rate * x;
            slope.at[lane] += rate * s.share[i];
        } else {
            const slope_interval m = view.marginal(i, x);
            c = view.cost(i, x);
            slope.at[lane] += (x > 0.0 ? m.high : m.low) * s.share[i];
        }
        cost.at[lane] += c;
        const double gain = absolute(x) - c;
        least.at[lane] = gain < least.at[lane] ? gain : least.at[lane];
    };
    const std::size_t n = p.look.assets();
    std::size_t i = 0;
    for (; i + lanes::width <= n; i += lanes::width)
        for (std::size_t lane = 0; lane < lanes::width; ++lane) step(i + lane, lane);
    for (std::size_t lane = 0; i < n; ++i, ++lane) step(i, lane);
    return {cost.sum(), s.fraction * slope.sum(), least.smallest() < 0.0};
}

/// The wealth that is left, for the assets that move now. Newton steps within a bracket; bisection where a step leaves it.
template <class View>
double wealth_after(const problem& p, const View& view, const solution& s, bool* worthless = nullptr) noexcept {
    const double before = p.look.value;
    double low = 0.0;
    double high = 0.0;
    bool have_low = false;
    bool have_high = false;
    double w = before;
    for (int pass = 0; pass < 100; ++pass) {
        const wealth_pass at = cost_at(p, view, s, w);
        if (worthless != nullptr) *worthless = at.worthless;
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

/// Leaves out what is not worth its cost, takes in what would be, until the set is stable. First all at once, then one by one, the clearest case first;
/// after as many changes as there are assets trades are only left out, so that it ends.
template <class View>
void choose_trades(const problem& p, const View& view, solution& s, double smallest) noexcept {
    const std::size_t n = p.look.assets();
    /// What a trade moves beyond its cost, at the wealth with it and at the wealth without it, whichever is less: a trade that is needed only because it
    /// lowers the wealth is none.
    const auto gain = [&](std::size_t i) {
        const double x = s.trade(p.look, p.limits, i, s.wealth);
        const double c = view.cost(i, x);
        const double other = s.trade(p.look, p.limits, i, s.move[i] != 0 ? s.wealth + c : s.wealth - c);
        const double least = x * other <= 0.0 ? 0.0 : absolute(x) < absolute(other) ? absolute(x) : absolute(other);
        return least > smallest ? least - view.cost(i, x < 0.0 ? -least : least) : -1.0;
    };
    /// How much clearer the case is for another decision on asset i than for this one; above 0 where this one is wrong.
    const auto regret = [&](std::size_t i) {
        if (s.move[i] != 0) return -gain(i);
        return s.cause[i] == why::not_worth_cost ? gain(i) : -1.0;
    };
    const auto change = [&](std::size_t i) {
        s.move[i] = s.move[i] != 0 ? 0 : 1;
        s.cause[i] = s.move[i] == 0            ? why::not_worth_cost
                     : s.fraction < 1.0        ? why::cut_by_turnover
                     : p.limits.narrowed       ? p.limits.cause[i]
                                               : why::full;
    };
    // A trade that costs just what it moves is not worth it.
    const auto wrong = [&](std::size_t i, double r) { return r > 0.0 || (r == 0.0 && s.move[i] != 0); };
    for (int round = 0; round < 3; ++round) {
        bool changed = false;
        for (std::size_t i = 0; i < n; ++i)
            if (wrong(i, regret(i))) {
                change(i);
                changed = true;
            }
        if (!changed) return;
        s.wealth = wealth_after(p, view, s);
    }
    for (std::size_t changes = 0; changes < 2 * n + 2; ++changes) {
        std::size_t worst = n;
        double most = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            if (changes > n && s.move[i] == 0) continue;
            const double r = regret(i);
            if (wrong(i, r) && (worst == n || r > most)) {
                worst = i;
                most = r;
            }
        }
        if (worst == n) return;
        change(worst);
        s.wealth = wealth_after(p, view, s);
    }
}

/// Decides which of the moving assets trade, and sets `s.wealth`. Assets that moved but are not worth their cost are left with `why::not_worth_cost`; trades
/// below 2^-40 of the portfolio do not move.
template <class View>
void self_finance(const problem& p, const View& view, solution& s) noexcept {
    const std::size_t n = p.look.assets();
    const double smallest = p.look.value * dust;
    bool worthless = false;
    s.wealth = wealth_after(p, view, s, &worthless);
    double left_out = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        if (s.move[i] == 0) continue;
        const double x = s.trade(p.look, p.limits, i, s.wealth);
        if (absolute(x) > smallest) continue;
        s.move[i] = 0;
        left_out += absolute(view.cost(i, x));
    }
    if (left_out > p.look.value * (snap / 8)) s.wealth = wealth_after(p, view, s);
    if (worthless || shape_of<View>() != cost_shape::convex) choose_trades(p, view, s, smallest);
}

/// One-way turnover of the trades at `s.wealth`: ½·(Σ|x| + |change of cash|) / value.
template <class View>
[[nodiscard]] double turnover_of(const problem& p, const View& view, const solution& s) noexcept {
    double gross = 0.0;
    double net = 0.0;
    for (std::size_t i = 0; i < p.look.assets(); ++i) {
        if (s.move[i] == 0) continue;
        const double x = s.trade(p.look, p.limits, i, s.wealth);
        gross += absolute(x);
        net += x + view.cost(i, x);
    }
    return 0.5 * (gross + absolute(net)) / p.look.value;
}

/// Scales all trades by one factor, so that the turnover keeps to its limit. `again(solution&)` finds the wealth that is left.
template <class View, class Again>
void keep_turnover(const problem& p, const View& view, solution& s, Again&& again) noexcept {
    double margin = snap;
    for (int round = 0; round < 16; ++round, margin *= 8.0) {
        const double turnover = turnover_of(p, view, s);
        if (turnover <= p.limits.turnover) return;
        if (round == 0)
            for (std::size_t i = 0; i < p.look.assets(); ++i) {
                s.round[i] = rounding::toward_no_trade;
                if (s.move[i] != 0) s.cause[i] = why::cut_by_turnover;
            }
        s.fraction *= round < 14 ? p.limits.turnover / turnover * (1.0 - margin) : 0.0;
        again(s);
    }
}

}  // namespace ballast::inline v0::detail
