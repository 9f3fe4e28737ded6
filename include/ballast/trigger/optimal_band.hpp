/// The band that is best for what trading costs.
#pragma once

#include <cstddef>

#include "../core/per_asset.hpp"
#include "../numeric/optimal_region.hpp"
#include "concept.hpp"
#include "detail/band_check.hpp"
#include "detail/widths_once.hpp"

namespace ballast::inline v0::trigger {

/// Fires when a weight leaves the region in which an investor of constant relative risk aversion γ who wants long-run growth does not trade,
/// given what trading costs (Taksar, Klass and Assaf 1988; Gerhold, Guasoni, Muhle-Karbe and Schachermayer 2014; numeric/optimal_region.hpp). With
/// `solver::to_band` the trades end at the region's edge, which is where they should under proportional costs; with fixed costs they should
/// go on, to `lower_goal` or `upper_goal` of `optimum`.
///
/// What the excess return of an asset is, two ways:
///
/// - `drift` not given: what the target implies, drift = γ·σ²·target. Then volatility cancels out, none is needed, and the region lies
///   around the target, asymmetrically where the method is exact.
/// - `drift` given: the region lies around drift/(γ·σ²), with σ² from an estimator of the rebalancer, so that it moves as volatility does.
///   A target outside of it is let in: the band then reaches from the target to the far edge (as where leverage or a short meets
///   costs of a tenth or so, at which the mid price is far from where one trades). While the estimator is not ready the drift is what the
///   target implies.
///
/// Exact for one risky asset beside cash. With several, each is taken by itself against the rest of the portfolio: to leading order in
/// the costs right for two assets of which each is all the rest of the other (`rate` then is what both legs of a swap cost), an approximation
/// for more, as weights move with the other assets too, which makes the best region wider, and correlated ones have none that is a box.
/// A target of 0 has no width, whatever the drift, nor has one of 1 that is the best. Costs are those of a buy and a sale: `rate` of both,
/// `sell` of sales where given, `fixed` in money per order.
///
/// Strict as `band` is. A rebalancer without the estimator that a drift asks for, or one whose variance is not above 0 and finite, rejects
/// the decision. O(n): 0.2 to 0.5 µs an asset where exact, a tenth of that by expansion; assets in a row that have all numbers in common
/// are reckoned once.
struct optimal_band {
    per_asset risk_aversion{};                    ///< γ above 0; 1: logarithmic utility; to be given
    per_asset rate{};                             ///< of buys and, unless `sell` is given, of sales; to be given
    per_asset sell{};                             ///< of sales: a fraction of the notional
    per_asset drift{};                            ///< return per year above that of cash; not given: the target's
    per_asset fixed = 0.0;                        ///< base currency per order; where the method is expansion
    region_method method = region_method::exact;  ///< how it is reckoned
    std::size_t estimator = 0;                    ///< which of the rebalancer's estimators; read where a drift is given

    static constexpr const char* name = "optimal_band";

    /// A volatility, where a drift is given.
    [[nodiscard]] risk_need runtime_needs() const noexcept { return drift.given() ? risk_need::volatility : risk_need::nothing; }

