/// All the way to the targets.
#pragma once

#include "concept.hpp"
#include "detail/balance.hpp"
#include "detail/self_finance.hpp"

namespace ballast::inline v0::solver {

/// Brings every asset to its target share of the wealth that is left after costs. Exact for costs that are linear on both sides; with fixed
/// and minimum fees an asset trades where its trade moves more than it costs (solver/detail/self_finance.hpp). A reserve that the targets
/// do not leave over is taken from all of them by one common factor. Where a guard holds an asset, the others go on only as far as the
/// exposure allows. O(n) per pass, usually three.
struct to_target {
    static constexpr const char* name = "to_target";

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, solution& s) const noexcept {
        detail::set_all(s.move, std::uint8_t{1});
        const bool free = !p.limits.narrowed;
        if (free)
            beside_reserve(p, view, s);
        else
            within_limits(p, view, s);
        if (p.limits.turnover < std::numeric_limits<double>::infinity())
            detail::keep_turnover(p, view, s, [&](solution& again) { detail::self_finance(p, view, again); });
        return status::solved;
    }

private:
    /// Whether the reserve needs room is known once the wealth is: the three forms of the targets are tried in the order in which the
    /// wealth falls.
    template <class View>
    static void beside_reserve(const problem& p, const View& view, solution& s) noexcept {
        const look& l = p.look;
        detail::target_shares form;
        for (int attempt = 0;; ++attempt) {
            for (std::size_t i = 0; i < l.assets(); ++i) s.share[i] = l.target[i] * form.scale;
            s.set_aside = form.set_aside;
            s.wealth = l.value;
            detail::self_finance(p, view, s);
            const detail::target_shares needed = detail::targets_beside_reserve(l, s.wealth);
            if (attempt == 2 || (needed.scale == form.scale && needed.set_aside == form.set_aside)) break;
            form = needed;
            for (std::size_t i = 0; i < l.assets(); ++i) {
                s.move[i] = 1;
                s.cause[i] = why::full;
            }
        }
        if (form.reduced()) detail::explain_reserve(p, s);
    }

    template <class View>
    static void within_limits(const problem& p, const View& view, solution& s) noexcept {
        const look& l = p.look;
        const detail::rounder<View> round{p, view};
        s.for_this_wealth = true;
        const bool given = s.given_wealth > 0.0;
        double w = given ? s.given_wealth : l.value;
        detail::target_shares form;
        for (int attempt = 0; attempt < 12; ++attempt) {
            form = detail::targets_beside_reserve(l, w);
            const auto goal = [&](std::size_t i) { return form.of(l.target[i], w); };
            for (std::size_t i = 0; i < l.assets(); ++i) {
                const double wanted = goal(i);
                s.share[i] = detail::allowed(p, i, w).nearest(wanted);
                s.move[i] = p.limits.may_trade(i) ? 1 : 0;
                s.round[i] = rounding::toward_no_trade;
                s.cause[i] = s.share[i] != wanted ? detail::kept_by(p, i, w, wanted) : why::full;
                if (s.move[i] != 0) stay_if_unsendable(p, round, s, i, w);
            }
            detail::exposure e{p, round, s, w, goal};
            e.give_back();
            detail::self_finance(p, view, s);
            if (given) s.wealth = w;
            const double off = detail::absolute(s.wealth - w);
            w = s.wealth;
            if (off <= l.value * detail::snap) break;
        }
        if (form.reduced()) detail::explain_reserve(p, s);
    }

    /// An asset whose order can not be sent does not move, so that the others do not count on it.
    template <class Round>
    static void stay_if_unsendable(const problem& p, const Round& round, solution& s, std::size_t i, double w) noexcept {
        const sized_trade t = round(i, s.share[i] * w - p.look.position[i], rounding::toward_no_trade);
        if (t.quantity != 0.0) return;
        s.move[i] = 0;
        s.share[i] = p.look.position[i] / w;
        if (s.cause[i] == why::full || t.cut != why::below_step) s.cause[i] = t.cut;
    }
};

}  // namespace ballast::inline v0::solver
