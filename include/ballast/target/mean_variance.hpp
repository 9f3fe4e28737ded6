/// Expected return against variance.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/best_weights.hpp"

namespace ballast::inline v0::target {

/// Of all weights w within the limits with Σw = 1 − cash those with the least γ/2·wᵀΣw − αᵀw (Markowitz 1952), with the expected returns α that are given and
/// Σ, the covariance per year of an estimator in any layout. With a `target_return` R the least variance of those with αᵀw ≥ R instead, whatever
/// γ: on the efficient part of the frontier, and the least variance there is where that already has so much return.
///
/// Without limits w = Σ⁻¹(α + ν1)/γ, with ν for the sum. Limits, search and memory are those of `minimum_variance`.
///
/// Faults: those of `minimum_variance`; a target return that no weights within the limits have (`return_out_of_reach`, value: the highest that they
/// can have). Where bounds are infinite and weights without risk have a return there is no end to it (`not_solved`).
struct mean_variance {
    per_asset expected_return{};                                      ///< α, per year in excess of cash
    double risk_aversion = 1.0;                                       ///< γ, above 0
    double target_return = -std::numeric_limits<double>::infinity();  ///< R, per year in excess of cash; -infinity: none, γ decides
    per_asset lower = 0.0;                                            ///< smallest weight; may be -infinity
    per_asset upper = 1.0;                                            ///< largest weight; may be infinity
    double cash = 0.0;                                                ///< share of the portfolio that stays in cash; below 0 it is borrowed
    std::vector<solver::linear_limit> limits{};                       ///< on sums of weights: beta, anything that adds up
    std::vector<solver::group_limits> groups{};                       ///< sectors, countries
    std::size_t estimator = 0;                                        ///< which of the rebalancer's estimators
    std::size_t factors = 32;  ///< for how many factors room is prepared; a view with more is a fault

    static constexpr const char* name = "mean_variance";
    static constexpr risk_need needs = risk_need::covariance;

    void prepare(target_scratch& scratch, const sizes& s) const {
        scratch.own.hold<detail::best_weights_memory>().prepare(s.assets, factors, within().count() + 1, s.dense_risk);
    }

    [[nodiscard]] fault weights(const look& l, target_scratch& scratch, std::span<double> out) const noexcept {
        const std::size_t n = out.size();
        auto* const memory = scratch.own.get<detail::best_weights_memory>();
        if (memory == nullptr) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        if (const fault f = detail::check_risk_ready(l, estimator)) return f;
        if (n == 0) return {};
        const detail::weight_limits rules = within();
        detail::best_weights best{rules, *memory, out};
        if (const fault f = best.begin(l.risk[estimator], 1)) return f;
        const std::span<double> alpha = best.expected_return();
        for (std::size_t i = 0; i < n; ++i) alpha[i] = expected_return[i];
        if (!(target_return > -std::numeric_limits<double>::infinity())) return best.search(risk_aversion, true);
        best.want_return(target_return);
        fault f = best.search(1.0, false);
        if (f.code != fault_code::return_out_of_reach) return f;
        best.want_no_return();
        if (const fault without = best.search(0.0, true)) return without.code == fault_code::limits_contradict ? without : f;
        f.value = best.return_of();
        return f;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return expected_return.covers(n) && within().covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!expected_return.given()) return {"mean_variance.expected_return", 0.0, "has to be given: a finite return per year"};
        if (const double* v = expected_return.find([](double x) { return !detail::finite(x); }))
            return {"mean_variance.expected_return", *v, "must be a finite return per year"};
        if (!(risk_aversion > 0.0) || !detail::finite(risk_aversion))
            return {"mean_variance.risk_aversion", risk_aversion, "must be a number above 0"};
        if (!(target_return < std::numeric_limits<double>::infinity()))
            return {"mean_variance.target_return", target_return, "must be a return per year, or -infinity for none"};
        return within().validate(
            {"mean_variance.lower", "mean_variance.upper", "mean_variance.cash", "mean_variance.limits", "mean_variance.groups"});
    }

private:
    [[nodiscard]] detail::weight_limits within() const noexcept { return {lower, upper, cash, limits, groups, estimator, factors}; }
};

}  // namespace ballast::inline v0::target
