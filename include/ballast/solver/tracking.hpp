/// Close to the target in the metric of risk, at what trading costs, within limits on many assets at once: exactly, with proof.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "../core/per_asset.hpp"
#include "../core/timestamp.hpp"
#include "../risk/detail/covariance.hpp"
#include "concept.hpp"
#include "detail/one_period.hpp"
#include "detail/tracking_program.hpp"
#include "joint_limits.hpp"

namespace ballast::inline v0::solver {

/// The best trade of one period, as for `no_trade_region`, within limits on several assets at once: of all shares w of the wealth after costs
/// those that minimise
///   γ/2·(w − t)ᵀΣ(w − t)·h − αᵀw·h + Σ costᵢ(wᵢ − held shareᵢ)
/// where t are the targets, Σ the yearly covariance, α expected returns per year in excess of cash, h the horizon in years, γ the risk aversion,
/// within
/// - the reserve (Σw leaves it in cash), the weights and trades that guards and instruments allow, no shorts unless the mandate allows them, its
///   leverage Σ|w| and net leverage; an asset with target 0 is never bought;
/// - `limits`, `groups`, `exposures`: linear limits, sums of groups, exposures to factors of the risk model;
/// - the turnover: one-way, cash and costs counted, as a share of the value before: the tighter of `turnover` and the guards'. In a book whose cash
///   stays what it is the trades that are worth most are made; where cash is put to work, or raised, purchases and sales are held to the one
///   price that keeps the larger of them within the limit;
/// - the tracking error √((w − t)ᵀΣ(w − t)), a yearly volatility, and `cost_budget`, of all that the cost model counts as costs of the rebalance.
///   With a tracking error the risk aversion may be 0: what is then made least is the cost of keeping it (less the expected return). Targets that
///   leave no room for the reserve are those that leave it.
///
/// All of them are met together: nothing is cut afterwards, but for whole orders. Every limit has a price, what another unit of room in it would
/// improve, and told those prices each asset's trade is its own best answer. The decision tells them: `decision::optimality` how well the answer
/// is proved, `decision::prices` the price of each limit and factor, and for each asset what one more share of it is worth beside what it costs, so
/// that its trade stops where the two meet, or is none where the worth lies within the costs.
///
/// Costs: those that are paid lower the wealth; w are shares of what is left of it, and the budget is one of what is left, so that costs stand in
/// the objective alone and once. (`solver::program::costs_inside` has them in the budget as well, where the price of cash ν makes each weigh
/// 1 + ν; here the search for the wealth takes that place, as shares, targets and limits are of the wealth after costs, and what is weighed
/// may be more than what is paid.) Convex ones only, as for `no_trade_region`.
///
/// Where limits contradict each other the outcome is `infeasible` without orders; `decision::prices` names those that do by a price other than 0
/// (and `optimality` those of cash, turnover, leverage, tracking error, costs): no weights meet them together. With `closest` the answer is instead the one that misses
/// them least, as `inexact`, with `search_end::closest`. After `iterations` steps the search stops with the best that it has found
/// within the limits, also `inexact`, with what could be better at most.
///
/// In whole orders trades are rounded toward no trade and what is then missing is looked for again from there, up to eight times; limits of
/// several assets then hold but for less than an order of each asset, the tracking error but for the risk of that, and the budget of costs but
/// for what two trades of an asset cost less than both at once, which is nothing where costs are rates. A book in which no asset's best trade comes to an order is left as it is.
///
/// Remembers the prices of the last decision that was committed, as where the next search begins: it decides how many steps that takes, and
/// nothing else; but where a singular matrix leaves several answers that are equally good it may be another of them.
///
/// Risk views of any layout. Faults: those of `no_trade_region`; a covariance matrix with directions of negative variance (`bad_risk`); a view with
/// more than `factors` factors (`too_many_factors`), a limit on a factor that the view does not have (`unknown_factor`, naming the limit). With n
/// assets, k factors, m limits: O(n·(k + m)²) for each of few steps, memory of O(n·m + (k + m)²). With a full covariance matrix: O(n³) for its check, and
/// O(f³ + n²) for each of few steps, f the assets that trade and are at no bound; memory of O((n + m)²), which is made where an estimator tells such
/// matrices, or `sizes::dense_risk` asks for it.
struct tracking {
    double risk_aversion = 1.0;               ///< γ, above 0; 0 where the tracking error is limited
    duration horizon = days(365) + hours(6);  ///< over which variance and returns count against costs that are paid once; a year
    std::size_t estimator = 0;                ///< which of the rebalancer's risk views
    per_asset expected_return{};              ///< α, per year in excess of cash, beyond what the targets imply; not given: 0
    double turnover = std::numeric_limits<double>::infinity();  ///< one-way, share of the portfolio value
    /// Of shares − targets, as a yearly volatility, at most.
    double tracking_error = std::numeric_limits<double>::infinity();
    double cost_budget = std::numeric_limits<double>::infinity();  ///< costs of one rebalance at most, share of the portfolio value
    std::vector<linear_limit> limits{};                            ///< net exposure, beta, anything that adds up
    std::vector<group_limits> groups{};                            ///< sectors, countries
    std::vector<factor_limit> exposures{};                         ///< to factors of the risk model
    bool closest = false;                                          ///< where limits contradict each other, what misses them least
    int iterations = 1000;     ///< steps that a search may take; ten times as many where tracking error or costs are limited
    std::size_t factors = 32;  ///< for how many factors room is prepared; a view with more is a fault