    [[nodiscard]] firing check(const look& l) const noexcept {
        if (const fault problem = check_look(l)) return {.trigger = name, .unit = measure_unit::weight, .problem = problem};
        return detail::check_widths_once(
            l, name, [&](std::size_t i) { return problem_of(l, i); }, [&](const asset_problem& p) { return widths(p); });
    }
    void region(const look& l, const box& b) const noexcept {
        if (check_look(l)) return;
        detail::narrow_to_widths_once(
            l, b, [&](std::size_t i) { return problem_of(l, i); }, [&](const asset_problem& p) { return widths(p); });
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        return risk_aversion.covers(n) && rate.covers(n) && sell.covers(n) && drift.covers(n) && fixed.covers(n);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto not_positive = [](double x) { return !(x > 0.0) || !detail::finite(x); };
        const auto not_a_rate = [](double x) { return !(x >= 0.0 && x < 1.0); };
        const auto not_finite = [](double x) { return !detail::finite(x); };
        const auto not_an_amount = [](double x) { return !(x >= 0.0) || !detail::finite(x); };
        const auto more_than_none = [](double x) { return x > 0.0; };
        if (!risk_aversion.given()) return {"optimal_band.risk_aversion", 0.0, "has to be given: 1 for logarithmic utility, 2 to 10 often"};
        if (const double* v = risk_aversion.find(not_positive))
            return {"optimal_band.risk_aversion", *v, "must be a finite number above 0"};
        if (!rate.given()) return {"optimal_band.rate", 0.0, "has to be given: what a trade costs, as a share of it"};
        if (const double* v = rate.find(not_a_rate)) return {"optimal_band.rate", *v, "must be a fraction at or above 0 and below 1"};
        if (const double* v = sell.find(not_a_rate)) return {"optimal_band.sell", *v, "must be a fraction at or above 0 and below 1"};
        if (const double* v = drift.find(not_finite)) return {"optimal_band.drift", *v, "must be a finite return per year"};
        if (const double* v = fixed.find(not_an_amount)) return {"optimal_band.fixed", *v, "must be an amount at or above 0"};
        if (method == region_method::exact)
            if (const double* v = fixed.find(more_than_none))
                return {"optimal_band.fixed", *v, "must be 0 where the method is exact; set it to expansion"};
        return {};
    }

    /// The region of asset i: edges, and where trades should end. NaN where the look lacks the estimate that a drift asks for.
    [[nodiscard]] optimal_region optimum(const look& l, std::size_t i) const noexcept {
        return check_look(l) ? optimal_region{} : solved(problem_of(l, i).growth);
    }

private:
    /// What the widths of an asset hang on.
    struct asset_problem {
        growth_problem growth{};
        double target = 0.0;  ///< the host's

        [[nodiscard]] bool operator==(const asset_problem& o) const noexcept {
            return target == o.target && growth.target == o.growth.target && growth.risk_aversion == o.growth.risk_aversion &&
                   growth.buy == o.growth.buy && growth.sell == o.growth.sell && growth.fixed == o.growth.fixed;
        }
    };

    [[nodiscard]] optimal_region solved(const growth_problem& p) const noexcept {
        return method == region_method::exact ? exact_region(p) : expanded_region(p);
    }
    [[nodiscard]] detail::half_widths widths(const asset_problem& p) const noexcept {
        const optimal_region r = solved(p.growth);
        const double above = r.upper - p.target;
        const double below = p.target - r.lower;
        return {above > 0.0 ? above : 0.0, below > 0.0 ? below : 0.0};
    }
    [[nodiscard]] asset_problem problem_of(const look& l, std::size_t i) const noexcept {
        const double gamma = risk_aversion[i];
        const bool own = by_drift(l) && l.target[i] != 0.0;
        const double target = own ? drift[i] / (gamma * l.risk[estimator].variance(i)) : l.target[i];
        return {{target, gamma, rate[i], sell.given() ? sell[i] : rate[i], fixed[i] / l.value}, l.target[i]};
    }
    [[nodiscard]] bool by_drift(const look& l) const noexcept { return drift.given() && l.risk[estimator].ready; }

    /// Every asset has a problem that can be solved.
    [[nodiscard]] fault check_look(const look& l) const noexcept {
        if (drift.given()) {
            if (estimator >= l.risk.size()) return {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
            const risk_view& risk = l.risk[estimator];
            if (risk.ready && risk.specific.size() != l.assets())
                return {fault_code::size_mismatch, no_index, static_cast<double>(risk.specific.size())};
        }
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (by_drift(l))
                if (const double v = l.risk[estimator].variance(i); !(v > 0.0) || !detail::finite(v))
                    return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
            if (!problem_of(l, i).growth.valid())
                return {by_drift(l) ? fault_code::bad_risk : fault_code::bad_target, static_cast<std::uint32_t>(i),
                        by_drift(l) ? l.risk[estimator].variance(i) : l.target[i]};
        }
        return {};
    }
};

}  // namespace ballast::inline v0::trigger
