/// The band that is best for what trading costs, in amounts of money.
#pragma once

#include <cstddef>

#include "../core/per_asset.hpp"
#include "../numeric/cara_region.hpp"
#include "../numeric/optimal_region.hpp"
#include "concept.hpp"
#include "detail/band_check.hpp"
#include "detail/widths_once.hpp"

namespace ballast::inline v0::trigger {

/// Fires when a position leaves the amounts between which an investor of constant absolute risk aversion does not trade, given what
/// trading costs (Liu 2004; numeric/cara_region.hpp). With several uncorrelated assets each has its own amounts, exactly; correlated, it is an
/// approximation. The best position is an amount, whatever the wealth: as a weight it falls as the portfolio grows, and targets should
/// follow. With `solver::to_band` the trades end at the edge, where they should.
///
/// `drift` not given: what the target implies, drift = risk_aversion·σ²·target·value, and the band lies around the target. `drift` given: it
/// lies around drift/(risk_aversion·σ²) in money, σ² from an estimator of the rebalancer; a target outside of it is let in: the band then
/// reaches from the target to the far edge. Where there is `interest` an exact band asks for σ² as well. While the estimator is not ready the
/// drift is what the target implies, and interest counts as 0. A target of 0 has no width. An absolute risk aversion of γ/value is a
/// relative one of γ.
///
/// Strict as `band` is. A rebalancer without the estimator that is asked for, or one whose variance is not above 0 and finite, rejects the
/// decision; so does an exact problem that is not `within_reach` (interest above 20·σ², for one). O(n): 5 to 20 µs an asset where exact, 0.02 µs by expansion; assets in a row that have all numbers in common are reckoned once.
struct cara_band {
    per_asset risk_aversion{};  ///< per unit of base currency, of wealth, above 0; to be given
    per_asset rate{};           ///< of buys and, unless `sell` is given, of sales: a fraction of the notional; to be given
    per_asset sell{};           ///< of sales
    per_asset drift{};          ///< return per year above that of cash; not given: the target's
    double interest = 0.0;      ///< of cash, per year
    /// How it is reckoned.
    region_method method = region_method::exact;
    std::size_t estimator = 0;  ///< which of the rebalancer's estimators

    static constexpr const char* name = "cara_band";

    /// A volatility, where a drift is given, or interest to an exact band.
    [[nodiscard]] risk_need runtime_needs() const noexcept { return reads_risk() ? risk_need::volatility : risk_need::nothing; }

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
        return risk_aversion.covers(n) && rate.covers(n) && sell.covers(n) && drift.covers(n);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto not_positive = [](double x) { return !(x > 0.0) || !detail::finite(x); };
        const auto not_a_rate = [](double x) { return !(x >= 0.0 && x < 1.0); };
        const auto not_finite = [](double x) { return !detail::finite(x); };
        if (!risk_aversion.given()) return {"cara_band.risk_aversion", 0.0, "has to be given: relative risk aversion / wealth"};
        if (const double* v = risk_aversion.find(not_positive)) return {"cara_band.risk_aversion", *v, "must be a finite number above 0"};
        if (!rate.given()) return {"cara_band.rate", 0.0, "has to be given: what a trade costs, as a share of it"};
        if (const double* v = rate.find(not_a_rate)) return {"cara_band.rate", *v, "must be a fraction at or above 0 and below 1"};
        if (const double* v = sell.find(not_a_rate)) return {"cara_band.sell", *v, "must be a fraction at or above 0 and below 1"};
        if (const double* v = drift.find(not_finite)) return {"cara_band.drift", *v, "must be a finite return per year"};
        if (!(interest >= 0.0) || !detail::finite(interest)) return {"cara_band.interest", interest, "must be a finite rate at or above 0"};
        return {};
    }

    /// The amounts of asset i. NaN where the look lacks the estimate that is asked for.
    [[nodiscard]] cara_region optimum(const look& l, std::size_t i) const noexcept {
        return check_look(l) ? cara_region{} : solved(problem_of(l, i).amounts);
    }

private:
    /// What the widths of an asset hang on.
    struct asset_problem {
        cara_problem amounts{};
        double target = 0.0;  ///< the host's, a weight
        double value = 0.0;   ///< of the portfolio

        [[nodiscard]] bool operator==(const asset_problem& o) const noexcept {
            return target == o.target && amounts.target == o.amounts.target && amounts.risk_aversion == o.amounts.risk_aversion &&
                   amounts.buy == o.amounts.buy && amounts.sell == o.amounts.sell && amounts.volatility == o.amounts.volatility;
        }
    };

    [[nodiscard]] cara_region solved(const cara_problem& p) const noexcept {
        return method == region_method::exact ? exact_cara_region(p) : expanded_cara_region(p);
    }
    [[nodiscard]] detail::half_widths widths(const asset_problem& p) const noexcept {
        const cara_region r = solved(p.amounts);
        const double above = r.upper / p.value - p.target;
        const double below = p.target - r.lower / p.value;
        return {above > 0.0 ? above : 0.0, below > 0.0 ? below : 0.0};
    }
    [[nodiscard]] asset_problem problem_of(const look& l, std::size_t i) const noexcept {
        const double aversion = risk_aversion[i];
        asset_problem p{{l.target[i] * l.value, aversion, rate[i], sell.given() ? sell[i] : rate[i], 0.0, 1.0}, l.target[i], l.value};
        if (!by_risk(l) || l.target[i] == 0.0) return p;
        const double variance = l.risk[estimator].variance(i);
        if (drift.given()) p.amounts.target = drift[i] / (aversion * variance);
        p.amounts.interest = interest;
        p.amounts.volatility = __builtin_sqrt(variance);
        return p;
    }
    [[nodiscard]] bool reads_risk() const noexcept { return drift.given() || (method == region_method::exact && interest > 0.0); }
    [[nodiscard]] bool by_risk(const look& l) const noexcept { return reads_risk() && l.risk[estimator].ready; }

    /// Every asset has a problem that can be solved.
    [[nodiscard]] fault check_look(const look& l) const noexcept {
        if (reads_risk()) {
            if (estimator >= l.risk.size()) return {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
            const risk_view& risk = l.risk[estimator];
            if (risk.ready && risk.specific.size() != l.assets())
                return {fault_code::size_mismatch, no_index, static_cast<double>(risk.specific.size())};
        }
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (by_risk(l))
                if (const double v = l.risk[estimator].variance(i); !(v > 0.0) || !detail::finite(v))
                    return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
            if (const cara_problem p = problem_of(l, i).amounts; method == region_method::exact ? !p.within_reach() : !p.valid())
                return {by_risk(l) ? fault_code::bad_risk : fault_code::bad_target, static_cast<std::uint32_t>(i),
                        by_risk(l) ? l.risk[estimator].variance(i) : l.target[i]};
        }
        return {};
    }
};

}  // namespace ballast::inline v0::trigger
