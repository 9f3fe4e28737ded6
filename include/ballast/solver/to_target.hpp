/// All the way to the targets.
#pragma once

#include "concept.hpp"
#include "detail/balance.hpp"
#include "detail/self_finance.hpp"

namespace ballast::inline v0::solver {

/// Brings every asset to its target share of the wealth that is left after costs. Exact for costs that are linear on both sides; with fixed and minimum fees an asset trades
/// where its trade moves more than it costs (solver/detail/self_finance.hpp). A reserve that the targets do not leave over is taken from all of them by
/// one common factor. Where a guard holds an asset, the others go on only as far as the exposure allows. O(n) per pass, usually three.
struct to_target {
    static constexpr const char* name = "to_target";

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, solution& s) const noexcept {
        const look& l = p.look;
        const std::size_t n = l.assets();
        const double free = 1.0 - l.rules->reserved(l.value) / l.value;
        const double invested = 1.0 - l.cash_target;
        double scale = 1.0;
        if (invested > free) {
            scale = (1.0 - l.rules->reserve) / invested;
            s.set_aside = l.rules->reserve_amount / (1.0 - l.rules->reserve);
        }
        for (std::size_t i = 0; i < n; ++i) {
            s.share[i] = l.target[i] * scale;
            s.round[i] = rounding::toward_no_trade;
            s.move[i] = 1;
        }
        if (p.limits.narrowed) keep_limits(p, scale, free, s);
        detail::self_finance(p, view, s);
        if (p.limits.turnover < std::numeric_limits<double>::infinity()) detail::keep_turnover(p, view, s);
        return status::solved;
    }

private:
    /// Limits are on shares of the whole, so what is set aside goes into the shares first.
    static void keep_limits(const problem& p, double scale, double free, solution& s) noexcept {
        const look& l = p.look;
        const double of_whole = scale * (1.0 - s.set_aside / l.value);
        s.set_aside = 0.0;
        const auto goal = [&](std::size_t i) { return l.target[i] * of_whole; };
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const detail::share_range range = detail::allowed(p, i);
            const double wanted = goal(i);
            s.share[i] = wanted < range.lower ? range.lower : wanted > range.upper ? range.upper : wanted;
            s.move[i] = s.share[i] != l.weight[i] ? 1 : 0;
            s.cause[i] = s.share[i] != wanted ? p.limits.cause[i] : why::full;
        }
        detail::balance(p, s, free, goal);
    }
};

}  // namespace ballast::inline v0::solver
