/// Inside the no-trade region nothing; outside to its nearest point, in the metric of risk and costs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../core/timestamp.hpp"
#include "../risk/detail/covariance.hpp"
#include "concept.hpp"
#include "detail/balance.hpp"
#include "detail/region_program.hpp"
#include "detail/self_finance.hpp"

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
        detail::region_columns columns{};  ///< of the program that it solves
        std::vector<double> from{};        ///< positions that a round begins with
        std::vector<why> cut{};            ///< what keeps an order from being sent
        void prepare(const sizes& s) {
            columns.prepare(s.assets);
            from.resize(s.assets);
            cut.resize(s.assets);
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
            run<View, View> r{*this, p, view, view, m, s};
            return r();
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
        const reference of_paid{paid};
        run<View, reference> r{*this, p, view, of_paid, m, s};
        return r();
    }

    /// The whole of the costs is weighed; what is paid of them lowers the wealth.
    template <class View, class Paid>
    class run {
    public:
        run(const no_trade_region& how, const problem& p, const View& view, const Paid& paid, scratch& m, solution& s) noexcept
            : p_{p},
              l_{p.look},
              paid_{paid},
              m_{m},
              c_{m.columns},
              s_{s},
              n_{p.look.assets()},
              round_{p, paid},
              program_{p.look.risk[how.estimator], how.risk_aversion * how.horizon.years(), n_, view, m.columns} {}

        [[nodiscard]] status operator()() noexcept {
            s_.for_this_wealth = true;
            for (std::size_t i = 0; i < n_; ++i) {
                m_.from[i] = l_.position[i];
                m_.cut[i] = why::full;
            }
            at(l_.value);
            const bool stays = program_.holds([&](std::size_t i, bool buy) { return smallest_order(i, buy); });
            s_.optimality = program_.certificate();
            if (stays) {
                if (!round_.coarse()) s_.optimality.proved = true;  // but for what is no trade
                s_.wealth = l_.value;
                tell(l_.value);
                return status::solved;
            }
            double w = find_wealth();
            s_.optimality = program_.certificate();
            if (round_.coarse()) w = to_orders(w);
            s_.wealth = w;
            tell(w);
            if (pays_itself_ && !round_.coarse()) s_.wealth = detail::wealth_after(p_, paid_, s_);
            if (!(s_.wealth > 0.0)) s_.wealth = w;
            if (form_.reduced()) detail::explain_reserve(p_, s_);
            if (p_.limits.turnover < std::numeric_limits<double>::infinity())
                detail::keep_turnover(p_, paid_, s_, [&](solution& again) { detail::self_finance(p_, paid_, again); });
            if (lost_) s_.optimality.proved = false;
            return s_.optimality.proved ? status::solved : status::inexact;
        }

    private:
        /// The program at a wealth: shares held and wanted, and what they may be.
        void at(double w) noexcept {
            form_ = detail::targets_beside_reserve(l_, w);
            const double floor = l_.rules->cash_floor(w, l_.cash_target);
            double budget = 1.0 - floor / w;
            exact_sum least;
            for (std::size_t i = 0; i < n_; ++i) {
                const double held = m_.from[i] / w;
                const double aim = form_.of(l_.target[i], w);
                const double before = l_.position[i] / w;
                double most = l_.rules->leverage;
                for (const double x : {held, aim, before}) most = detail::absolute(x) > most ? detail::absolute(x) : most;
                double low = l_.rules->allow_short ? -most : before < 0.0 ? before : 0.0, high = most;
                if (l_.target[i] == 0.0) {
                    low = before < 0.0 ? before : 0.0;
                    high = before > 0.0 ? before : 0.0;
                }
                const detail::share_range range = detail::allowed(p_, i, w);
                c_.held[i] = held;
                c_.aim[i] = aim;
                c_.lower[i] = range.nearest(low);
                c_.upper[i] = range.nearest(high);
                least.add(c_.lower[i]);
            }
            if (least.value() > budget) budget = least.value();
            program_.at(w, budget);
        }

        /// The wealth W' = W − costs whose best shares cost just so much; the shares stand in their column.
        [[nodiscard]] double find_wealth() noexcept {
            const bool given = s_.given_wealth > 0.0;
            double w = given ? s_.given_wealth : l_.value;
            double price = 0.0, last_w = 0.0, last_off = 0.0, low = 0.0, high = std::numeric_limits<double>::infinity();
            for (std::size_t i = 0; i < n_; ++i) c_.share[i] = l_.position[i] / w;
            for (int attempt = 0; attempt < 64; ++attempt) {
                at(w);
                for (std::size_t i = 0; attempt > 0 && i < n_; ++i)  // what stayed is where it was, at another wealth
                    if (m_.cut[i] == why::inside_band) c_.share[i] = c_.held[i];
                program_.solve(price);
                price = program_.price();
                exact_sum cost;
                for (std::size_t i = 0; i < n_; ++i) {
                    m_.cut[i] = c_.share[i] == c_.held[i] ? why::inside_band : why::full;
                    if (c_.share[i] != c_.held[i]) cost.add(paid_.cost(i, (c_.share[i] - c_.held[i]) * w));
                }
                const double left = l_.value - cost.value();
                const double off = left - w;
                const double before = w;
                if (given || detail::absolute(off) <= l_.value * (detail::snap / 4)) return w;
                (off > 0.0 ? low : high) = w;
                // The cost is nearly a straight line in the wealth, and small; where it is not, halves.
                const double secant = w + off * (w - last_w) / (last_off - off);
                const bool close_by = attempt > 0 && attempt % 3 != 0 && detail::absolute(secant - w) <= 2.0 * detail::absolute(off);
                last_w = w;
                last_off = off;
                w = close_by ? secant : left;
                if (!(w > low && w < high) || attempt % 8 == 7) w = high < 1e300 ? low + 0.5 * (high - low) : 2.0 * low;
                if (!(w > low && w < high)) w = before;
                if (w == before || attempt == 63) break;
            }
            // Where there is more than one best answer the cost may jump; then these shares pay for themselves.
            pays_itself_ = true;
            if (detail::absolute(last_off) <= l_.value * 1e-2) return last_w;
            lost_ = true;  // raising the cash costs more than there is
            w = l_.value;
            at(w);
            program_.solve();
            return w;
        }

        /// Of an asset, as a share of the wealth: what is less is no order.
        [[nodiscard]] double smallest_order(std::size_t i, bool buy) const noexcept {
            const double grain = round_.grain(i), least = round_.minimum_of(i, buy);
            return (grain > least ? grain : least) / l_.value;
        }

        /// Rounds the trades, and goes on from there while that leaves an order that pays. The shares are then of whole orders, and of the
        /// wealth that is the answer.
        [[nodiscard]] double to_orders(double w) noexcept {
            for (std::size_t i = 0; i < n_; ++i) m_.cut[i] = why::full;
            for (int pass = 0; pass < 8; ++pass) {
                bool changed = false;
                for (std::size_t i = 0; i < n_; ++i) {
                    const double v = l_.position[i];
                    if (c_.share[i] == c_.held[i]) continue;
                    const sized_trade t = round_(i, c_.share[i] * w - v, rounding::toward_no_trade);
                    m_.cut[i] = t.cut;
                    const double there = v + t.notional;
                    changed = changed || there != m_.from[i];
                    m_.from[i] = there;
                }
                at(w);
                if (!changed || program_.holds([&](std::size_t i, bool buy) { return smallest_order(i, buy); })) break;
                program_.solve(program_.price());
            }
            if (!(s_.given_wealth > 0.0)) {
                exact_sum left;
                left.add(l_.value);
                for (std::size_t i = 0; i < n_; ++i)
                    if (m_.from[i] != l_.position[i]) left.add(-paid_.cost(i, m_.from[i] - l_.position[i]));
                w = left.value();
            }
            for (std::size_t i = 0; i < n_; ++i) {
                c_.held[i] = l_.position[i] / w;
                c_.share[i] = m_.from[i] == l_.position[i] ? c_.held[i] : m_.from[i] / w;
            }
            return w;
        }

        /// The shares and their reasons.
        void tell(double w) noexcept {
            const bool whole = round_.coarse();
            for (std::size_t i = 0; i < n_; ++i) {
                const double share = c_.share[i], held = c_.held[i], aim = c_.aim[i];
                s_.share[i] = share;
                s_.move[i] = share != held ? 1 : 0;
                s_.round[i] = whole ? rounding::nearest : rounding::toward_no_trade;
                const bool at_limit = p_.limits.narrowed && (share == c_.lower[i] || share == c_.upper[i]);
                const bool short_of_cash = program_.price() > 0.0 && aim > held;
                if (s_.move[i] == 0) {
                    const why kept = at_limit ? detail::kept_by(p_, i, w, aim) : why::full;
                    s_.cause[i] = kept != why::full                                         ? kept
                                  : m_.cut[i] != why::full && m_.cut[i] != why::inside_band ? m_.cut[i]
                                  : short_of_cash                                           ? why::no_cash
                                                                                            : why::inside_band;
                    continue;
                }
                const bool toward = share > held ? share <= aim + detail::dust : share >= aim - detail::dust;
                const why kept = at_limit ? detail::kept_by(p_, i, w, aim) : why::full;
                s_.cause[i] = !toward                         ? why::hedged
                              : kept != why::full             ? kept
                              : short_of_cash && share > held ? why::cut_by_cash
                                                              : why::full;
            }
        }

        const problem& p_;
        const look& l_;
        const Paid& paid_;
        scratch& m_;
        detail::region_columns& c_;
        solution& s_;
        std::size_t n_;
        detail::rounder<Paid> round_;
        detail::region_program<View> program_;
        detail::target_shares form_{};
        bool pays_itself_ = false;  ///< the wealth is what the shares leave, not what they were found for
        bool lost_ = false;         ///< no wealth is left that its own costs leave
    };
};

}  // namespace ballast::inline v0::solver
