/// Whole steps chosen for the book as a whole, with a proof or a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "../core/drift_measure.hpp"
#include "../core/risk_view.hpp"
#include "concept.hpp"
#include "detail/allowed_counts.hpp"
#include "detail/integer_search.hpp"
#include "detail/order_list.hpp"
#include "detail/settlement.hpp"

namespace ballast::inline v0::sizing {

/// The list of `reconciled`, and then the whole steps that minimise, with the weights' drifts e from what the solver wants,
///
///     distance(e) + cost_weight · Σ cost / wealth
///
/// or with λ/2 · eᵀΣe for the distance where a risk aversion λ is given;
/// where the squared distance is Σ eᵢ² / √(Σ stepᵢ²), steps as weights too, so that it is a weight as the others and the costs are. All rules, limits and
/// the cash hold as before. Up to `exact_rows` assets by branch and bound, with the proof in `decision::steps` (or what is proved once `nodes`
/// nodes were looked at); beyond, by exchanges of steps, with a proved bound. Never worse than the plain list, and an asset without a target
/// is never bought. Assets without steps, or with more than 2^52 of them, and assets that the solver leaves alone keep their plain trades; so does the whole list
/// under a turnover limit, and where fees are paid in assets.
///
/// With `max_orders` at most so many assets are traded: the best ones (and what fees are paid in besides). Deterministic; ties go to fewer orders, then to less traded, then to
/// the host's keys. Best beside solver::to_target. Time: detail/integer_search.hpp; the workspace takes some megabytes from 32 assets on.
struct integer {
    drift_measure distance = drift_measure::squared;  ///< what is made small
    double cost_weight = 1.0;                         ///< what a unit of cost counts beside the distance
    double risk_aversion = 0.0;  ///< λ: above 0, λ/2 · tracking variance is made small, by the rebalancer's first risk view
    std::size_t max_orders = (std::numeric_limits<std::size_t>::max)();  ///< how many assets may be traded at most
    std::size_t exact_rows = 25;                                         ///< up to so many with a proof; 32 at most
    std::uint64_t nodes = 100'000;                                       ///< of the tree, at most
    double collar = 0.0;                                      ///< how much worse than the reference price an order may fill, a fraction
    shortfall_rule shortfall = shortfall_rule::proportional;  ///< of the plain list: who gets the cash where it does not reach

    static constexpr const char* name = "integer";

    /// A risk view, where risk is what is made small.
    [[nodiscard]] risk_need runtime_needs() const noexcept { return by_risk() ? risk_need::volatility : risk_need::nothing; }

    void prepare(sizing_scratch& m, const sizes& s) const {
        m.rows.resize(s.assets);
        m.keys.resize(s.assets);
        m.counts.resize(s.assets);
        m.search.prepare(s.assets, by_risk() ? most_factors : 0);
    }

    template <bound_cost View>
    [[nodiscard]] fault size(const problem& p, const View& view, solution& s, sizing_scratch& scratch, decision& d) const noexcept {
        const std::size_t n = p.look.assets();
        if (!scratch.holds(n) || scratch.rows.size() < n || !scratch.search.holds(n, by_risk() ? most_factors : 0))
            return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        if (by_risk() && (p.look.risk.empty() || !p.look.risk[0].ready || p.look.risk[0].factors() > most_factors))
            return {fault_code::risk_not_ready};
        const detail::limit_prices prices{p.look, collar, shortfall == shortfall_rule::largest_drift};
        detail::settlement settled{p, view, s, scratch, prices};
        if (const fault f = settled.run()) return f;
        if (!(p.limits.turnover < std::numeric_limits<double>::infinity()) && !settled.round().fees().any())
            choose(p, s, scratch, settled, d);
        if (max_orders < n) keep_largest(p, n, settled);
        if (settled.keep_exposure(max_orders >= n)) d.steps = {};
        settled.finish();
        detail::order_list{p, settled, prices, scratch.buys.data()}.write(d);
        return {};
    }

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(collar >= 0.0 && collar < 1.0)) return {"integer.collar", collar, "must be a fraction at or above 0 and below 1"};
        if (!(cost_weight >= 0.0) || !detail::finite(cost_weight))
            return {"integer.cost_weight", cost_weight, "must be a number at or above 0"};
        if (!(risk_aversion >= 0.0) || !detail::finite(risk_aversion))
            return {"integer.risk_aversion", risk_aversion, "must be a number at or above 0"};
        if (exact_rows > detail::integer_scratch::most_exact)
            return {"integer.exact_rows", static_cast<double>(exact_rows), "must be 32 at most"};
        return {};
    }

