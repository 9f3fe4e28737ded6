/// Every asset contributes its share of the risk.
#pragma once

#include <cstddef>
#include <limits>

#include "../core/per_asset.hpp"
#include "../numeric/sum.hpp"
#include "../risk/detail/covariance.hpp"
#include "concept.hpp"

namespace ballast::inline v0::target {

/// Weights w ≥ 0 with wᵢ(Σw)ᵢ = bᵢ·wᵀΣw: asset i brings the share bᵢ of the portfolio's variance, and of its volatility. Equal shares (equal
/// risk contributions; Maillard, Roncalli and Teïletche 2010) unless budgets are given (Bruder and Roncalli 2012), whose sum does not
/// matter; an asset with a budget of 0 is not held. Σ is the covariance per year of an estimator, in any layout; a diagonal one is taken as
/// it is, without correlations. The sum of the weights is 1 − cash.
///
/// The weights are those of the minimum of ½xᵀΣx − Σ bᵢ·ln xᵢ over x > 0 (Spinu 2013; Griveau-Billion, Richard and Roncalli 2013), which is
/// unique: found by Newton's method in the relative steps xᵢ ← xᵢ(1 + t·dᵢ), (XΣX + B)d = b − XΣx, with t = 1/(1 + max|d|) until the
/// full step is safe (Spinu 2013), each step solved by conjugate gradients, as that matrix is close to a multiple of B. It always
/// begins at the same point, 1/σ scaled by the budgets, and ends where every contribution is within 2⁻⁴³ (1e-13) of its budget,
/// relatively, or where rounding lets it come no closer (strong hedges; farther off than 1e-9 is a fault): nothing is kept from call to
/// call. Usually 4 to 6 steps of about 5 products Σx: O(n²) each for a dense Σ, O(n·k) for k factors.
///
/// Faults: no such estimator or one that is not ready (`risk_not_ready`); a variance of zero or no number of an asset with a budget, or, of no
/// asset, a Σ that is no covariance matrix or lets long positions hedge each other completely, which leaves no such weights (`bad_risk`).
struct risk_parity {
    per_asset budget{};         ///< share of the risk; not given: equal ones
    double cash = 0.0;          ///< share of the portfolio that stays in cash
    std::size_t estimator = 0;  ///< which of the rebalancer's estimators

    static constexpr const char* name = "risk_parity";
    static constexpr risk_need needs = risk_need::volatility;

    void prepare(target_scratch& scratch, const sizes& s) const { scratch.ask_for(room(s.assets)); }

    [[nodiscard]] fault weights(const look& l, target_scratch& scratch, std::span<double> out) const noexcept {
        const std::size_t n = out.size();
        if (!scratch.holds(room(n))) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        if (const fault f = detail::check_risk_view(l, estimator)) return f;
        if (n == 0) return {};
        solver s{l.risk[estimator], n, out.data(), scratch.numbers.data()};
        if (const fault f = start(s)) return f;
        if (const fault f = s.solve()) return f;
        exact_sum all;
        for (const double x : out) all.add(x);
        const double share = (1.0 - cash) / all.value();
        for (double& x : out) x *= share;
        return {};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return budget.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (const double* v = budget.find([](double b) { return !(b >= 0.0) || !detail::finite(b); }))
            return {"risk_parity.budget", *v, "must be a finite share at or above 0, and not 0 for all"};
        if (budget.given() && budget.find([](double b) { return b > 0.0; }) == nullptr)
            return {"risk_parity.budget", 0.0, "must be a finite share at or above 0, and not 0 for all"};
        if (!(cash >= 0.0 && cash <= 1.0)) return {"risk_parity.cash", cash, "must be a share between 0 and 1"};
        return {};
    }

private:
    [[nodiscard]] static constexpr std::size_t room(std::size_t n) noexcept { return 7 * n + detail::factor_room(n); }

    /// One problem on its way.
    struct solver {
        const risk_view& risk;
        std::size_t n;
        double* x;
        double* memory;

        double* const budget = memory;
        double* const gap = memory + n;            ///< b − XΣx, then the residual of the step
        double* const diagonal = memory + 2 * n;   ///< of XΣX + B
        double* const step = memory + 3 * n;       ///< d
        double* const direction = memory + 4 * n;  ///< of the conjugate gradients
        double* const product = memory + 5 * n;
        double* const moved = memory + 6 * n;
        double* const factors = memory + 7 * n;

