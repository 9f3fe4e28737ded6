/// Costs are paid out of the portfolio: the wealth that is left after them, and which trades are worth their cost.
///
/// For a set of assets that trade, W′ is the largest wealth with W′ + Σ φᵢ(sᵢ·(W′ − A) − vᵢ) ≤ W, where sᵢ are the wanted shares, vᵢ the
/// positions held, φᵢ the costs and A what is set aside. For costs that are linear on both sides the left side is convex, increasing and
/// piecewise linear, and Newton's method from above ends on the piece that holds the root after a few passes.
///
/// Which set: a trade xᵢ is worth its cost where |xᵢ| > φᵢ(xᵢ): it moves more than it pays. A set is stable where each of its trades is
/// worth its cost at its W′, and each trade left out would not be, were it added. Trades lean on each other only through W′, so by no more
/// than their costs times their shares: away from |x| = φ(x) by that little, every asset decides for itself, and the stable set is the only
/// one. Where two hang on each other there may be several such sets, or none; then no trade that is not worth its cost is made, and one that
/// would be may be left out.
#pragma once

#include <cstddef>

#include "../../cost/detail/cost_lanes.hpp"
#include "../../numeric/octet.hpp"
#include "../concept.hpp"
#include "rounding.hpp"

namespace ballast::inline v0::detail {

struct wealth_pass {
    double cost = 0.0;
    double slope = 0.0;      ///< d cost / d wealth
    bool worthless = false;  ///< some trade costs as much as it moves
    bool tiny = false;       ///< some trade may be rounding noise
    double margin = 0.0;     ///< smallest size of a trade, or of what it moves beyond its cost
};

/// Cost of bringing all moving assets to their shares of `wealth`. O(n).
template <bool AllMove, class View>
[[nodiscard]] wealth_pass cost_pass(const problem& p, const View& view, const solution& s, double wealth) noexcept {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const trades_at trade{s, p.look, p.limits, wealth};
    const double* share = s.share.data();
    const std::uint8_t* move = s.move.data();
    const cost_lanes costs{view};
    octet cost = every(0.0), slope = every(0.0), gain = every(infinity), size = every(infinity);
    for_each_octet(
        p.look.assets(), [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
            octet x = trade.octet_at(i, lanes);
            octet rate = every(0.0);
            octet c = costs(i, x, lanes, rate);
            if ((!AllMove || !lanes.all) && !(lanes.all && eight_move(move + i))) {
                double moves[8], xs[8], cs[8], rates[8];
                store(xs, x);
                store(cs, c);
                store(rates, rate);
                for (std::size_t l = 0; l < 8; ++l) {
                    moves[l] = l < lanes.count && move[i + l] != 0 ? 1.0 : 0.0;
                    if (moves[l] != 0.0) continue;
                    xs[l] = infinity;
                    cs[l] = rates[l] = 0.0;
                }
                x = load(xs);
                c = load(cs);
                rate = load(rates);
            }
            cost = cost + c;
            slope = slope + rate * load(share + i, lanes, 0.0);
            x = absolute(x);
            gain = smaller(x - c, gain);
            size = smaller(x, size);
        });
    const double least_gain = smallest_of(gain), least_size = smallest_of(size);
    return {sum_of(cost), s.fraction * sum_of(slope), least_gain < 0.0, least_size <= 2.0 * dust * p.look.value,
            least_gain < least_size ? least_gain : least_size};
}

/// Does no trade change its side, or stop being worth its cost, when the wealth moves by `change`? Then the cost is a straight line on the
/// way. Asked where every asset moves and none is limited.
[[nodiscard]] inline bool keeps_sides(const solution& s, double change, double margin) noexcept {
    octet most = every(0.0);
    for_each_octet(s.share.size(), [&](std::size_t i, auto lanes) { most = larger(absolute(load(s.share.data() + i, lanes, 0.0)), most); });
    return margin > 2.0 * largest_of(most) * absolute(change);
}

/// The wealth that is left, for the assets that move now. Newton steps within a bracket; bisection where a step leaves it.
template <class View>
double wealth_after(const problem& p, const View& view, const solution& s, wealth_pass* last = nullptr) noexcept {
    const double before = p.look.value;
    const bool all = all_move(s);
    double low = 0.0;
    double high = 0.0;
    bool have_low = false;
    bool have_high = false;
    double w = before;
    for (int pass = 0; pass < 100; ++pass) {
        const wealth_pass at = all ? cost_pass<true>(p, view, s, w) : cost_pass<false>(p, view, s, w);
        if (last != nullptr) *last = at;
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
        if constexpr (linear_bound_cost<View> && shape_of<View>() == cost_shape::convex)
            if (all && !p.limits.narrowed && !at.tiny && keeps_sides(s, next - w, at.margin)) return next;
        w = next;
    }
    return have_low ? low : w;
}

/// The limit at which the trade of an asset ends; `why::full` where it ends at none.
[[nodiscard]] inline why cause_of_limit(const problem& p, const solution& s, std::size_t i) noexcept {
    const limits& lim = p.limits;
    if (!lim.narrowed) return why::full;
    const double x = s.trade(p.look, lim, i, s.wealth);
    if (x >= lim.buy[i]) return lim.buy_cause[i];
    if (x <= -lim.sell[i]) return lim.sell_cause[i];
    return s.share[i] <= lim.weight.lower[i] || s.share[i] >= lim.weight.upper[i] ? lim.weight_cause[i] : why::full;
}

/// Leaves out what is not worth its cost, takes in what would be, until the set is stable. First all at once, then one by one, the clearest
/// case first; after as many changes as there are candidates trades are only left out, so that it ends. Of n candidates, the others are known
/// to be worth their cost: `candidate(k)` is the k-th.
template <class View, class Candidate>
void choose_trades(const problem& p, const View& view, solution& s, double smallest, std::size_t n, Candidate&& candidate) noexcept {
    /// What a trade moves beyond its cost, at the wealth with it and at the wealth without it, whichever is less: a trade that is needed
    /// only because it lowers the wealth is none.
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
        s.cause[i] = s.move[i] == 0 ? why::not_worth_cost : s.fraction < 1.0 ? why::cut_by_turnover : cause_of_limit(p, s, i);
    };
    // A trade that costs just what it moves is not worth it.
    const auto wrong = [&](std::size_t i, double r) { return r > 0.0 || (r == 0.0 && s.move[i] != 0); };
    for (int round = 0; round < 3; ++round) {
        bool changed = false;
        for (std::size_t k = 0; k < n; ++k) {
            const std::size_t i = candidate(k);
            if (!wrong(i, regret(i))) continue;
            change(i);
            changed = true;
        }
        if (!changed) return;
        s.wealth = wealth_after(p, view, s);
    }
    for (std::size_t changes = 0; changes < 2 * n + 2; ++changes) {
        std::size_t worst = no_index;
        double most = 0.0;
        for (std::size_t k = 0; k < n; ++k) {
            const std::size_t i = candidate(k);
            if (changes > n && s.move[i] == 0) continue;
            const double r = regret(i);
            if (wrong(i, r) && (worst == no_index || r > most)) {
                worst = i;
                most = r;
            }
        }
        if (worst == no_index) return;
        change(worst);
        s.wealth = wealth_after(p, view, s);
    }
}