private:
    static constexpr std::size_t most_factors = 64;

    [[nodiscard]] bool by_risk() const noexcept { return risk_aversion > 0.0; }

    /// Where the solver wants an asset to be, base currency.
    [[nodiscard]] static double goal(const solution& s, std::size_t i, double wealth) noexcept {
        return s.share[i] * (wealth - s.set_aside);
    }

    /// Replaces the settled trades by better ones, where there are any.
    template <class Settled>
    void choose(const problem& p, solution& s, sizing_scratch& m, Settled& settled, decision& d) const noexcept {
        const look& l = p.look;
        const std::size_t n = l.assets();
        const auto& round = settled.round();
        const auto trade_of = [&](std::size_t i, std::int64_t k) noexcept {
            return k == 0 ? sized_trade{} : round(i, static_cast<double>(k) * m.rows[i].step, rounding::nearest);
        };
        const auto cost = [&](std::size_t i, double x) noexcept {
            return x == 0.0 ? 0.0 : p.rows.mapped ? round(i, x, rounding::nearest).cost : round.cost_of_orders(i, x);
        };
        const bool waits = l.rules->proceeds == proceeds::when_settled;
        const auto takes = [&](std::size_t i, std::int64_t k) noexcept {
            return k == 0 || (waits && k < 0) ? 0.0 : settled.cash_of(i, trade_of(i, k));
        };
        const double spare = settled.spare_cash();
        double means = spare > 0.0 ? spare : 0.0;
        // First at the wealth as it is, so that a call with nothing to pay sees what it saw before.
        double wealth = l.value;
        for (std::size_t i = 0; i < n; ++i) {
            m.keys[i] = detail::rule(l.input->instruments.key, i);
            m.counts[i] = 0;
            if (make_row(p, s, settled, i, wealth, m.rows[i])) means += takes(i, static_cast<std::int64_t>(settled.trades().steps(i)));
        }
        detail::integer_answer answer;
        for (int pass = 0; pass < 6; ++pass) {
            for (std::size_t i = 0; i < n; ++i) {
                if (pass > 0) (void)make_row(p, s, settled, i, wealth, m.rows[i]);
                m.rows[i].goal = goal(s, i, wealth);
            }
            answer = detail::search_integers(ask(p, m, n, wealth, means), cost, takes, m.search, {m.counts.data(), n},
                                             {.exact_rows = exact_rows, .nodes = nodes});
            double left = l.value;
            for (std::size_t i = 0; i < n; ++i)
                left -= m.rows[i].intervals == 0 ? settled.trades().cost(i) : cost(i, static_cast<double>(m.counts[i]) * m.rows[i].step);
            const bool same = detail::absolute(left - wealth) <= l.value * detail::blur;
            wealth = left;
            if (same) break;
        }
        if (!answer.feasible) return;
        adopt(n, m, settled, trade_of);
        s.may_go_on = true;
        d.steps = {answer.proved, answer.objective, answer.bound, answer.plain, answer.nodes};
    }

    [[nodiscard]] detail::integer_problem ask(const problem& p, const sizing_scratch& m, std::size_t n, double wealth,
                                              double means) const noexcept {
        double squares = 0.0;
        for (std::size_t i = 0; i < n; ++i)
            if (m.rows[i].intervals != 0) squares += (m.rows[i].step / wealth) * (m.rows[i].step / wealth);
        return {.rows = {m.rows.data(), n},
                .key = {m.keys.data(), n},
                .wealth = wealth,
                .means = means,
                .max_orders = max_orders,
                .distance = by_risk()                            ? detail::integer_distance::tracking
                            : distance == drift_measure::squared ? detail::integer_distance::squared
                                                                 : detail::integer_distance::absolute,
                .scale = !by_risk() && distance == drift_measure::squared && squares > 0.0 ? __builtin_sqrt(squares) : 1.0,
                .cost_weight = cost_weight,
                .risk_aversion = risk_aversion,
                .risk = by_risk() ? p.look.risk[0] : risk_view{}};
    }

    /// What may be traded of asset i. False where its trade stays as it is.
    template <class Settled>
    [[nodiscard]] static bool make_row(const problem& p, const solution& s, const Settled& settled, std::size_t i, double wealth,
                                       detail::integer_row& r) noexcept {
        const look& l = p.look;
        const auto& round = settled.round();
        const decimal_step step = round.step_of(i);
        r = {.step = step.continuous() ? 1.0 : step.value() * l.price[i], .value = l.position[i], .targeted = l.target[i] != 0.0};
        const bool counted = !step.continuous() && s.move[i] != 0 && !(p.rows.mapped && round.crossing().has_rule(i)) &&
                             detail::allowed_counts{p, round, i}.around(goal(s, i, wealth) - l.position[i], wealth, r);
        if (!counted) r.intervals = 0;
        if (r.intervals == 0) r.value += settled.trades().notional(i);
        return r.intervals != 0;
    }

    /// Takes the counts over, unless they do not keep the cash after all.
    template <class Settled, class TradeOf>
    static void adopt(std::size_t n, sizing_scratch& m, Settled& settled, TradeOf&& trade_of) noexcept {
        const auto take_over = [&](auto&& because) {
            for (std::size_t i = 0; i < n; ++i) {
                if (m.rows[i].intervals == 0) continue;
                const auto now = static_cast<std::int64_t>(settled.trades().steps(i));
                const std::int64_t chosen = m.counts[i];
                m.counts[i] = now;
                if (chosen != now) settled.adopt(i, trade_of(i, chosen), because(i, chosen));
            }
        };
        take_over([](std::size_t, std::int64_t k) { return k == 0 ? why::below_step : why::steps_chosen; });
        if (settled.spare_cash() < -settled.noise()) {
            take_over([](std::size_t, std::int64_t) { return why::cut_to_step; });
            (void)settled.spare_cash();
        }
    }

    /// Leaves no more than `max_orders` trades, the largest; where that takes the cash away from buys, these go as well.
    template <class Settled>
    void keep_largest(const problem& p, std::size_t n, Settled& settled) const noexcept {
        ranking smallest{p.ranks};
        for (std::size_t i = 0; i < n; ++i)
            if (const sized_trade t = settled.trades()[i]; t.quantity != 0.0 && !settled.fees().owes(i))
                smallest.push(p.rank(i, -detail::absolute(t.notional)));
        while (smallest.size() > max_orders) settled.adopt(smallest.take().index, {}, why::beyond_orders);
        if (settled.spare_cash() >= -settled.noise()) return;
        for (std::size_t i = 0; i < n; ++i)
            if (settled.trades().quantity(i) > 0.0) settled.adopt(i, {}, why::beyond_orders);
        (void)settled.spare_cash();
    }
};

}  // namespace ballast::inline v0::sizing
