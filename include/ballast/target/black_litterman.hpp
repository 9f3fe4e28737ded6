/// The market's weights, tilted by views of one's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../core/per_asset.hpp"
#include "../numeric/cholesky.hpp"
#include "concept.hpp"
#include "detail/best_weights.hpp"
#include "detail/scaled.hpp"

namespace ballast::inline v0::target {

/// What somebody thinks that a portfolio will return, and how well it is known: one row of P, Q and Ω.
struct view {
    per_asset weight{};            ///< p: of each asset in that portfolio; 1 and −1 for one asset against another
    double expected_return = 0.0;  ///< q, of that portfolio per year in excess of cash
    double confidence = 0.5;       ///< from 0, not heard, to 1, certain
    double variance = -1.0;        ///< ω, of the error of the view; below 0: what the confidence makes it
};

/// Weights by the model of Black and Litterman (1992). The host's targets are w₀, those of the market, or any that one would hold without views. They are
/// right for returns of Π = δΣw₀; the views p·r = q ± √ω correct these to their posterior mean
///   μ = Π + τΣPᵀ(PτΣPᵀ + Ω)⁻¹(q − PΠ)
/// where τΣ is how badly Π is known. The weights are those that are right for μ, (δΣ)⁻¹μ = w₀ + Pᵀ·(τ/δ)(PτΣPᵀ + Ω)⁻¹(q − PΠ): only what a view
/// is on moves, and without views nothing does. What they leave over is cash. With `posterior_covariance` Σ + M is weighed instead of Σ, M = ((τΣ)⁻¹ + PᵀΩ⁻¹P)⁻¹, since μ is
/// not known better than that (He and Litterman 1999): (w₀ + Pᵀ·(τ/δ)(PΣPᵀτ/(1 + τ) + Ω)⁻¹(q − PΠ/(1 + τ)))/(1 + τ), less of everything by a
/// factor of 1 + τ. No Σ is inverted in either: it may be singular.
///
/// ω of a view is its `variance`, or, where that is below 0, τ·pᵀΣp·(1 − c)/c of its confidence c: with a confidence of one half, which is the
/// default, what He and Litterman take it to be; of one view alone the tilt is then c times that of a certain one (Idzorek 2005). The errors of two
/// views are independent.
///
/// Limits, where any is given: of the weights within them with Σw = 1 − cash those with the least δ/2·wᵀΣw − μᵀw, as for `mean_variance`, and Σ + M
/// in the place of Σ where that is weighed: as a full matrix, whatever Σ is, of n² numbers.
///
/// Faults: no such estimator or one that is not ready (`risk_not_ready`); a Σ that is no covariance matrix (`bad_risk`); views that are held for certain
/// and contradict each other, or say that what has no risk returns anything (`views_contradict`, index: the view); with limits those of `minimum_variance`. Targets that are
/// not finite are handed on, so that the decision names them. With v views O(v·n²) for a dense Σ, O(v·n·k) for k factors, and O(v²·(n + v)).
struct black_litterman {
    std::vector<view> views{};                                   ///< P, q and Ω, row by row; none: the host's targets
    double risk_aversion = 2.5;                                  ///< δ of the market, above 0
    double tau = 0.05;                                           ///< τ, above 0
    bool posterior_covariance = false;                           ///< Σ + M is weighed instead of Σ
    per_asset lower = -std::numeric_limits<double>::infinity();  ///< smallest weight
    per_asset upper = std::numeric_limits<double>::infinity();   ///< largest weight
    double cash = 0.0;                                           ///< within limits, the share of the portfolio that stays in cash
    std::vector<solver::linear_limit> limits{};                  ///< on sums of weights: beta, anything that adds up
    std::vector<solver::group_limits> groups{};                  ///< sectors, countries
    std::size_t estimator = 0;                                   ///< which of the rebalancer's estimators
    std::size_t factors = 32;  ///< within limits, for how many factors room is prepared; a view of risk with more is a fault

    static constexpr const char* name = "black_litterman";
    static constexpr bool transforms = true;
    static constexpr risk_need needs = risk_need::covariance;

    void prepare(target_scratch& scratch, const sizes& s) const {
        scratch.ask_for(room(s.assets));
        if (limited())
            scratch.own.hold<detail::best_weights_memory>().prepare(s.assets, factors, within().count(),
                                                                    s.dense_risk || posterior_covariance);
    }