    static constexpr const char* name = "tracking";
    static constexpr risk_need needs = risk_need::volatility;
    static constexpr bool weighs_costs = true;
    /// Convex ones: where costs jump there are many answers that no small step makes better.
    [[nodiscard]] static constexpr bool accepts(cost_shape shape) noexcept { return shape == cost_shape::convex; }

    /// Where the next search begins: the prices of the last decision that was committed.
    struct memory {
        detail::remembered_prices prices{};  ///< of factors, limits, cash, turnover and leverage
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.prices);
        }
    };
    struct scratch {
        detail::tracking_columns columns{};  ///< of the program
        detail::one_period_columns book{};   ///< of the search for the wealth and whole orders
        std::size_t limits = 0;              ///< for how many it was prepared
    };
    /// Room for the factors and limits of this solver.
    /// @{
    void prepare(memory& m, const sizes&) const { m.prices.prepare(factors, limit_count()); }
    void prepare(scratch& m, const sizes& s) const {
        m.columns.prepare(s.assets, factors, limit_count(), s.dense_risk);
        m.book.prepare(s.assets);
        m.limits = limit_count();
    }
    [[nodiscard]] bool prepared(const scratch& m) const noexcept { return m.limits == limit_count() && m.columns.factors >= factors; }
    /// @}

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, const memory& known, scratch& m, solution& s) const noexcept {
        if ((s.problem = check(p.look))) return status::infeasible;
        limits_of_call lim{p, turnover};
        if constexpr (partly_paid_cost<View>) {
            const auto paid = view.paid();
            return by_reference(lim.ask, view, detail::ref_to(paid), known, m, s);
        } else {
            if constexpr (requires { view.untyped(); })
                if (!view.untyped().all_paid()) return by_reference(lim.ask, view, view.untyped().paid_part(), known, m, s);
            return run(lim.ask, view, view, known, m, s);
        }
    }

    /// What was committed is where the next search begins.
    void commit(const decision& d, timestamp, memory& m) const noexcept {
        detail::remembered_prices& to = m.prices;
        const std::size_t k = d.prices.factors.size(), rows = d.prices.limits.size();
        if (d.prices.assets.empty() || to.price.size() < k + rows + 3) return;
        double* x = to.price.data();
        for (const double price : d.prices.factors) *x++ = price;
        for (const limit_price& l : d.prices.limits) *x++ = l.price;
        *x++ = d.optimality.cash_price;
        *x++ = d.optimality.turnover_price;
        *x = d.optimality.leverage_price;
        to.factors = static_cast<std::uint32_t>(k);
        to.rows = static_cast<std::uint32_t>(rows);
        to.known = true;
    }

    /// How many limits on several assets at once there are: `limits`, then the groups of `groups`, then `exposures`; that is their order in
    /// `decision::prices`.
    [[nodiscard]] std::size_t limit_count() const noexcept {
        std::size_t count = limits.size() + exposures.size();
        for (const group_limits& g : groups) count += g.groups.size();
        return count;
    }
    /// Of how many prices its decisions tell.
    [[nodiscard]] price_counts told_prices() const noexcept { return {.any = true, .factors = factors, .limits = limit_count()}; }

    /// `visit(limit, coefficient)` for each of them in that order, with a function that gives the coefficient of an asset.
    template <class Visit>
    void for_each_limit(const risk_view& risk, Visit&& visit) const {
        for (const linear_limit& l : limits) visit(l, [&](std::size_t i) { return l.coefficient[i]; });
        for (const group_limits& all : groups)
            for (std::size_t g = 0; g < all.groups.size(); ++g)
                visit(all.groups[g], [&](std::size_t i) { return all.group_of[i] == g ? 1.0 : 0.0; });
        for (const factor_limit& l : exposures)
            visit(l, [&, k = risk.factors()](std::size_t i) { return risk.loadings[i * k + l.factor]; });
    }

    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        bool all = expected_return.covers(n);
        for (const linear_limit& l : limits) all = all && l.coefficient.covers(n);
        for (const group_limits& g : groups) all = all && g.group_of.size() == n;
        return all;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto finite = [](double x) { return detail::finite(x); };
        if (!(tracking_error >= 0.0)) return {"tracking.tracking_error", tracking_error, "must be a volatility at or above 0"};
        if (!(cost_budget >= 0.0)) return {"tracking.cost_budget", cost_budget, "must be a share at or above 0"};
        if (risk_aversion == 0.0 && !finite(tracking_error))
            return {"tracking.risk_aversion", risk_aversion, "must be a number above 0, or the tracking error limited"};
        if (!(risk_aversion >= 0.0) || !finite(risk_aversion)) return {"tracking.risk_aversion", risk_aversion, "must be a number above 0"};
        if (!(horizon.ns > 0)) return {"tracking.horizon", horizon.seconds(), "must be longer than nothing (in seconds)"};
        if (const double* v = expected_return.find([&](double x) { return !finite(x); }))
            return {"tracking.expected_return", *v, "must be a finite return per year"};
        if (!(turnover >= 0.0)) return {"tracking.turnover", turnover, "must be a share at or above 0"};
        if (iterations <= 0) return {"tracking.iterations", static_cast<double>(iterations), "must be a number above 0"};
        configuration_fault first;
        const auto look_at = [&](const auto& l, const char* parameter) {
            if (first) return;
            const bool bad_lower = !(l.lower < std::numeric_limits<double>::infinity());
            if (bad_lower || !(l.upper > -std::numeric_limits<double>::infinity()))
                first = {parameter, bad_lower ? l.lower : l.upper,
                         "must have numbers as bounds; the lower may be -infinity, the upper infinity"};
            else if (l.lower > l.upper)
                first = {parameter, l.lower, "must not have a lower bound above the upper one"};
        };
        for (const linear_limit& l : limits) {
            look_at(l, "tracking.limits");
            if (first) break;
            if (!l.coefficient.given()) return {"tracking.limits", 0.0, "must have coefficients"};
            if (const double* v = l.coefficient.find([&](double x) { return !finite(x); }))
                return {"tracking.limits", *v, "must have finite coefficients"};
        }
        for (const group_limits& g : groups)
            for (const group_limit& l : g.groups) look_at(l, "tracking.groups");
        for (const factor_limit& l : exposures) {
            look_at(l, "tracking.exposures");
            if (!first && l.factor >= factors)
                first = {"tracking.exposures", static_cast<double>(l.factor), "must be a factor for which there is room (factors)"};
        }
        return first;
    }