/// Lists, in the scratch of the problem, the assets whose trades are not clearly worth their cost, whatever the others do. For costs that are a
/// jump and a convex rest: on the way from 0 to a trade x such a cost is at most the larger of the jump and c(x), and what the others do moves
/// the wealth by no more than all costs together. Asked where every asset moves and none is limited. O(n).
template <class View>
[[nodiscard]] std::size_t list_doubtful(const problem& p, const View& view, const solution& s, double all_costs, double smallest) noexcept {
    const trades_at trade{s, p.look, p.limits, s.wealth};
    const cost_lanes costs{view};
    const octet total = every(absolute(all_costs));
    std::size_t count = 0;
    for_each_octet(
        p.look.assets(), [&](std::size_t first, auto lanes) __attribute__((always_inline)) {
            octet rate = every(0.0);
            const octet x = trade.octet_at(first, lanes);
            const octet c = costs(first, x, lanes, rate);
            const octet shift = total * absolute(load(s.share.data() + first, lanes, 0.0));
            const octet moved = absolute(x) - shift;
            const octet most = larger(c, costs.jumps(first, lanes)) + absolute(rate) * shift;
            const octet margin = smaller(moved - most, moved - every(smallest));
            if (smallest_of(margin) > 0.0) return;
            double each[8];
            store(each, margin);
            for (std::size_t l = 0; l < lanes.count; ++l)
                if (!(each[l] > 0.0)) p.ranks[count++].index = static_cast<std::uint32_t>(first + l);
        });
    return count;
}

/// Decides which of the moving assets trade, and sets `s.wealth`. Assets that moved but are not worth their cost are left with
/// `why::not_worth_cost`; trades below 2^-40 of the portfolio do not move.
template <class View>
void self_finance(const problem& p, const View& view, solution& s) noexcept {
    const std::size_t n = p.look.assets();
    const double smallest = p.look.value * dust;
    wealth_pass last;
    s.wealth = wealth_after(p, view, s, &last);
    if (last.tiny) {
        double left_out = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            if (s.move[i] == 0) continue;
            const double x = s.trade(p.look, p.limits, i, s.wealth);
            if (absolute(x) > smallest) continue;
            s.move[i] = 0;
            left_out += absolute(view.cost(i, x));
        }
        if (left_out > p.look.value * (snap / 8)) s.wealth = wealth_after(p, view, s);
    }
    if (!last.worthless && shape_of<View>() == cost_shape::convex) return;
    if (shape_of<View>() == cost_shape::fixed_plus_convex && !p.limits.narrowed && p.ranks.size() >= n && all_move(s)) {
        const std::size_t count = list_doubtful(p, view, s, last.cost, smallest);
        choose_trades(p, view, s, smallest, count, [&](std::size_t k) -> std::size_t { return p.ranks[k].index; });
    } else {
        choose_trades(p, view, s, smallest, n, [](std::size_t k) { return k; });
    }
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
/// `again(solution&)` finds the wealth that is left.
template <class View, class Again>
void keep_turnover(const problem& p, const View& view, solution& s, Again&& again) noexcept {
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
        again(s);
        turnover = turnover_of(p, view, s);
    }
    for (std::size_t i = 0; i < p.look.assets(); ++i) {
        s.round[i] = rounding::toward_no_trade;
        if (s.move[i] != 0 || s.fraction == 0.0) s.cause[i] = why::cut_by_turnover;
    }
}

}  // namespace ballast::inline v0::detail