    [[nodiscard]] fault weights(const look& l, target_scratch& scratch, std::span<double> out) const noexcept {
        const std::size_t n = out.size();
        for (std::size_t i = 0; i < n; ++i)
            if (!detail::finite(l.target[i])) return detail::hand_on_targets(l, out), fault{};
        if (const fault f = check(l, scratch, n)) return f;
        if (n == 0) return {};
        blend b{*this, l, n, scratch.numbers.data()};
        const double more = posterior_covariance ? 1.0 + tau : 1.0;
        if (const fault f = b.solve(tau / more, 1.0 / more)) return f;
        for (std::size_t i = 0; i < n; ++i) {
            double w = l.target[i];
            for (std::size_t j = 0; j < views.size(); ++j) w += views[j].weight[i] * (tau / risk_aversion * b.answer[j]);
            out[i] = w / more;
        }
        if (!limited()) return {};
        auto* const memory = scratch.own.get<detail::best_weights_memory>();
        if (memory == nullptr) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        risk_view risk = l.risk[estimator];
        if (posterior_covariance)
            if (const fault f = b.posterior(scratch.numbers.data() + room(n) - posterior_room(n), risk)) return f;
        const detail::weight_limits rules = within();
        detail::best_weights best{rules, *memory, out};
        if (const fault f = best.begin(risk)) return f;
        best.aim_at(out);
        return best.search(risk_aversion, false);
    }

    /// μ, what the model expects of each asset, per year in excess of cash; and Π where there are no views. Faults as `weights`, without those of limits.
    [[nodiscard]] fault expected_returns(const look& l, target_scratch& scratch, std::span<double> out) const noexcept {
        const std::size_t n = out.size();
        if (const fault f = check(l, scratch, n)) return f;
        if (n == 0) return {};
        blend b{*this, l, n, scratch.numbers.data()};
        if (const fault f = b.solve(tau, 1.0)) return f;
        detail::times_covariance(l.risk[estimator], n, l.target.data(), out.data(), b.of_factors);
        for (std::size_t i = 0; i < n; ++i) {
            out[i] *= risk_aversion;
            for (std::size_t j = 0; j < views.size(); ++j) out[i] += tau * b.moved[j * n + i] * b.answer[j];
        }
        return {};
    }

    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        bool all = within().covers(n);
        for (const view& v : views) all = all && v.weight.covers(n);
        return all;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        for (const view& v : views) {
            if (!v.weight.given()) return {"black_litterman.views", 0.0, "must have weights"};
            if (const double* w = v.weight.find([](double x) { return !detail::finite(x); }))
                return {"black_litterman.views", *w, "must have finite weights"};
            if (!detail::finite(v.expected_return)) return {"black_litterman.views", v.expected_return, "must have a finite return"};
            if (!(v.confidence >= 0.0 && v.confidence <= 1.0))
                return {"black_litterman.views", v.confidence, "must have a confidence from 0 to 1"};
            if (!detail::finite(v.variance))
                return {"black_litterman.views", v.variance, "must have a finite variance, or one below 0 for none"};
        }
        if (!(risk_aversion > 0.0) || !detail::finite(risk_aversion))
            return {"black_litterman.risk_aversion", risk_aversion, "must be a number above 0"};
        if (!(tau > 0.0) || !detail::finite(tau)) return {"black_litterman.tau", tau, "must be a number above 0"};
        if (const configuration_fault f = within().validate({"black_litterman.lower", "black_litterman.upper", "black_litterman.cash",
                                                             "black_litterman.limits", "black_litterman.groups"}))
            return f;
        if (cash != 0.0 && !limited())
            return {"black_litterman.cash", cash, "must be 0 without limits: what the weights leave over is cash"};
        return {};
    }

private:
    [[nodiscard]] detail::weight_limits within() const noexcept { return {lower, upper, cash, limits, groups, estimator, factors}; }
    [[nodiscard]] bool limited() const noexcept {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return lower.find([](double x) { return x > -infinity; }) != nullptr ||
               upper.find([](double x) { return x < infinity; }) != nullptr || within().count() > 0;
    }
    [[nodiscard]] std::size_t room(std::size_t n) const noexcept {
        const std::size_t v = views.size();
        return n + detail::factor_room(n) + v * n + 2 * v * v + 4 * v + posterior_room(n);
    }
    /// For Σ + M within limits, its diagonal, and the columns that it is less by.
    [[nodiscard]] std::size_t posterior_room(std::size_t n) const noexcept {
        return posterior_covariance && limited() ? n * n + n + n * views.size() : 0;
    }
    [[nodiscard]] fault check(const look& l, const target_scratch& scratch, std::size_t n) const noexcept {
        if (!scratch.holds(room(n))) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        return detail::check_risk_view(l, estimator);
    }

    /// The views and Σ of one look.
    struct blend {
        const black_litterman& how;
        const look& l;
        std::size_t n;
        double* memory;

        const std::size_t v = how.views.size();
        double* const portfolio = memory;                           ///< one p
        double* const of_factors = memory + n;                      ///< scratch of products
        double* const moved = of_factors + detail::factor_room(n);  ///< Σpᵀ of each view
        double* const joint = moved + v * n;                        ///< PΣPᵀ
        double* const matrix = joint + v * v;
        double* const diagonal = matrix + v * v;
        double* const error = diagonal + v;   ///< Ω
        double* const surprise = error + v;   ///< what a view says beyond what was expected
        double* const answer = surprise + v;  ///< what it is worth

