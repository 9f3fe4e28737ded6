/// The largest expected return for its risk.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/best_weights.hpp"

namespace ballast::inline v0::target {

/// Of all weights w within the limits with Σw = 1 − cash those with the largest αᵀw/√(wᵀΣw) (Sharpe 1966; the tangency portfolio of Tobin 1958), with the
/// expected returns α that are given, in excess of cash, and Σ, the covariance per year of an estimator in any layout. Without limits, where
/// 1ᵀΣ⁻¹α > 0, they are Σ⁻¹α scaled to the sum.
///
/// The largest ratio is where w is the best answer of `mean_variance` to its own γ = αᵀw/wᵀΣw: its conditions are the same. With t = 1/γ, along the
/// frontier w(t) is looked for where φ(t) = t·αᵀw − wᵀΣw is 0: below 0 before it and above 0 after it, as the ratio rises up to there and falls
/// from there on. w(t) is linear between the t at which an asset or a limit comes in or goes out (Markowitz 1956), and there φ is, too, since the
/// squared terms are those that a frontier has in both: so that a secant through two points of one piece ends it exactly (Dinkelbach 1967 has
/// t ← wᵀΣw/αᵀw, which is taken where the secant leads astray). Ends at |φ| ≤ 1e-13·wᵀΣw, or where rounding lets it come no closer; a handful of searches, each of which begins where the
/// one before ended.
///
/// Limits, search and memory are those of `minimum_variance`. Faults: the same; no weights with a return above 0 (`no_positive_return`, value: the
/// highest); weights without risk, but for rounding, that have one, whose ratio has no end (`riskless_return`, value: that return); infinite bounds
/// within which the ratio rises for ever (`not_solved`).
struct maximum_sharpe {
    per_asset expected_return{};                 ///< α, per year in excess of cash
    per_asset lower = 0.0;                       ///< smallest weight; may be -infinity
    per_asset upper = 1.0;                       ///< largest weight; may be infinity
    double cash = 0.0;                           ///< share of the portfolio that stays in cash; below 0 it is borrowed
    std::vector<solver::linear_limit> limits{};  ///< on sums of weights: beta, anything that adds up
    std::vector<solver::group_limits> groups{};  ///< sectors, countries
    std::size_t estimator = 0;                   ///< which of the rebalancer's estimators
    std::size_t factors = 32;                    ///< for how many factors room is prepared; a view with more is a fault

    static constexpr const char* name = "maximum_sharpe";
    static constexpr risk_need needs = risk_need::covariance;

    void prepare(target_scratch& scratch, const sizes& s) const {
        scratch.own.hold<detail::best_weights_memory>().prepare(s.assets, factors, within().count(), s.dense_risk);
    }

    [[nodiscard]] fault weights(const look& l, target_scratch& scratch, std::span<double> out) const noexcept {
        const std::size_t n = out.size();
        auto* const memory = scratch.own.get<detail::best_weights_memory>();
        if (memory == nullptr) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        if (const fault f = detail::check_risk_ready(l, estimator)) return f;
        if (n == 0) return {};
        const detail::weight_limits rules = within();
        detail::best_weights best{rules, *memory, out};
        if (const fault f = best.begin(l.risk[estimator])) return f;
        const std::span<double> alpha = best.expected_return();
        for (std::size_t i = 0; i < n; ++i) alpha[i] = expected_return[i];
        return climb{best}();
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return expected_return.covers(n) && within().covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!expected_return.given()) return {"maximum_sharpe.expected_return", 0.0, "has to be given: a finite return per year"};
        if (const double* v = expected_return.find([](double x) { return !detail::finite(x); }))
            return {"maximum_sharpe.expected_return", *v, "must be a finite return per year"};
        return within().validate(
            {"maximum_sharpe.lower", "maximum_sharpe.upper", "maximum_sharpe.cash", "maximum_sharpe.limits", "maximum_sharpe.groups"});
    }

private:
    [[nodiscard]] detail::weight_limits within() const noexcept { return {lower, upper, cash, limits, groups, estimator, factors}; }

    /// Along the frontier to where the ratio is largest.
    class climb {
    public:
        explicit climb(detail::best_weights& weights) noexcept : best{weights} {}

        [[nodiscard]] fault operator()() noexcept {
            double t = 0.0, last_t = 0.0, last = 0.0;
            if (const fault f = best.search_often()) return f;
            if (const fault f = first(t, last)) return f;
            double low = 0.0, high = infinity;
            const double begin = t;
            // Where weights without risk are among those within the limits, one of them may have a return: then there is no end below.
            const double floor = safe ? 0x1p-20 * begin : 0.0;
            for (int k = 0; k < 200; ++k) {
                if (const fault f = at(1.0 / t, true)) {
                    // Next to no risk: no search tells the riskless apart from the others, but all of them earn.
                    const bool no_end = gain > 0.0 && variance <= 0x1p-30 * best.size_of_variance();
                    return no_end && f.code == fault_code::not_solved ? fault{fault_code::riskless_return, no_index, gain} : f;
                }
                if (gain > 0.0 && riskless()) return {fault_code::riskless_return, no_index, gain};
                const double phi = t * gain - variance;
                if (detail::absolute(phi) <= 1e-13 * variance + 0x1p-50 * (t * best.size_of_return() + best.size_of_variance())) return {};
                if (phi > 0.0 && t <= floor) return {fault_code::riskless_return, no_index, gain};
                (phi < 0.0 ? low : high) = t;
                double next = t - phi * (t - last_t) / (phi - last);
                last_t = t;
                last = phi;
                // Steps that do not get far, as between pieces of very different slopes, are halvings every now and then.
                const auto inside = [&](double x) { return x > low && x < high; };
                if (!inside(next) || k % 6 == 5) next = gain > 0.0 && k % 6 != 5 ? variance / gain : infinity;
                if (!inside(next)) next = high == infinity ? 8.0 * t : low == 0.0 ? 0.125 * t : __builtin_sqrt(low) * __builtin_sqrt(high);
                if (!inside(next)) return {};  // as near as a double comes to it
                if (!(next < 0x1p60 * begin)) break;
                t = next > floor ? next : floor;
            }
            return {fault_code::not_solved, no_index, detail::absolute(last)};
        }

    private:
        static constexpr double infinity = std::numeric_limits<double>::infinity();

        /// Where to begin, and what φ is at 0.
        [[nodiscard]] fault first(double& t, double& phi_at_0) noexcept {
            if (const fault f = at(1.0, false)) return f;
            phi_at_0 = -variance;
            safe = riskless();
            if (!(gain > 0x1p-40 * best.size_of_return())) {
                // What has the least risk earns nothing: from the other end.
                if (const fault f = at(0.0, true)) return f;
                if (!(gain > 0x1p-44 * best.size_of_return())) return {fault_code::no_positive_return, no_index, gain};
            }
            if (riskless()) return {fault_code::riskless_return, no_index, gain};
            t = variance / gain;
            return {};
        }
        [[nodiscard]] fault at(double risk_aversion, bool with_return) noexcept {
            const fault how = best.search(risk_aversion, with_return);
            if (how && how.code != fault_code::not_solved) return how;
            gain = best.return_of();
            if (const fault f = best.variance_of_answer(variance)) return f;
            return how;
        }
        [[nodiscard]] bool riskless() const noexcept { return !(variance > 0x1p-44 * best.size_of_variance()); }

        detail::best_weights& best;
        double gain = 0.0;      ///< αᵀw
        double variance = 0.0;  ///< wᵀΣw
        bool safe = false;      ///< the least variance is none
    };
};

}  // namespace ballast::inline v0::target