        /// Fills `gap`, x scaled so that the contributions add up to 1. The largest |gap|/budget, or what is below zero where Σ is no
        /// covariance matrix.
        [[nodiscard]] double look_at_x() noexcept {
            detail::times_covariance(risk, n, x, product, factors);
            exact_sum total;
            for (std::size_t i = 0; i < n; ++i) total.add(x[i] * product[i]);
            const double variance = total.value();
            if (!(variance > 0.0) || !detail::finite(variance)) return -1.0;
            const double scale = 1.0 / __builtin_sqrt(variance);
            double largest = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                const double contribution = x[i] * product[i] / variance;
                x[i] *= scale;
                gap[i] = budget[i] - contribution;
                if (budget[i] == 0.0) continue;
                const double off = detail::absolute(gap[i]) / budget[i];
                if (!(off <= largest)) largest = off;
            }
            return detail::finite(largest) ? largest : -1.0;
        }

        [[nodiscard]] fault solve() noexcept {
            constexpr double exact = 0x1p-43;
            constexpr double good = 1e-9;
            double best = (std::numeric_limits<double>::max)();
            int stuck = 0;
            double off = look_at_x();
            for (int k = 0; k < 500 && off >= 0.0 && off > exact && stuck < 4; ++k) {
                if (!find_step(off)) return {fault_code::bad_risk, no_index, off};
                double longest = 0.0;
                for (std::size_t i = 0; i < n; ++i) {
                    const double d = detail::absolute(step[i]);
                    if (d > longest) longest = d;
                }
                const double share = longest < 0.35 ? 1.0 : 1.0 / (1.0 + longest);
                for (std::size_t i = 0; i < n; ++i) x[i] *= 1.0 + share * step[i];
                off = look_at_x();
                // Full steps halve the distance many times over, unless what is left is rounding.
                stuck = off < 0.5 * best || off > 1e-6 ? 0 : stuck + 1;
                if (off < best) best = off;
            }
            if (!(off >= 0.0 && off <= good)) return {fault_code::bad_risk, no_index, off};
            return {};
        }

        /// d = (XΣX + B)⁻¹·gap, nearly: as exactly as the next step can make use of. False where the matrix is not positive.
        [[nodiscard]] bool find_step(double off) noexcept {
            double rho = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                diagonal[i] = x[i] * x[i] * risk.variance(i) + budget[i];
                step[i] = 0.0;
                direction[i] = budget[i] > 0.0 ? gap[i] / diagonal[i] : 0.0;
                rho += gap[i] * direction[i];
            }
            const double share = off < 0.1 ? off : 0.1;
            const double enough = rho * share * share * 1e-4;
            for (std::size_t k = 0; k < 2 * n + 20 && rho > enough; ++k) {
                for (std::size_t i = 0; i < n; ++i) moved[i] = x[i] * direction[i];
                detail::times_covariance(risk, n, moved, product, factors);
                double curvature = 0.0;
                for (std::size_t i = 0; i < n; ++i) {
                    product[i] = x[i] * product[i] + budget[i] * direction[i];
                    curvature += direction[i] * product[i];
                }
                if (!(curvature > 0.0)) return false;
                const double length = rho / curvature;
                double next = 0.0;
                for (std::size_t i = 0; i < n; ++i) {
                    if (budget[i] == 0.0) continue;
                    step[i] += length * direction[i];
                    gap[i] -= length * product[i];
                    next += gap[i] * gap[i] / diagonal[i];
                }
                const double turn = next / rho;
                rho = next;
                for (std::size_t i = 0; i < n; ++i)
                    if (budget[i] > 0.0) direction[i] = gap[i] / diagonal[i] + turn * direction[i];
            }
            return detail::finite(rho);
        }
    };

    /// Budgets with a sum of 1, and the point where it begins.
    [[nodiscard]] fault start(solver& s) const noexcept {
        exact_sum all;
        for (std::size_t i = 0; i < s.n; ++i) all.add(budget.given() ? budget[i] : 1.0);
        for (std::size_t i = 0; i < s.n; ++i) {
            s.budget[i] = (budget.given() ? budget[i] : 1.0) / all.value();
            s.x[i] = 0.0;
            if (s.budget[i] == 0.0) continue;
            const double v = s.risk.variance(i);
            s.x[i] = __builtin_sqrt(s.budget[i]) / __builtin_sqrt(v);
            if (!detail::finite(s.x[i])) return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
        }
        return {};
    }
};

}  // namespace ballast::inline v0::target
