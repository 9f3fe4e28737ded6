/// No trade that costs more than it is expected to bring.
#pragma once

#include <cstddef>
#include <limits>

#include "../core/per_asset.hpp"
#include "../risk/detail/covariance.hpp"
#include "concept.hpp"

namespace ballast::inline v0::guard {

/// Holds a proposal back unless what is expected of it over a horizon exceeds its all-in cost (fees, spreads and impact, as the cost model
/// has them, also what is not paid with the orders). All in money, with V the portfolio value before trading and h the horizon in years of 365.25 days:
///
///     benefit = V · risk_aversion/2 · (d'Σd − e'Σe) · h + Σᵢ expected_returnᵢ · Δᵢ · h,
///
/// d are the drifts before and e those after the trades, Σ the covariance of an estimator (a view of variances alone counts the assets as
/// uncorrelated), Δᵢ the change of the position in asset i. The first part is what a mean-variance investor would pay to be rid of the
/// tracking variance; the second is the carry: expected returns are per year, in excess of what cash earns. A benefit equal to the cost is
/// not enough, but where the trades cost nothing they may bring nothing; what brings less than it costs is held even at no cost. The decision
/// has both numbers in `decision::weighing`, and `describe` tells them.
///
/// **Horizon.** How long a rebalanced book is expected to stay as it is: until the next trade. With `adapt` above 0 it is the average time
/// between the account's trades, of which each new one has that weight (commits at one time are one trade); until there are two, it is
/// `horizon`. To it comes `relax` for each whole `relax_every` without a trade, since the last one or the first valuation, so that what is
/// worth little but lasting is done one day. Both stay within `shortest` and `longest`.
///
/// **Forced trades pass**, whole proposals as they are: where without them the account would owe cash (more than its targets borrow), could
/// not pay out a flow and keep its reserve, or holds more than the mandate's leverage, net leverage or the initial margins allow. A reserve
/// that prices alone have eaten into is weighed like any drift. A solver that trades no more than it must (`solver::closest` with
/// `sells_only`) keeps such a list short.
///
/// What can not be judged is blocked: an estimator that is not ready, or whose numbers are none (`weighing::problem`); it is asked only where
/// the risk aversion is above 0. O(n), O(n²) with a dense view, O(n·k) with k ≤ 32 factors.
struct worth_it {
    double risk_aversion = 0.0;       ///< relative; 0: risk is not counted
    duration horizon{};               ///< to be given
    per_asset expected_return{};      ///< per year, in excess of cash; not given: no carry
    std::size_t estimator = 0;        ///< which of the rebalancer's estimators
    double adapt = 0.0;               ///< weight of the newest time between trades, 0 to 1; 0: the horizon is as given
    duration relax{};                 ///< by which the horizon grows
    duration relax_every{};           ///< for each such time without a trade; to be given with relax
    duration shortest{};              ///< of the horizon
    duration longest = days(36'525);  ///< of the horizon; a hundred years

    static constexpr const char* name = "worth_it";
    struct memory {
        timestamp first = timestamp::never();  ///< valuation
        timestamp last = timestamp::never();   ///< commit
        double average = 0.0;                  ///< time between trades, in seconds; 0: there were not two
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.first);
            visit(m.last);
            visit(m.average);
        }
    };

