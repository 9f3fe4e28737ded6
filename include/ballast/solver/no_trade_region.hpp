/// Inside the no-trade region nothing; outside to its nearest point, in the metric of risk and costs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../core/timestamp.hpp"
#include "../risk/detail/covariance.hpp"
#include "concept.hpp"
#include "detail/one_period.hpp"
#include "detail/region_program.hpp"

namespace ballast::inline v0::solver {

/// The best trade of one period for an investor who likes return and dislikes variance, with costs: of all weights w after costs those that
/// maximise
///   μᵀw − γ/2·wᵀΣw − Σ costᵢ(wᵢ − hᵢ),   μ = γΣt
/// where t are the targets, h the weights held, Σ the covariance over the horizon, γ the risk aversion and μ the returns for which the
/// targets are best without costs (Black and Litterman's implied returns); so Σ alone decides how far from the targets is far. With costs kᵢ of a
/// unit bought or sold nothing is traded where |γΣ(w − t)|ᵢ ≤ kᵢ for all assets: a parallelogram around the targets for two assets, that leans
/// with their correlation, and no box unless Σ is diagonal. From outside the book goes to the point of the region that is nearest, in the
/// metric of variance and costs; assets that are not worth their cost stay where they are (Magill and Constantinides 1976; Dybvig and Pezzo
/// 2020 for one period and several assets). A horizon says over how long a weight that is off costs its variance, against a cost that is
/// paid once: twice the horizon is half the cost.
///
/// Constraints, all of them exact: cash stays at or above the reserve, weights and trades within their limits, no shorts unless allowed, no
/// weight above the leverage. An asset with target 0 is never bought. Targets that leave no room for the reserve shrink by one factor
/// first, as for `to_target`. A turnover limit makes all trades smaller by one factor.
///
/// An asset may be traded away from its target or past it, where that takes away risk that it shares with assets that cost more to trade:
/// its reason is `why::hedged`. Assets that stay have `why::inside_band`.
///
/// Exact for costs that are linear on both sides: the answer is checked by the conditions of Karush, Kuhn and Tucker, and
/// `decision::optimality` tells how well they hold, what could be better at most, and the price of cash. Of other convex costs the trades
/// converge to that, by answers to prices where the cost gives them; one that stops short is `outcome::inexact`. Costs that are not convex
/// (fixed fees, minimums) do not compose with it. Where Σ is singular there may be more than one best answer; this is one of them.
///
/// In whole orders: trades are rounded toward no trade, and what the others are then short of is looked for again from there, up to eight
/// times. A book in which no single order would pay is left as it is, so that the call after the fills finds nothing (where it would, the
/// decision says that there is more). Gross and net leverage and margins are kept by the sizing, as for every solver.
///
/// The whole of the costs is weighed, also what is not paid with the orders (`cost::holding`); the wealth that is left goes by what is paid.
///
/// Any layout of the risk view; a diagonal one is taken as it is, without correlations. Faults (the decision is rejected): no such estimator
/// or one that is not ready (`risk_not_ready`), a view of another size, a variance that is negative or not finite (`bad_risk`). O(n²) a
/// sweep, O(n·k²) with k factors, some tens of them; memory of O(n).
struct no_trade_region {
    double risk_aversion = 1.0;               ///< γ, above 0
    duration horizon = days(365) + hours(6);  ///< over which variance counts against costs that are paid once; a year
    std::size_t estimator = 0;                ///< which of the rebalancer's risk views

    static constexpr const char* name = "no_trade_region";
    static constexpr risk_need needs = risk_need::volatility;
    static constexpr bool weighs_costs = true;
    /// Convex ones: where costs jump there are many answers that no small step makes better.
    [[nodiscard]] static constexpr bool accepts(cost_shape shape) noexcept { return shape == cost_shape::convex; }

    struct scratch {
        detail::region_columns columns{};   ///< of the program that it solves
        detail::one_period_columns book{};  ///< of the search for the wealth and whole orders
        void prepare(const sizes& s) {
            columns.prepare(s.assets);
            book.prepare(s.assets);
        }
    };

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, scratch& m, solution& s) const noexcept {
        if (const fault f = detail::check_risk_view(p.look, estimator)) {
            s.problem = f;
            return status::infeasible;
        }
        if constexpr (partly_paid_cost<View>) {
            const auto paid = view.paid();
            return by_reference(p, view, detail::ref_to(paid), m, s);
        } else {
            if constexpr (requires { view.untyped(); })
                if (!view.untyped().all_paid()) return by_reference(p, view, view.untyped().paid_part(), m, s);
            return run(p, view, view, m, s);
        }
    }

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(risk_aversion > 0.0) || !detail::finite(risk_aversion))
            return {"no_trade_region.risk_aversion", risk_aversion, "must be a number above 0"};
        if (!(horizon.ns > 0)) return {"no_trade_region.horizon", horizon.seconds(), "must be longer than nothing (in seconds)"};
        return {};
    }

private:
    /// What is paid is behind a reference whether the cost is erased or not, so that both come to the same bits.
    template <class View>
    [[nodiscard]] status by_reference(const problem& p, const View& view, const detail::cost_ref& paid, scratch& m,
                                      solution& s) const noexcept {
        using reference = detail::exact_cost_ref<cost_shape::general, false, false>;
        return run(p, view, reference{paid}, m, s);
    }

    /// The whole of the costs is weighed; what is paid of them lowers the wealth.
    template <class View, class Paid>
    [[nodiscard]] status run(const problem& p, const View& view, const Paid& paid, scratch& m, solution& s) const noexcept {
        const double scale = risk_aversion * horizon.years();
        detail::region_program<View> program{p.look.risk[estimator], scale, p.look.assets(), view, m.columns};
        return detail::one_period{p, paid, program, m.columns, m.book, s}();
    }
};

}  // namespace ballast::inline v0::solver
