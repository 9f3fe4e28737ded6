/// As close to the targets as the cash and the permitted sides allow.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../core/drift_measure.hpp"
#include "concept.hpp"
#include "detail/balance.hpp"
#include "detail/cash_plan.hpp"
#include "detail/self_finance.hpp"

namespace ballast::inline v0::solver {

/// What may be done to come closer to the targets.
enum class sides : std::uint8_t {
    both,
    buys_only,   ///< a contribution: nothing is sold
    sells_only,  ///< a withdrawal: nothing is bought, and sold only what the cash is short of its reserve
};

/// The positions closest to the targets that cash, reserve, limits and permitted sides allow. Nothing goes beyond its target
/// (but for less than a step, where whole steps have to raise cash), and an asset with target 0 is never bought.
///
/// | sides        | what it does                                                                                                        |
/// |--------------|---------------------------------------------------------------------------------------------------------------------|
/// | `both`       | sells to the targets, and buys with the cash at hand and what the sales bring; where all is free it goes where `to_target` goes |
/// | `buys_only`  | buys with the cash above the reserve, those furthest below their targets first, until all stand at one shortfall       |
/// | `sells_only` | where the cash is below the reserve (a withdrawal is cash that is missing; it may be below 0), raises what is missing, net of costs, from those furthest above their targets, until all stand at one excess |
///
/// What has to stay in cash is the reserve: what the targets leave over beside it is spent as well, where assets that are above their
/// targets may not be sold. A cash that is to be kept in any case is a `mandate::reserve`.
///
/// Buys minimise the declared distance of the weights from the targets, with the weights as shares of the wealth that is left after costs
/// (solver/detail/water_fill.hpp has the conditions). Where the cash does not reach, what is still short of a target is in proportion to
/// what a unit of it costs (squared), or the cheapest go first (absolute). Exact for costs that are linear on both sides, and for the squared
/// distance where they are convex and answer prices; of others amounts are reckoned as they are, and what a unit costs with the average
/// over the whole way. Where targets and reserve do not fit side by side the targets shrink by one common factor, as for `to_target`.
///
/// An order that can not be sent (less than a step, below a minimum, not worth its cost) is not made, and its cash goes to the others. In
/// whole steps buys are rounded down and sales that raise cash up, and what is over goes step by step to those that have the longest way,
/// until it does not reach for another: so that the next call finds nothing. Bounds on weights come before the distance. What can not be
/// raised or reached stays as it is, with its reason. Of orders that lean on each other through the wealth that their costs leave one may
/// be left out.
///
/// O(n) per pass, some ten of them in each of a few passes for the wealth; O(n log n) with steps or absolute distance.
struct closest {
    drift_measure distance = drift_measure::squared;  ///< of the weights from the targets
    solver::sides sides = solver::sides::both;        ///< what may be done

    static constexpr const char* name = "closest";

    struct scratch : detail::ways {
        void prepare(const sizes& s) { ways::prepare(s.assets); }
    };

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, scratch& m, solution& s) const noexcept {
        const look& l = p.look;
        detail::cash_plan<View> plan{p, view, m, distance, sides != solver::sides::sells_only, sides != solver::sides::buys_only};
        s.for_this_wealth = true;
        const bool given = s.given_wealth > 0.0;
        double w = given ? s.given_wealth : l.value;
        double last_w = 0.0, last_off = 0.0;
        for (int attempt = 0; attempt < 32; ++attempt) {
            plan.at(w);
            if (attempt >= 4) plan.leave_out(attempt < 24);
            s.wealth = given ? w : l.value - plan.cost();
            const double off = s.wealth - w;
            if (detail::absolute(off) <= l.value * (detail::snap / 4)) break;
            // The cost is nearly a straight line in the wealth.
            const double secant = w + off * (w - last_w) / (last_off - off);
            const bool close_by =
                attempt > 0 && attempt < 6 && attempt % 3 != 0 && detail::absolute(secant - w) <= 2.0 * detail::absolute(off);
            last_w = w;
            last_off = off;
            w = close_by ? secant : s.wealth;
        }
        for (std::size_t i = 0; i < l.assets(); ++i) {
            s.share[i] = (l.position[i] + plan.trade(i)) / s.wealth;
            s.move[i] = plan.trade(i) != 0.0 ? 1 : 0;
            s.round[i] = plan.whole_orders() ? rounding::nearest : rounding::toward_no_trade;
            s.cause[i] = plan.cause(i);
        }
        if (plan.form().reduced()) detail::explain_reserve(p, s);
        if (p.limits.turnover < std::numeric_limits<double>::infinity())
            detail::keep_turnover(p, view, s, [&](solution& part) { go_part_of_the_way(p, plan, part); });
        return status::solved;
    }

private:
    /// Every trade by `s.fraction`, whatever that does to the wealth: a purchase stays one.
    template <class Plan>
    static void go_part_of_the_way(const problem& p, const Plan& plan, solution& s) noexcept {
        const look& l = p.look;
        exact_sum left;
        left.add(l.value);
        for (std::size_t i = 0; i < l.assets(); ++i) {
            s.share[i] = 0.0;
            if (s.move[i] == 0) continue;
            const sized_trade t = plan.part_of(i, s.fraction);
            if (t.quantity == 0.0) s.move[i] = 0;
            if (s.move[i] != 0) s.share[i] = t.notional / s.fraction;
            left.add(-t.cost);
        }
        s.wealth = left.value();
        for (std::size_t i = 0; i < l.assets(); ++i) s.share[i] = (l.position[i] + s.share[i]) / s.wealth;
    }
};

}  // namespace ballast::inline v0::solver