        /// answer = (share·PΣPᵀ + Ω)⁻¹(q − part·PΠ), 0 for views that are not heard.
        [[nodiscard]] fault solve(double share, double part) noexcept {
            for (std::size_t j = 0; j < v; ++j) {
                const view& one = how.views[j];
                for (std::size_t i = 0; i < n; ++i) portfolio[i] = one.weight[i];
                detail::times_covariance(l.risk[how.estimator], n, portfolio, moved + j * n, of_factors);
                for (std::size_t k = 0; k <= j; ++k)
                    joint[j * v + k] = joint[k * v + j] = sum([&](std::size_t i) { return how.views[k].weight[i] * moved[j * n + i]; });
                const double own = joint[j * v + j];
                if (!(own >= 0.0) || !detail::finite(own)) return {fault_code::bad_risk, no_index, own};
                error[j] = one.variance >= 0.0 ? one.variance : how.tau * own * ((1.0 - one.confidence) / one.confidence);
                const double expected = how.risk_aversion * sum([&](std::size_t i) { return moved[j * n + i] * l.target[i]; });
                surprise[j] = one.expected_return - part * expected;
                if (!detail::finite(surprise[j])) return {fault_code::bad_risk, no_index, expected};
            }
            for (std::size_t j = 0; j < v; ++j) {
                for (std::size_t k = 0; k < v; ++k) matrix[j * v + k] = heard(j) && heard(k) ? share * joint[j * v + k] : 0.0;
                if (heard(j)) matrix[j * v + j] += error[j];
                diagonal[j] = matrix[j * v + j];
                answer[j] = heard(j) ? surprise[j] : 0.0;
            }
            (void)cholesky(matrix, v, v, v, 1e-12, diagonal);
            solve_transposed(matrix, v, v, v, answer);
            solve_upper(matrix, v, v, v, answer);
            return contradiction(share);
        }

        /// Σ + M = (1 + τ)Σ − τ²ΣPᵀ(PτΣPᵀ + Ω)⁻¹PΣ, as a full matrix in `room`.
        [[nodiscard]] fault posterior(double* room, risk_view& out) noexcept {
            if (const fault f = solve(how.tau, 1.0)) return f;
            const risk_view& risk = l.risk[how.estimator];
            double* const all = room;
            double* const own = all + n * n;
            double* const known = own + n;
            for (std::size_t i = 0; i < n; ++i) {
                double* const row = known + i * v;
                for (std::size_t j = 0; j < v; ++j) row[j] = heard(j) ? how.tau * moved[j * n + i] : 0.0;
                solve_transposed(matrix, v, v, v, row);
            }
            for (std::size_t i = 0; i < n; ++i) portfolio[i] = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                portfolio[i] = 1.0;
                detail::times_covariance(risk, n, portfolio, all + i * n, of_factors);
                portfolio[i] = 0.0;
                for (std::size_t k = 0; k <= i; ++k) {
                    double less = 0.0;
                    for (std::size_t j = 0; j < v; ++j) less += known[i * v + j] * known[k * v + j];
                    all[i * n + k] = all[k * n + i] = (1.0 + how.tau) * all[i * n + k] - less;
                }
                own[i] = all[i * n + i];
            }
            out = {.layout = risk_layout::dense, .ready = true, .specific = {own, n}, .dense = {all, n * n}};
            return {};
        }

        /// A view that follows from others, certain ones as it is, has to say the same.
        [[nodiscard]] fault contradiction(double share) const noexcept {
            for (std::size_t j = 0; j < v; ++j) {
                if (!heard(j) || matrix[j * v + j] != 0.0) continue;
                double left = surprise[j] - error[j] * answer[j],
                       size = detail::absolute(how.views[j].expected_return) + detail::absolute(surprise[j]);
                for (std::size_t k = 0; k < v; ++k) {
                    const double term = heard(k) ? share * joint[j * v + k] * answer[k] : 0.0;
                    left -= term;
                    size += detail::absolute(term);
                }
                if (!(detail::absolute(left) <= 1e-9 * size)) return {fault_code::views_contradict, static_cast<std::uint32_t>(j), left};
            }
            return {};
        }
        [[nodiscard]] bool heard(std::size_t j) const noexcept { return how.views[j].variance >= 0.0 || how.views[j].confidence > 0.0; }
        template <class Term>
        [[nodiscard]] double sum(const Term& term) const noexcept {
            exact_sum all;
            for (std::size_t i = 0; i < n; ++i) all.add(term(i));
            return all.value();
        }
    };
};

}  // namespace ballast::inline v0::target