private:
    /// The problem with the turnover of the solver's own beside those of the guards.
    struct limits_of_call {
        v0::limits narrowed;
        problem ask;
        limits_of_call(const problem& p, double most) noexcept : narrowed{p.limits}, ask{p.look, narrowed, p.region, p.rows, p.ranks} {
            narrowed.narrow_turnover(most);
        }
        limits_of_call(const limits_of_call&) = delete;
        limits_of_call& operator=(const limits_of_call&) = delete;
    };

    [[nodiscard]] fault check(const look& l) const noexcept {
        if (const fault f = detail::check_risk_ready(l, estimator)) return f;
        const risk_view& r = l.risk[estimator];
        if (const fault f = detail::check_view_shape(r, l.assets())) return f;
        const std::size_t k = r.layout == risk_layout::factor ? r.factors() : 0;
        if (k > factors) return {fault_code::too_many_factors, no_index, static_cast<double>(k)};
        std::uint32_t index = static_cast<std::uint32_t>(limit_count() - exposures.size());
        for (const factor_limit& f : exposures) {
            if (f.factor >= k) return {fault_code::unknown_factor, index, static_cast<double>(f.factor)};
            ++index;
        }
        return {};
    }

    /// What is paid is behind a reference whether the cost is erased or not, so that both come to the same bits.
    template <class View>
    [[nodiscard]] status by_reference(const problem& p, const View& view, const detail::cost_ref& paid, const memory& known, scratch& m,
                                      solution& s) const noexcept {
        using reference = detail::exact_cost_ref<cost_shape::general, false, false>;
        return run(p, view, reference{paid}, known, m, s);
    }

    /// The whole of the costs is weighed; what is paid of them lowers the wealth.
    template <class View, class Paid>
    [[nodiscard]] status run(const problem& p, const View& view, const Paid& paid, const memory& known, scratch& m,
                             solution& s) const noexcept {
        detail::tracking_program<tracking, View> program{*this, p, view, m.columns};
        program.begin_at(known.prices);
        const status how = detail::one_period{p, paid, program, m.columns, m.book, s}();
        if (const fault f = program.problem_of_search()) {
            s.problem = f;
            return status::infeasible;
        }
        return how;
    }
};

}  // namespace ballast::inline v0::solver
