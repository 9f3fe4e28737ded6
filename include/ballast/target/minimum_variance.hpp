/// The weights with the least variance.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/best_weights.hpp"

namespace ballast::inline v0::target {

/// Of all weights w within the limits with Σw = 1 − cash those with the least variance wᵀΣw (Markowitz 1952). Σ is the covariance per year of
/// an estimator, in any layout; of a diagonal one without limits they are in proportion to 1/variance. Without limits, whatever Σ is,
/// w = (1 − cash)·Σ⁻¹1/1ᵀΣ⁻¹1, some of them below 0.
///
/// Limits: a smallest and a largest weight of each asset, which may be infinite; `limits` and `groups`, as for `solver::tracking`, but on the
/// weights alone (`active` ones are refused). Found by `solver::price_search`, which proves its answers, to a relative 1e-9 at least and usually to
/// rounding. Every call begins at the same point, and nothing is kept from call to call. Where several weights
/// have the same least variance (a singular Σ), which of them it is does not depend on anything but the numbers of the call.
///
/// Faults: no such estimator or one that is not ready (`risk_not_ready`); a view with more than `factors` factors (`too_many_factors`); a Σ that
/// is no covariance matrix (`bad_risk`); bounds that no weights of that sum keep (`sum_out_of_reach`); `limits` and `groups` that contradict each other, the
/// bounds or the sum (`limits_contradict`, index: the first of those, `limits` first); no end to the search (`not_solved`).
///
/// With n assets, k factors and m limits: O(n·(k + m)²) for each of few steps, memory of O(n·m + (k + m)²). With a full covariance matrix O(n³) at
/// most for each of few steps, memory of O((n + m)²); there is room for it where an estimator emits such matrices, or `sizes::dense_risk` asks for it.
struct minimum_variance {
    per_asset lower = 0.0;                       ///< smallest weight; may be -infinity
    per_asset upper = 1.0;                       ///< largest weight; may be infinity
    double cash = 0.0;                           ///< share of the portfolio that stays in cash; below 0 it is borrowed
    std::vector<solver::linear_limit> limits{};  ///< on sums of weights: beta, anything that adds up
    std::vector<solver::group_limits> groups{};  ///< sectors, countries
    std::size_t estimator = 0;                   ///< which of the rebalancer's estimators
    std::size_t factors = 32;                    ///< for how many factors room is prepared; a view with more is a fault

    static constexpr const char* name = "minimum_variance";
    static constexpr risk_need needs = risk_need::covariance;

    void prepare(target_scratch& scratch, const sizes& s) const {
        scratch.own.hold<detail::best_weights_memory>().prepare(s.assets, factors, within().count(), s.dense_risk);
    }

    [[nodiscard]] fault weights(const look& l, target_scratch& scratch, std::span<double> out) const noexcept {
        const std::size_t n = out.size();
        auto* const memory = scratch.own.get<detail::best_weights_memory>();
        if (memory == nullptr) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        if (const fault f = detail::check_risk_ready(l, estimator)) return f;
        const detail::weight_limits rules = within();
        detail::best_weights best{rules, *memory, out};
        if (n == 0) return {};
        if (const fault f = best.begin(l.risk[estimator])) return f;
        return best.search(1.0, false);
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return within().covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        return within().validate({"minimum_variance.lower", "minimum_variance.upper", "minimum_variance.cash", "minimum_variance.limits",
                                  "minimum_variance.groups"});
    }

private:
    [[nodiscard]] detail::weight_limits within() const noexcept { return {lower, upper, cash, limits, groups, estimator, factors}; }
};

}  // namespace ballast::inline v0::target