    [[nodiscard]] verdict check(const proposal& p, const memory& m) const noexcept {
        if (p.decision.orders.empty()) return verdict::pass;
        weighing w{.made = true, .cost = p.decision.cost + p.decision.unpaid, .horizon = horizon_at(p.look.now, m)};
        w.forced = forced(p.look);
        if (!w.forced) weigh(p, w);
        if (p.note != nullptr) *p.note = w;
        if (w.forced) return verdict::pass;
        if (w.problem) return verdict::block;
        return w.benefit > w.cost || (w.benefit == w.cost && w.cost <= 0.0) ? verdict::pass : verdict::hold;
    }
    void observe(const look& l, memory& m) const noexcept {
        if (!m.first.happened()) m.first = l.now;
    }
    void commit(const decision&, timestamp at, memory& m) const noexcept {
        if (m.last.happened()) {
            const double passed = elapsed(m.last, at).seconds();
            if (!(passed > 0.0)) return;
            m.average = m.average > 0.0 ? m.average + adapt * (passed - m.average) : passed;
        }
        m.last = at;
    }
    /// The horizon of a proposal made at `now`.
    [[nodiscard]] duration horizon_at(timestamp now, const memory& m) const noexcept {
        duration h = horizon;
        if (adapt > 0.0 && m.average > 0.0) {
            const double ns = m.average * 1e9;
            h = {ns < 9.2e18 ? static_cast<std::int64_t>(ns) : (std::numeric_limits<std::int64_t>::max)()};
        }
        const timestamp since = m.last.happened() ? m.last : m.first;
        if (relax.ns > 0 && relax_every.ns > 0 && since.happened() && now > since) {
            const std::int64_t times = elapsed(since, now).ns / relax_every.ns;
            h.ns = detail::saturating_add(h.ns, detail::saturating_multiply(relax.ns, times));
        }
        if (h > longest) h = longest;
        return h < shortest ? shortest : h;
    }
    [[nodiscard]] risk_need runtime_needs() const noexcept { return risk_aversion > 0.0 ? risk_need::volatility : risk_need::nothing; }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return expected_return.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(risk_aversion >= 0.0) || !detail::finite(risk_aversion))
            return {"worth_it.risk_aversion", risk_aversion, "must be a finite number at or above 0"};
        if (risk_aversion == 0.0 && !expected_return.given())
            return {"worth_it.risk_aversion", risk_aversion, "a risk aversion above 0, or expected returns, have to be given"};
        if (horizon.ns <= 0) return {"worth_it.horizon", horizon.seconds(), "has to be given: a time above 0 (seconds)"};
        if (const double* v = expected_return.find([](double x) { return !detail::finite(x); }))
            return {"worth_it.expected_return", *v, "must be a finite return per year"};
        if (!(adapt >= 0.0 && adapt <= 1.0)) return {"worth_it.adapt", adapt, "must be a weight, 0 to 1"};
        if (relax.ns < 0) return {"worth_it.relax", relax.seconds(), "must be a time at or above 0 (seconds)"};
        if (relax_every.ns < 0 || (relax.ns > 0 && relax_every.ns == 0))
            return {"worth_it.relax_every", relax_every.seconds(), "has to be given with relax: a time above 0 (seconds)"};
        if (shortest.ns < 0) return {"worth_it.shortest", shortest.seconds(), "must be a time at or above 0 (seconds)"};
        if (longest.ns <= 0 || longest < shortest)
            return {"worth_it.longest", longest.seconds(), "must be a time above 0, and not below the shortest (seconds)"};
        return {};
    }

private:
    static constexpr double cash_slack = 1.0 / 1099511627776.0;  ///< 2^-40 of the value: less than that is not owed
    static constexpr double exposure_slack = 1e-6;               ///< as targets have it

    void weigh(const proposal& p, weighing& w) const noexcept {
        const look& l = p.look;
        const std::size_t n = l.assets();
        const double years = w.horizon.years();
        const auto after = p.decision.weight_after();
        if (risk_aversion > 0.0) {
            if ((w.problem = detail::check_risk_shape(l, estimator))) return;
            const risk_view& r = l.risk[estimator];
            double v_before = 0.0;
            double v_after = 0.0;
            if ((w.problem = detail::variance_of(
                     r, n, [&](std::size_t i) { return l.drift[i]; }, v_before)))
                return;
            if ((w.problem = detail::variance_of(
                     r, n, [&](std::size_t i) { return after[i] - l.target[i]; }, v_after)))
                return;
            w.risk = 0.5 * risk_aversion * (v_before - v_after) * years * l.value;
        }
        if (expected_return.given()) {
            const double value_after = p.decision.value_after();
            double per_year = 0.0;
            for (std::size_t i = 0; i < n; ++i) per_year += expected_return[i] * (after[i] * value_after - l.weight[i] * l.value);
            w.carry = per_year * years;
        }
        w.benefit = w.risk + w.carry;
    }
    /// Whether the account as it is breaks a limit of its mandate or lacks cash.
    [[nodiscard]] static bool forced(const look& l) noexcept {
        const mandate& m = *l.rules;
        const double least = l.input->account.flow < 0.0 ? m.cash_floor(l.value, l.cash_target) : -m.borrowed(l.cash_target) * l.value;
        if (least - l.cash > cash_slack * l.value) return true;
        const instrument_view& rules = l.input->instruments;
        const bool margins = !rules.margin_long.empty() || !rules.margin_short.empty();
        double gross = 0.0;
        double net = 0.0;
        double margin = 0.0;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const double w = l.weight[i];
            gross += detail::absolute(w);
            net += w;
            if (!margins) continue;
            const column<double>& rate = w < 0.0 ? rules.margin_short : rules.margin_long;
            if (!rate.empty()) margin += detail::absolute(w) * rate[rate.size() == 1 ? 0 : i];
        }
        return gross - m.leverage > exposure_slack || detail::absolute(net) - m.net_leverage > exposure_slack ||
               margin - 1.0 > exposure_slack;
    }
};

}  // namespace ballast::inline v0::guard
